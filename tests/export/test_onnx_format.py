"""The networks alone as ONNX: what a folder or a file holds, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_line import left_alone

from seqtune.errors import ExportError, RunError
from seqtune.export import quantization
from seqtune.export.formats import onnx as form
from seqtune.run.leaderboard_row import Row

NETWORK = Row("gru-t001", "network", {"mase": 1.0}, {"mase": 1.0}, 1.0)
METHOD = Row("naive", "baseline", {"mase": 1.0}, {"mase": 1.0}, 1.0)
RUN: Any = SimpleNamespace(path=Path("runs/a"), task=SimpleNamespace(name="forecast"))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Say which programs the network has; returns a place to write to."""

    def having(*programs: str) -> Path:
        models = tmp_path / "contents" / "models"
        models.mkdir(parents=True)
        files = {name: {"file": f"models/t001-{name}.onnx"} for name in programs}
        for name, value in files.items():
            (models.parent / value["file"]).write_bytes(name.encode())
        (models / "t001.json").write_text(json.dumps({"programs": files, "facts": {}}))

        @contextmanager
        def checked(run: Any, row: Row) -> Iterator[Any]:
            yield SimpleNamespace(folder=models.parent, comparison=None)

        monkeypatch.setattr(quantization, "checked_contents", checked)
        return tmp_path / "out"

    return having


def test_a_folder_has_each_program_and_what_describes_them(made: Callable[..., Path]) -> None:
    path = made("read_one", "score_targets")
    summary = form.write(RUN, NETWORK, path)
    found = {each.name: each.read_bytes() for each in path.iterdir()}
    described = json.loads(found.pop("t001.json"))
    assert found == {
        "t001-read_one.onnx": b"read_one",
        "t001-score_targets.onnx": b"score_targets",
    }
    files = [each["file"] for each in described["programs"].values()]
    assert files == ["t001-read_one.onnx", "t001-score_targets.onnx"]
    assert summary.bytes == sum(each.stat().st_size for each in path.iterdir())
    assert (summary.format, summary.row, summary.path) == ("onnx", "gru-t001", path)


def test_one_program_may_be_one_file(made: Callable[..., Path]) -> None:
    path = made("predict").with_suffix(".onnx")
    assert form.write(RUN, NETWORK, path).bytes == len(b"predict")
    assert path.read_bytes() == b"predict"


def test_several_programs_need_a_folder(made: Callable[..., Path]) -> None:
    path = made("read_one", "score_targets").with_suffix(".onnx")
    with pytest.raises(ExportError, match="has 2 programs, one in each ONNX file") as refused:
        form.write(RUN, NETWORK, path)
    assert refused.value.hint == f"-o {path.with_suffix('')}" and not path.exists()


def test_a_simple_method_has_no_network(made: Callable[..., Path]) -> None:
    path = made("predict")
    with pytest.raises(ExportError, match="naive is a simple method") as refused:
        form.write(RUN, METHOD, path)
    assert "--use network --format onnx" in refused.value.hint and not path.exists()


def test_a_folder_of_networks_is_replaced_whole(made: Callable[..., Path]) -> None:
    path = made("predict")
    path.mkdir()
    (path / "t009-predict.onnx").write_bytes(b"old")
    listed = {"programs": {"predict": {"file": "t009-predict.onnx"}}, "facts": {}}
    (path / "t009.json").write_text(json.dumps(listed), encoding="utf-8")
    form.write(RUN, NETWORK, path)
    assert {each.name for each in path.iterdir()} == {"t001.json", "t001-predict.onnx"}
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("other", ["letter.txt", "folder", "package.json", "other.onnx"])
def test_a_folder_that_holds_anything_else_is_never_replaced(
    made: Callable[..., Path], other: str
) -> None:
    path = made("predict")
    path.mkdir()
    if other == "folder":
        (path / other).mkdir()
    else:
        (path / other).write_text("dear", encoding="utf-8")
    with left_alone(path), pytest.raises(RunError, match="holds something else than networks"):
        form.write(RUN, NETWORK, path)
