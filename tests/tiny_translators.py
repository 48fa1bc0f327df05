"""Networks of the task `translate` that are small enough to be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.runtime.network import KerasNetwork
from seqtune.tasks.translate.encoded import EncodedPairs, Inputs
from seqtune.tasks.translate.member import Member
from seqtune.tasks.translate.network import build_network

Floats = npt.NDArray[np.float64]

VALUES = {
    "network.architecture": "stacked",
    "network.stacked.bidirectional": True,
    "network.cell": "gru",
    "network.units": 4,
    "network.layers": 1,
    "network.dropout": 0.0,
    "network.embedding": 3,
    "network.decoder": "attention",
    "network.attention": "dot",
    "network.input_feeding": False,
    "network.copying": False,
    "network.tied": False,
    "training.label_smoothing": 0.0,
    "tokens.source": "symbol",
    "tokens.target": "symbol",
}


@dataclass(frozen=True)
class Tokens:
    size: int

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return ("<end>", "<unknown>", *"abcdefghijklmnopqrstuvwxyz"[: self.size - 2])


@dataclass(frozen=True)
class TinyCodec:
    """Stands in for the codec of the task: as many tokens on both sides, or channels."""

    size: int = 5
    channels: int = 0
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def source_kind(self) -> str:
        return "series" if self.channels else "symbols"

    def source_name(self, values: Any) -> str:
        return "series" if self.channels else str(values["tokens.source"])

    def tokenizer(self, side: str, values: Any) -> Tokens:
        return Tokens(self.size)

    def scaled(self, batch: Any, lengths: Any) -> Any:
        return batch / 2.0


@dataclass(frozen=True)
class TinyPrepared:
    codec: TinyCodec


def tiny_values(**changes: Any) -> dict[str, Any]:
    """Return a configuration; `__` stands for a dot, and names are those below `network`."""
    return {
        **VALUES,
        **{f"network.{key.replace('__', '.')}": each for key, each in changes.items()},
    }


def tiny(
    seed: int = 0, size: int = 5, channels: int = 0, spread: float = 1.0, **changes: Any
) -> Any:
    """Return a member whose weights are drawn so that nothing is hidden by one that is zero."""
    codec = TinyCodec(size, channels, {"symbol": np.ones(size)})
    values = tiny_values(**changes)
    model = build_network(TinyPrepared(codec), values)
    draw = np.random.default_rng(seed)
    for weight in model.weights:
        if "seed" not in weight.path:
            drawn = draw.normal(0, spread, weight.shape)
            weight.assign(np.abs(drawn) + 0.1 if "variance" in weight.path else drawn)
    return Member(KerasNetwork(model), values, codec)


def sources(*rows: Sequence[int]) -> dict[str, Ragged]:
    return {"symbol": Ragged.from_list([np.array(row) for row in rows])}


def said(member: Any, source: Sequence[int], targets: Sequence[Sequence[int]]) -> Floats:
    """Return the log-probabilities (targets, 8, tokens) of each next token, by the whole model.

    All is padded to 8 steps, so that one program serves all tests of a network.
    """
    inputs = {
        "source": np.zeros((len(targets), 8), np.int32),
        "previous": np.zeros((len(targets), 8), np.int32),
    }
    inputs["source"][:, : len(source)] = source
    for row, target in enumerate(targets):
        inputs["previous"][row, 1 : len(target) + 1] = target
    logits = member.network(inputs).astype(np.float64)
    top = logits.max(axis=-1, keepdims=True)
    return np.asarray(logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True)))


def log_probability(chances: Floats, target: Sequence[int]) -> float:
    """Return the log-probability of a target and its end, from what `said` says of it."""
    written = [*target, END]
    return float(chances[np.arange(len(written)), written].sum())


def every_answer(size: int, longest: int) -> list[tuple[int, ...]]:
    """Return all sequences of known tokens that may be written."""
    known = [token for token in range(size) if token not in (END, UNKNOWN)]
    return [each for length in range(longest + 1) for each in product(known, repeat=length)]


def cases_of(*references: tuple[str, ...]) -> EncodedPairs:
    """Return cases that have references and nothing to read."""

    def none(name: str) -> None:
        raise AssertionError(name)

    sources = [""] * len(references)
    return EncodedPairs(Inputs((), none), references, sources, np.arange(len(references)))  # type: ignore[arg-type]
