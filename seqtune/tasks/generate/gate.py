"""How far a simple method, and a memory, are believed beside networks: that depends on the context.

Where n-grams have seen much behind a long context they know better what comes; where they have not,
the network does. Of each context four figures are known: how likely the n-grams find what came most
often behind it, how much they leave to shorter contexts, how many different tokens came, and the
entropy of what the networks expect. The share of the n-grams is a logistic function of these
(`seqtune.tasks.generate.share`). On the tests of tinyshakespeare and of a book of the same length,
in place of one weight: 0.017 and 0.010 nats fewer per character, 37 and 26 standard errors of the
difference. Linear in the same figures it is half of that, by the entropy of the networks alone
nothing.

What came lately in the same text (`seqtune.tasks.generate.recent`) then has a share of its own, by
the same figures and how long a piece of the text comes again. Where none does, it has no share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from seqtune.tasks.generate.predictions import (
    BY_METHOD,
    ENTROPY,
    EVIDENCE,
    MATCH,
    METHOD,
    PROBABILITY,
    RECENT,
)
from seqtune.tasks.generate.share import Share, learn_share

Floats = npt.NDArray[np.float64]
Asked = bool | Literal["auto"]
"""Whether the memory is believed: never, always, or with auto where that gains."""

FIGURES = 4
FEWEST = 200
"""Tokens without which no gate is learnt."""

BLOCK, FEWEST_BLOCKS = 50, 20
"""Neighbouring tokens are alike, so what the memory gains is compared over blocks of so many; and
without so many blocks it is not learnt."""

SURE = 2.0
"""Standard errors by which the memory must gain."""


@dataclass(frozen=True)
class Gate:
    """The shares of a simple method and a memory; see `seqtune.tasks._values.Calibration`.

    Args:
        method: The share of the method; None where it has the same everywhere.
        recent: The share of what came lately; None where that is not asked.
    """

    method: Share | None
    recent: Share | None = None

    @property
    def detail(self) -> str:
        """What a row of the leaderboard says of it."""
        return "" if self.recent is None else "a memory of what was read just before"

    def join(
        self, known: Floats, weights: Floats, by: tuple[Floats, Floats, Floats], matches: Floats
    ) -> Floats:
        """Return the probabilities of some tokens in each context, (contexts, tokens).

        Args:
            known: (contexts, 4) three of what the method knows, and the networks' entropy.
            weights: (contexts,) of the method where no gate says it.
            by: (contexts, tokens) each, by the method, the networks, and what came lately.
            matches: (contexts,) how many tokens come again.
        """
        method, networks, recent = by
        share = (weights if self.method is None else self.method.of(known))[:, None]
        joined: Floats = share * method + (1.0 - share) * networks
        if self.recent is None:
            return joined
        found = np.where(matches > 0, self.recent.of(_with_matches(known, matches)), 0.0)[:, None]
        remembered: Floats = found * recent + (1.0 - found) * joined
        return remembered

    def apply(self, predictions: Floats) -> Floats:
        """Return averages of networks and a method as they are given out, (tokens, 10)."""
        known, networks, method = _parts(predictions)
        weights = predictions[:, METHOD]
        recent, matches = (predictions[:, each] / weights for each in (RECENT, MATCH))
        by = (method[:, None], networks[:, None], recent[:, None])
        made = predictions.copy()
        made[:, PROBABILITY] = self.join(known, weights, by, matches)[:, 0]
        return made

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            name: None if each is None else each.to_dict()
            for name, each in (("method", self.method), ("recent", self.recent))
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Gate:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It is something else.
        """
        sizes = {"method": FIGURES, "recent": FIGURES + 1}
        if not isinstance(values, dict) or {*values} != {*sizes}:
            raise ValueError("expected the shares of a gate")
        return cls(
            **{
                name: None if values[name] is None else Share.from_dict(values[name], size)
                for name, size in sizes.items()
            }
        )


def learn_gate(predictions: Floats, recent: Asked = False) -> Gate | None:
    """Learn a gate from averages of networks and a method for text that neither was fitted on.

    Args:
        predictions: (tokens, 10).
        recent: Whether what came lately may have a share.

    Returns:
        The gate; None where there is no such average, or where a gate that is learnt on one half
        does not find the other half likelier than the average does.
    """
    weights = predictions[:, METHOD]
    if len(predictions) < FEWEST or not ((weights > 0) & (weights < 1)).all():
        return None
    middle = len(predictions) // 2
    halves = predictions[:middle], predictions[middle:]
    gains = [
        _logarithms(_of_method(one), other) - np.log(other[:, PROBABILITY])
        for one, other in (halves, halves[::-1])
    ]
    is_gated = sum(each.sum() for each in gains) > 0
    gate = _of_method(predictions) if is_gated else Gate(None)
    if recent and len(predictions) >= BLOCK * FEWEST_BLOCKS:
        gate = _remembering(gate, predictions, halves, is_sure=recent == "auto")
    return None if gate == Gate(None) else gate


def _remembering(
    gate: Gate, predictions: Floats, halves: tuple[Floats, Floats], *, is_sure: bool
) -> Gate:
    """Return a gate that knows what came lately, where it is to.

    Args:
        gate: The gate without it.
        predictions: What it is learnt on.
        halves: The same in two halves.
        is_sure: Whether it must gain on each half, learnt on the other, and surely on both.
    """
    gains = []
    for one, other in (halves, halves[::-1]) if is_sure else ():
        without = Gate(None) if gate.method is None else _of_method(one)
        learnt = _with_recent(without, one)
        gains.append(_logarithms(learnt, other) - _logarithms(without, other))
    if is_sure:
        blocks = [each[: len(each) // BLOCK * BLOCK].reshape(-1, BLOCK).sum(1) for each in gains]
        every = np.concatenate(blocks)
        error = float(every.std(ddof=1)) * len(every) ** 0.5
        if min(each.sum() for each in gains) <= 0 or every.sum() < SURE * error:
            return gate
    return _with_recent(gate, predictions)


def _of_method(predictions: Floats) -> Gate:
    known, networks, method = _parts(predictions)
    return Gate(learn_share(known, method, networks))


def _with_recent(gate: Gate, predictions: Floats) -> Gate:
    """Return a gate with a share of what came lately, learnt where something comes again."""
    weights = predictions[:, METHOD]
    matches = predictions[:, MATCH] / weights
    again = matches > 0
    if again.sum() < FEWEST:
        return gate
    known, joined = _parts(predictions)[0], gate.apply(predictions)[:, PROBABILITY]
    recent = predictions[:, RECENT] / weights
    figures = _with_matches(known, matches)
    return replace(gate, recent=learn_share(figures[again], recent[again], joined[again]))


def _logarithms(gate: Gate, predictions: Floats) -> Floats:
    logarithms: Floats = np.log(gate.apply(predictions)[:, PROBABILITY])
    return logarithms


def _with_matches(known: Floats, matches: Floats) -> Floats:
    """Return what is known of each context, the length of the match included, (contexts, 5)."""
    return np.column_stack([known, np.log1p(matches)])


def _parts(predictions: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the figures of each context, and the probability by networks, and by the method."""
    weight = predictions[:, METHOD]
    known = predictions[:, EVIDENCE] / weight[:, None]
    entropy = predictions[:, ENTROPY] / (1.0 - weight)
    method = predictions[:, BY_METHOD]
    networks = (predictions[:, PROBABILITY] - method) / (1.0 - weight)
    return np.column_stack([known, entropy]), networks, method / weight
