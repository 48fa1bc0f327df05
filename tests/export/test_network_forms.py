"""The networks of a row in forms of other libraries: written, and opened without seqtune."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from command_line import left_alone, seqtune
from drawn import Draw
from tiny_runs import SAMPLES

from seqtune import load
from seqtune.errors import ExportError, MissingExtra, RunError, UsageError
from seqtune.export import alone, tensorflow
from seqtune.export import quantization as quantizing
from seqtune.export.calls import record_calls
from seqtune.report.export import ExportReport
from seqtune.run.run import Run

SERVER = """
import json, os, sys
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
from seqtune.export.tensorflow import main
for line in sys.stdin:
    said = ""
    try:
        main(json.loads(line))
    except SystemExit as end:
        said = str(end.code)
    print(json.dumps(said), file=out, flush=True)
"""
"""Does what `python -m seqtune.export.tensorflow` does, again and again: TensorFlow loads once."""


@dataclass(frozen=True)
class Kept:
    """A run whose network is blended with a simple method, and its rows."""

    run: Path
    network: str


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("forms")
    run, _ = SAMPLES["forecast"].fit("forecast", folder)
    rows = Run(run).board.rows
    return Kept(run, next(row.name for row in rows if row.kind == "network"))


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["PYTHONPATH"] = str(Path(alone.__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def one_process(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one process with TensorFlow act for all exports."""

    def run(command: list[str], **_: Any) -> Any:
        print(json.dumps(command[3:]), file=server.stdin, flush=True)
        said = json.loads(server.stdout.readline())
        return SimpleNamespace(returncode=bool(said), stderr=said)

    monkeypatch.setattr(tensorflow, "subprocess", SimpleNamespace(run=run))


def asked(kept: Kept) -> tuple[dict[str, Any], Any]:
    """Return what the network was asked, by the name of the input, and what it said."""
    run = Run(kept.run)
    (member,) = run.predictor.open_members(kept.network)
    (call,) = record_calls(run.predictor, member)
    return dict(zip(("future", "history"), call.arguments, strict=True)), call.results[0]


@pytest.mark.usefixtures("one_process")
def test_each_form_of_tensorflow_says_the_same(kept: Kept, tmp_path: Path) -> None:
    for form, ending, limit in (
        ("keras", ".keras", 1e-5), ("savedmodel", "", 1e-5), ("litert", ".tflite", 1e-4),
    ):  # fmt: skip
        with left_alone(kept.run):
            summary = Run(kept.run).export(tmp_path / form, format=form, use="network")
        compared = summary.comparison
        assert compared is not None and compared.limit == limit and compared.unit == "inputs"
        assert 0 < compared.difference < limit and compared.examples == 16
        document = json.loads((tmp_path / form / "networks.json").read_text())
        (network,) = document["networks"]
        (program,) = network["programs"].values()
        assert network["network"] == "t001" and 0 < network["weight"] < 1
        assert network["weight"] + sum(document["left_out"].values()) == pytest.approx(1)
        assert (tmp_path / form / program["file"]).exists() and program["file"].endswith(ending)
        assert (tmp_path / form / "codec.json").read_bytes() == (
            kept.run / "codec.json"
        ).read_bytes()
        assert any("left out, as no network: seasonal_naive" in note for note in summary.notes)
        assert any("fixed sizes: rows = 1" in note for note in summary.notes) == (form == "litert")
    assert (tmp_path / "savedmodel" / "t001" / "saved_model.pb").exists()


