"""Which functions of a network reading and writing run, and what an export has to convert."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.errors import RunError
from seqtune.runtime.program import Program
from seqtune.tasks._exported import Exported, Sizes
from seqtune.tasks._values import Network

MODULE = "seqtune.tasks.generate.network_programs"

READ_ONE, SCORE_TARGETS = (Program(name, MODULE) for name in ("read_one", "score_targets"))
"""See the functions of `seqtune.tasks.generate.network_programs`."""

STEPS = 64
"""Steps that are scored at a time."""

ROWS = (3, 44)
"""Two sizes of a batch, for examples."""

STATES = "states"
"""The fact that says what a network remembers: the shape of each state, without the batch."""

MOST_STATES, MOST_UNITS = 100, 65_536


def reading_programs(shapes: list[tuple[int, ...]]) -> list[Exported]:
    """Return the programs of a network that reads from left to right.

    Args:
        shapes: Of its states, without the batch.
    """

    def states(sizes: Sizes) -> list[Any]:
        return [np.zeros((sizes["rows"], *shape), np.float32) for shape in shapes]

    def one(sizes: Sizes) -> tuple[Any, ...]:
        return np.zeros((sizes["rows"], 1), np.int32), states(sizes)

    def several(sizes: Sizes) -> tuple[Any, ...]:
        tokens = np.zeros((sizes["rows"], STEPS), np.int32)
        return tokens, tokens, states(sizes)

    axes = {"rows": ROWS}
    return [Exported(READ_ONE, one, axes), Exported(SCORE_TARGETS, several, axes)]


def state_shapes(network: Network) -> list[tuple[int, ...]]:
    """Return the shape of each state of a network, without the batch.

    Raises:
        RunError: Its facts, which may come from a stranger's file, do not say it.
    """
    found = network.facts.get(STATES)
    if not isinstance(found, list) or len(found) > MOST_STATES or not all(map(_is_shape, found)):
        raise RunError("a network does not say what it remembers", "seqtune export RUN")
    return [tuple(shape) for shape in found]


def _is_shape(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    return all(type(size) is int and 0 < size <= MOST_UNITS for size in value)
