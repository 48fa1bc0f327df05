"""How wide the first network is: as wide as trains long enough."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate import width
from seqtune.tasks.translate.width import with_widths


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(width, "has_nvidia_gpu", lambda: False)


def encoded(read: int, written: int, size: int) -> Any:
    """Sources and answers of equal lengths, and a vocabulary."""
    sides = [{"word": SimpleNamespace(lengths=np.full(3, each))} for each in (read, written)]
    codec = SimpleNamespace(tokenizers={"target": {"word": SimpleNamespace(size=size)}})
    return SimpleNamespace(codec=codec, inputs=sides[0], targets=sides[1])


def widths(given: Any, seconds: float, *settings: str) -> list[Any]:
    recipe = Recipe.load("default", "translate", settings)
    found = with_widths(recipe, given, 1.0, seconds, silent)
    return [(each["network.units"], each["network.embedding"]) for each in found["portfolio"]]


def test_the_more_time_the_wider() -> None:
    dates, sentences = encoded(18, 10, 60), encoded(12, 12, 7_500)
    assert widths(dates, 10.0) == [(64, 64)]
    assert widths(dates, 90.0) == [(128, 128)]
    assert widths(dates, 600.0) == [(256, 256)]
    assert widths(sentences, 120.0) == [(64, 64)]
    assert widths(sentences, 900.0) == [(256, 256)]


def test_a_width_that_was_asked_for_is_taken() -> None:
    assert widths(encoded(18, 10, 60), 10.0, "network.units=200") == [(200, 256)]


def test_an_entry_with_a_width_keeps_it() -> None:
    recipe = Recipe.load("quick", "translate")
    assert with_widths(recipe, encoded(18, 10, 60), 1.0, 60.0, silent) == {}
