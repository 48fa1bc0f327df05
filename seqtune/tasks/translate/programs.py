"""Which functions of a network answering runs, and what an export has to convert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seqtune.runtime.program import Program, function_of
from seqtune.runtime.programs import run
from seqtune.tasks._exported import Exported, Sizes

MODULE = "seqtune.tasks.translate.network_programs"

READ, STEP, LIKELY, FRAMES, CHOOSE, CHOOSE_GREEDILY, MIX = (
    Program(name, MODULE)
    for name in ("read", "step", "likely", "frames", "choose", "choose_greedily", "mix")
)
"""See the functions of `seqtune.tasks.translate.network_programs`."""

ROWS, ANSWERS, STEPS, SOURCE_STEPS = (3, 44), (7, 24), (17, 28), (29, 42)
"""Two sizes of each axis; see `Exported.sizes`."""


def answering_programs(values: Mapping[str, Any], model: Any) -> list[Exported]:
    """Return the programs of a network: those of its decoder, or those of its frames.

    Args:
        values: The network's configuration.
        model: The Keras model.
    """
    size = int(model.output.shape[-1])
    if values["network.decoder"] == "ctc":
        return [_reading(FRAMES, model), _mixing(size)]
    return [
        _reading(READ, model),
        _stepping(model),
        _given(model),
        _choosing(CHOOSE, size, {"rows": ROWS, "answers": ANSWERS}),
        _choosing(CHOOSE_GREEDILY, size, {"rows": ROWS}),
        _mixing(size),
    ]


def _reading(program: Program, model: Any) -> Exported:
    """Return a program that takes nothing but sources."""

    def arguments(sizes: Sizes) -> tuple[Any, ...]:
        return (_sources(model, sizes),)

    return Exported(program, arguments, {"rows": ROWS, "source_steps": SOURCE_STEPS})


def _stepping(model: Any) -> Exported:
    example = {"rows": ROWS[0], "source_steps": SOURCE_STEPS[0]}
    read = run(model, function_of(READ), _sources(model, example))
    looked_at, states = ([np.asarray(each) for each in part] for part in read)

    def arguments(sizes: Sizes) -> tuple[Any, ...]:
        rows, answers, steps = sizes["rows"], sizes["answers"], sizes["memory_steps"]
        whole = np.zeros((rows, answers), np.int32)
        return (
            whole,
            whole,
            [np.zeros((rows, steps, *each.shape[2:]), each.dtype) for each in looked_at],
            [np.zeros((rows, answers, *each.shape[1:]), each.dtype) for each in states],
        )

    return Exported(STEP, arguments, {"rows": ROWS, "answers": ANSWERS, "memory_steps": STEPS})


def _given(model: Any) -> Exported:
    def arguments(sizes: Sizes) -> tuple[Any, ...]:
        whole = np.zeros((sizes["rows"], sizes["steps"]), np.int32)
        return _sources(model, sizes), whole, whole

    axes = {"rows": ROWS, "source_steps": SOURCE_STEPS, "steps": STEPS}
    return Exported(LIKELY, arguments, axes)


def _choosing(program: Program, size: int, axes: Mapping[str, tuple[int, int]]) -> Exported:
    def arguments(sizes: Sizes) -> tuple[Any, ...]:
        scores = np.zeros((sizes["rows"], sizes.get("answers", 1)), np.float32)
        return np.zeros((*scores.shape, size), np.float32), scores

    return Exported(program, arguments, axes)


def _mixing(size: int) -> Exported:
    def arguments(sizes: Sizes) -> tuple[Any, ...]:
        said = np.zeros((sizes["rows"], sizes["places"], size), np.float32)
        return said, said, np.zeros(2, np.float32)

    return Exported(MIX, arguments, {"rows": ROWS, "places": STEPS})


def _sources(model: Any, sizes: Sizes) -> dict[str, Any]:
    """Return sources of a size as a network reads them."""
    axes = (sizes["rows"], sizes["source_steps"])
    return {
        name: np.zeros((*axes[: len(each.shape)], *each.shape[2:]), each.dtype)
        for name, each in model.input.items()
        if name != "previous"
    }
