"""What a bundle says of a network, from a stranger: refused in a line, or run as it says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutation import mutations

from seqtune.errors import MissingExtra, RunError
from seqtune.run.exported_network import load_exported
from seqtune.runtime.program import PREDICT, Program

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

FILE = "models/t001.json"
SUM = Program("sum", "seqtune.nowhere", (("answers", 5),))


def leaf(name: str, *shape: int | str) -> dict[str, Any]:
    return {"name": name, "shape": list(shape), "dtype": "float32"}


DESCRIBED: dict[str, Any] = {
    "programs": {
        "predict": {
            "file": "models/t001-predict.onnx",
            "inputs": {"list": [{"dict": {"past": leaf("a0", "rows", 2), "unread": None}}]},
            "outputs": leaf("y", "rows", 2),
            "axes": {"rows": 1},
            "options": {},
        },
        "sum-answers-5": {
            "file": "models/t001-sum-answers-5.onnx",
            "inputs": {"list": [leaf("a0", "rows", 2), {"list": [leaf("a1", "rows", 2)]}]},
            "outputs": {"list": [leaf("y", "rows", 2), {"dict": {"again": leaf("z", "rows", 2)}}]},
            "axes": {"rows": 1},
            "options": {"answers": 5},
        },
    },
    "facts": {"states": [[4]]},
}


def model(nodes: list[Any], inputs: str, outputs: str) -> bytes:
    def values(names: str) -> list[Any]:
        known = [names[at : at + 2].strip() for at in range(0, len(names), 2)]
        kind = onnx.TensorProto.FLOAT
        return [onnx.helper.make_tensor_value_info(name, kind, ["rows", 2]) for name in known]

    graph = onnx.helper.make_graph(nodes, "g", values(inputs), values(outputs))
    opset = [onnx.helper.make_opsetid("", 18)]
    made = onnx.helper.make_model(graph, opset_imports=opset, ir_version=9)
    content: bytes = made.SerializeToString()
    return content


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle's folder with a network of two programs: 2 x, and x + y twice."""
    node = onnx.helper.make_node
    (tmp_path / "models").mkdir()
    double = model([node("Add", ["a0", "a0"], ["y"])], "a0", "y ")
    total = model(
        [node("Add", ["a0", "a1"], ["y"]), node("Identity", ["y"], ["z"])], "a0a1", "y z "
    )
    (tmp_path / "models" / "t001-predict.onnx").write_bytes(double)
    (tmp_path / "models" / "t001-sum-answers-5.onnx").write_bytes(total)
    (tmp_path / FILE).write_text(json.dumps(DESCRIBED), encoding="utf-8")
    return tmp_path


def test_programs_take_and_give_trees(folder: Path) -> None:
    network = load_exported(folder, FILE)
    one, two = np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])
    assert network({"past": one, "unread": None}).tolist() == [[2.0, 4.0]]
    total, again = network.run(SUM, one, [two])
    assert total.tolist() == again["again"].tolist() == [[11.0, 22.0]]
    assert network({"past": np.zeros((7, 2)), "unread": 1}).shape == (7, 2)
    assert network.facts == {"states": [[4]]} and network.searched is network


@pytest.mark.parametrize(("room", "threads"), [(0, 0), (2**20, 1)])
def test_small_networks_run_in_one_thread(
    folder: Path, monkeypatch: pytest.MonkeyPatch, room: int, threads: int
) -> None:
    monkeypatch.setattr("seqtune.runtime.onnx_network.SMALL_BYTES", room)
    session = load_exported(folder, FILE).files["predict"].open()
    assert session.get_session_options().intra_op_num_threads == threads


def test_the_network_before_it_learnt_from_all_rows(folder: Path) -> None:
    before = load_exported(folder, FILE)
    assert load_exported(folder, FILE, lambda: before).searched is before


def test_it_has_no_model_and_no_other_program(folder: Path) -> None:
    network = load_exported(folder, FILE)
    with pytest.raises(RunError):
        network.model  # noqa: B018
    with pytest.raises(RunError, match="no program 'sum'"):
        network.run(Program("sum", "seqtune.nowhere"), np.zeros((1, 2)))
    assert PREDICT.name in DESCRIBED["programs"]


def at(*path: str) -> Callable[[Any, Any], None]:
    def put(values: Any, value: Any) -> None:
        for key in path[:-1]:
            values = values[key]
        values[path[-1]] = value

    return put


ONE = ("programs", "predict")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("facts",), [], "expected programs and facts"),
        (("programs",), None, "expected programs and facts"),
        (("more",), 1, "expected programs and facts"),
        (ONE, {}, "expected axes, file, inputs, options, outputs"),
        ((*ONE, "file"), "../../etc/passwd", "names a file outside the run folder"),
        ((*ONE, "file"), "models/t001.keras", "names a file outside the run folder"),
        ((*ONE, "file"), ["x"], "names a file outside the run folder"),
        ((*ONE, "file"), "models/none.onnx", "models/none.onnx is missing"),
        ((*ONE, "axes"), {"rows": -1}, "expected a number by its name"),
        ((*ONE, "axes"), {"../x": 1}, "expected a number by its name"),
        ((*ONE, "axes"), [], "expected numbers by name"),
        ((*ONE, "inputs"), 7, "expected a tree of arrays"),
        ((*ONE, "outputs"), {"name": "y"}, "expected name, shape and dtype"),
    ],
)
def test_what_is_not_as_seqtune_writes_it(
    folder: Path, place: tuple[str, ...], value: Any, said: str
) -> None:
    described = json.loads(json.dumps(DESCRIBED))
    at(*place)(described, value)
    (folder / FILE).write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(RunError) as refused:
        load_exported(folder, FILE)
    assert said in refused.value.message and refused.value.message.isprintable()
    assert str(folder / FILE) in refused.value.message


def test_a_file_that_reads_others_is_never_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "models" / "t001-predict.onnx"
    harmful = onnx.ModelProto.FromString(path.read_bytes())
    array = harmful.graph.initializer.add(name="w", data_type=1, dims=[2], data_location=1)
    array.external_data.add(key="location", value="/etc/passwd")
    path.write_bytes(harmful.SerializeToString())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RunError, match="values are in another file"):
        load_exported(folder, FILE)


def test_too_many_programs(folder: Path) -> None:
    programs = {f"p{number}": DESCRIBED["programs"]["predict"] for number in range(101)}
    (folder / FILE).write_text(json.dumps({"programs": programs, "facts": {}}), encoding="utf-8")
    with pytest.raises(RunError, match="found 101 programs"):
        load_exported(folder, FILE)


def test_any_place_of_it_may_hold_anything(folder: Path) -> None:
    """Every change is refused in a line, or the network is run and answers or refuses."""
    refusals = 0
    for changed in mutations(DESCRIBED):
        (folder / FILE).write_text(json.dumps(changed), encoding="utf-8")
        try:
            load_exported(folder, FILE)({"past": np.zeros((1, 2)), "unread": None})
        except RunError as error:
            assert error.message.isprintable() and "\n" not in error.message
            refusals += 1
    assert refusals > 100


def test_without_the_runtime_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match="onnxruntime") as refused:
        load_exported(folder, FILE)({"past": np.zeros((1, 2)), "unread": None})
    assert refused.value.hint.startswith("pip install")
