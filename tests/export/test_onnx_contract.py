"""Every program of every task, architecture and cell says the same as ONNX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import onnxruntime
import pytest
from task_samples import prepared_sample

from seqtune.export.numpy.source import Source
from seqtune.export.onnx.program import OnnxProgram, to_onnx
from seqtune.registry import cells, stateful_cells, tasks
from seqtune.runtime.program import function_of
from seqtune.runtime.trees import Leaf, flatten, pairs, read_description
from seqtune.search.space import complete
from seqtune.tasks._exported import Exported

CLOSE = 1e-5
OTHER_SIZES = {"rows": 2, "steps": 9, "source_steps": 12, "answers": 3, "memory_steps": 10}
"""Sizes that no trace had."""


class Case(NamedTuple):
    """A network: all recipe keys that are not its task's own."""

    task: str
    architecture: str
    cell: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join([*self[:3], *self.keys])


BLOCKS = "network.conv_recurrent.blocks="
DILATION = "network.conv_recurrent.dilation=2"
MORE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "anomaly": ((), (f"{BLOCKS}resnet", "network.conv_recurrent.before=true")),
    "classify": ((f"{BLOCKS}inception", DILATION), ()),
    "tag": (("network.head=crf",), ("network.head=softmax",)),
    "translate": (("network.decoder=ctc",), ("network.copying=true",)),
}
"""What else decides which programs a task has."""


def architectures_of(task: str) -> list[str]:
    """Return the architectures that a task's recipes may name."""
    schema = import_module(f"seqtune.tasks.{task}.schema")
    return list(schema.ARCHITECTURES)


def cases() -> Iterator[Case]:
    """Yield every architecture of every task; the cells come in turn, each at least twice."""
    turn, streams = cycle(cells), cycle(stateful_cells)
    for name in tasks:
        more = cycle(MORE.get(name, ((),)))
        for architecture in architectures_of(name):
            cell = next(streams if name == "generate" else turn)
            fills = ("objective=fill",) if architecture == "bidirectional_context" else ()
            yield Case(name, architecture, cell, (*next(more), *fills))


def arguments_of(exported: Exported, program: OnnxProgram, draw: np.random.Generator) -> Any:
    """Return arguments of other sizes than those of the traces, drawn at random."""
    sizes = {
        name: OTHER_SIZES.get(name, 4) * program.axes[name] if name in program.axes else pair[0]
        for name, pair in exported.sizes.items()
    }
    given = exported.arguments(sizes)
    return jax.tree_util.tree_map_with_path(
        lambda path, array: drawn(path[-1], array, sizes, draw), given
    )


def drawn(place: Any, array: Any, sizes: Mapping[str, int], draw: np.random.Generator) -> Any:
    """Return values for an input: steps that are missing stand at the end."""
    if getattr(place, "key", "") == "length" or array.dtype == np.bool_:
        steps = (
            array.shape[1] if array.ndim > 1 else sizes.get("source_steps", sizes.get("steps", 1))
        )
        lengths = draw.integers(1, steps + 1, len(array))
        lengths[0] = steps
        if array.ndim == 1:
            return lengths.astype(array.dtype)
        return np.arange(steps) < lengths[:, None]
    if array.dtype.kind in "iu":
        return draw.integers(1, 4, array.shape).astype(array.dtype)
    return draw.normal(size=array.shape).astype(array.dtype)


@pytest.mark.parametrize("case", [*cases()], ids=str)
def test_it_says_what_keras_says(case: Case, tmp_path: Path) -> None:
    keys = (f"network.architecture={case.architecture}", f"network.cell={case.cell}", *case.keys)
    task, prepared, recipe = prepared_sample(case.task, tmp_path, keys)
    values = complete(recipe.dimensions(), {})
    model = task.build(prepared, values)
    draw = np.random.default_rng(1)
    for weight in model.weights:
        weight.assign(weight.numpy() + draw.normal(0, 0.1, weight.shape) ** 2)
    for exported in task.programs(prepared, values, model):
        program = to_onnx(model, exported)
        assert "rows" in program.axes
        given = arguments_of(exported, program, draw)
        wanted = flatten(function_of(exported.program)(model, *given))
        assert_close(said(program, given), wanted)
        assert_close(said_by_numpy(exported, program, given), wanted)


def assert_close(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Check that arrays say what those of Keras say, in the same types."""
    for expected, own in zip(wanted, found, strict=True):
        exact = np.asarray(expected)
        assert own.shape == exact.shape and own.dtype == exact.dtype
        if exact.dtype.kind == "f":
            scale = np.abs(exact[np.abs(exact) < 1e6]).max(initial=1e-6)
            assert np.abs(own - exact).max(initial=0) <= CLOSE * scale
        else:
            assert np.array_equal(own, exact)


def said_by_numpy(exported: Exported, program: OnnxProgram, arguments: Any) -> list[Any]:
    """Return what the program says as lines of NumPy."""
    source, names = Source("A network."), dict[str, Any]()
    name = source.add(exported, program)
    exec(source.text(), names)
    made = names[name](*arguments)
    return [*made] if isinstance(made, tuple) else [made]


def said(program: OnnxProgram, arguments: Any) -> list[Any]:
    """Return what the file says of arguments."""
    session = onnxruntime.InferenceSession(program.content, providers=["CPUExecutionProvider"])
    inputs = pairs(read_description(program.inputs), list(arguments))
    names = [leaf.name for leaf in flatten(read_description(program.outputs))]
    assert all(isinstance(leaf, Leaf) for leaf in flatten(read_description(program.inputs)))
    answers: list[Any] = session.run(names, {leaf.name: np.asarray(each) for leaf, each in inputs})
    return answers
