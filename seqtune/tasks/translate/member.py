"""The networks that write together, what they read, and what they have written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.runtime.programs import batch_rows
from seqtune.tasks._values import Network
from seqtune.tasks.translate.source_batch import source_batch

LEAST_STEPS = 16
"""Sources are padded to so many steps at least, where any has as many."""

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Member:
    """A network that has a say in each next token.

    Args:
        network: The network.
        values: Its configuration.
        codec: The tokens, and the scale of series.
        weight: Its share; the weights of all members are divided by their sum.
    """

    network: Network
    values: Mapping[str, Any]
    codec: Any
    weight: float = 1.0

    @property
    def is_ctc(self) -> bool:
        """Whether it says a token of each step of the memory, instead of writing."""
        return bool(self.values["network.decoder"] == "ctc")

    def source(self, inputs: Mapping[str, Ragged]) -> Ragged:
        """Return the sources as this network reads them."""
        return inputs[self.codec.source_name(self.values)]


@dataclass(frozen=True)
class Decoded:
    """Answers to sources.

    Args:
        tokens: (rows, n_best, steps) int32, the best first, `END` behind each.
        scores: (rows, n_best) mean log-probability of the tokens and the end; -inf where there are
            fewer answers.
        attention: Of each row's best answer, (tokens and the end, source steps), the mean over the
            members; None where nobody asked or nothing is looked at.
    """

    tokens: Whole
    scores: Floats
    attention: list[npt.NDArray[np.float32]] | None = None


def write_together(configurations: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether networks can agree on each next token: they write the same tokens in one way."""
    return len({way_of_writing(values) for values in configurations}) == 1


def way_of_writing(values: Mapping[str, Any]) -> str:
    """Return what networks that write together have in common, in words.

    By CTC, they also have as many frames: the same architecture, halved as often.
    """
    tokens = f"{values['tokens.target']} tokens"
    if values["network.decoder"] != "ctc":
        return tokens
    halvings = values.get("network.pyramid.halvings", 0)
    read = values.get("tokens.source", "series")
    return f"{tokens} by CTC of {values['network.architecture']}, {halvings} halvings, {read}"


def shares(members: Sequence[Member]) -> npt.NDArray[np.float32]:
    """Return the weights of members, which sum to one."""
    weights = np.array([each.weight for each in members], np.float64)
    if not (weights >= 0).all() or not weights.sum() > 0:
        raise ValueError(f"weights are {weights.tolist()}, expected none below 0 and one above")
    return np.asarray(weights / weights.sum(), np.float32)


def chunks(sources: Ragged, most: int) -> Iterator[tuple[Rows, int]]:
    """Yield rows of about the same length, and how many of them are real.

    All chunks have as many rows: the last one is filled up with its last row.

    Args:
        sources: What is read.
        most: Rows of a chunk at most.
    """
    order = np.argsort(sources.lengths, kind="stable")
    size = batch_rows(len(order), 1 << (most.bit_length() - 1))
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        yield np.pad(rows, (0, size - len(rows)), mode="edge"), len(rows)


def source_inputs(member: Member, inputs: Mapping[str, Ragged], rows: Rows) -> dict[str, Any]:
    """Return sources as a network reads them, padded to a power of two: few programs serve all."""
    sources = member.source(inputs)
    most = int(sources.lengths.max(initial=1))
    steps = batch_rows(max(LEAST_STEPS, int(sources.lengths[rows].max(initial=1))), most)
    steps = member.network.fitting("source_steps", steps)
    return source_batch(member.codec, sources, rows, steps)