@pytest.mark.usefixtures("one_process")
def test_what_says_something_else_is_not_written(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = alone.record_calls

    def record(*words: Any, **options: Any) -> Any:
        (call,) = recorded(*words, **options)
        return [replace(call, results=(call.results[0] + 0.01,))]

    monkeypatch.setattr(alone, "record_calls", record)
    with pytest.raises(ExportError, match="does not say what the run's network says"):
        Run(kept.run).export(tmp_path / "a.keras", format="keras", use=kept.network)
    assert list(tmp_path.iterdir()) == []


def test_without_tensorflow_its_forms_are_not_written(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensorflow, "installed", lambda name: None)
    with pytest.raises(MissingExtra, match="the form litert is written with TensorFlow") as fault:
        Run(kept.run).export(tmp_path / "a", format="litert", use=kept.network)
    assert fault.value.hint == "pip install tensorflow" and list(tmp_path.iterdir()) == []


def test_a_process_that_fails_says_why(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = SimpleNamespace(
        returncode=1, stderr="W0000 a log line\nit needs Bitwise of TensorFlow\n"
    )
    monkeypatch.setattr(tensorflow.subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(ExportError, match="has no form litert: it needs Bitwise of TensorFlow"):
        Run(kept.run).export(tmp_path / "a", format="litert", use=kept.network)


# Python


ALONE = """
import sys
for name in ("seqtune", "keras", "jax", "tensorflow", "onnx", "onnxruntime", "pandas", "scipy"):
    sys.modules[name] = None
import numpy as np
from network import predict
given = np.load("given.npz")
np.save("said.npy", predict({"future": given["future"], "history": given["history"]}))
"""


def test_a_file_of_python_needs_numpy_alone(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # as it is for users
    path = tmp_path / "network.py"
    summary = Run(kept.run).export(path, format="python", use=kept.network)
    assert summary.bytes == path.stat().st_size and summary.comparison is not None
    inputs, expected = asked(kept)
    np.savez(tmp_path / "given.npz", **inputs)
    subprocess.run([sys.executable, "-c", ALONE], cwd=tmp_path, check=True)
    assert np.load(tmp_path / "said.npy") == pytest.approx(expected, abs=1e-5)
    text = path.read_text()
    assert text.startswith(f'"""The network t001 of {kept.network}, for forecast.')
    assert "        history: (rows, 14, 4) float32.\n" in text and "def lstm" not in text
    assert "eval" not in text and "import seqtune" not in text


def test_a_simple_method_has_no_network_to_write(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is a simple method") as fault:
        Run(kept.run).export(tmp_path / "a", format="python", use="naive")
    assert f"seqtune export {kept.run} --use network --format python" in fault.value.hint


def test_a_folder_that_holds_something_else_is_not_replaced(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "networks"
    Run(kept.run).export(folder, format="python", use=kept.network)
    Run(kept.run).export(folder, format="python", use=kept.network, force=True)
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="holds something else than networks"):
        Run(kept.run).export(folder, format="python", use=kept.network, force=True)
    assert (folder / "mine.txt").read_text() == "mine"


# weights of eight bits


def test_what_eight_bits_lose_is_measured(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, draw: Draw
) -> None:
    summary = Run(kept.run).export(tmp_path / "a.zip", use="network", quantize="int8")
    document = summary.to_dict()
    lost = document["quantized"]
    assert (lost["kind"], lost["metric"]) == ("int8", "mase") and lost["share"] < 0.01
    assert lost["before"] != lost["after"] and lost["bytes_after"] < lost["bytes_before"]
    assert 1e-6 < document["compared"]["difference"] < 0.05
    assert document["compared"]["limit"] is None
    said = draw(ExportReport(summary))
    assert "weights     int8, " in said and "MASE on the validation part: " in said
    opened = load(tmp_path / "a.zip")
    assert opened.predict() is not None
    assert "Its weights are int8" in (opened.folder / "model_card.md").read_text("utf-8")
    monkeypatch.setattr(quantizing, "MOST_LOST", -1.0)
    words = ("export", kept.run, "-o", tmp_path / "b", "--format", "onnx", "--use", "network")
    assert "--allow-loss is for --quantize" in seqtune(*words, "--allow-loss", code=2).err
    refused = seqtune(*words, "--quantize", "int8", code=1).err
    assert "of its mase on the validation part" in refused and "--allow-loss" in refused
    assert not (tmp_path / "b").exists()


def test_a_form_that_holds_no_such_weights_says_which_do(kept: Kept, tmp_path: Path) -> None:
    for form, kind in (("python", "int8"), ("bundle", "int4")):
        with pytest.raises(UsageError, match=f"the format {form} holds no weights of") as fault:
            Run(kept.run).export(tmp_path / "a", format=form, quantize=kind)
        assert fault.value.hint == "formats that do: bundle, onnx"
