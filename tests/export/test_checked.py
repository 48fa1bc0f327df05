"""What an export of a network needs before it begins."""

from __future__ import annotations

from typing import Any

import pytest

from seqtune.errors import ExportError, MissingExtra
from seqtune.export import checked
from seqtune.export.checked import checked_contents
from seqtune.run.leaderboard_row import Row

NETWORK = Row("gru-t001", "network", {"mase": 1.0}, {"mase": 1.0}, 1.0)
RUN: Any = object()


def test_without_onnx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="onnx and onnxruntime") as fault, _begun():
        pass
    assert fault.value.hint == "pip install 'seqtune[export]'"


def test_networks_are_converted_on_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "find_spec", lambda name: name)
    monkeypatch.setattr(checked, "activate", lambda backend: "tensorflow")
    with pytest.raises(ExportError, match="Keras runs on tensorflow in this process"), _begun():
        pass


def _begun() -> Any:
    return checked_contents(RUN, NETWORK)
