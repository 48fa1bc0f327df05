"""A scorer: how the errors or the states of a network become one score for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

STATE = "states"
"""What is judged by the states of a network, instead of by what it expected from some distance."""

STATE_SPAN = 0.6
"""Seasons that states are averaged over. Of 0.3, 0.6, 0.8 and 1.2 this and 0.8 gain the most over
both collections in docs/notes/anomalies.md, "The state of a network"."""


class Scorer(NamedTuple):
    """How the errors or the states of a network become one score for each row.

    Args:
        of: From which distance rows are judged, or "states" for how unfamiliar these are.
        channels: How channels are joined; empty for states.
        span: Seasons over which errors, or states, are averaged.
    """

    of: str
    channels: str
    span: float


@dataclass(frozen=True)
class Scorers:
    """The scorers of a recipe, among which each network chooses.

    Args:
        smoothing: Seasons that are averaged over.
        offsets: From which distance rows are judged.
        channels: How channels are joined.
        noncausal: Whether what comes after a row may be looked at.
        state: Whether it counts, too, how unfamiliar the states of the network are.
    """

    smoothing: tuple[float, ...]
    offsets: tuple[str, ...]
    channels: tuple[str, ...]
    noncausal: bool = False
    state: bool = False

    def all(self) -> list[Scorer]:
        """Return every combination of offsets, channels and smoothing, and states last."""
        of_errors = [
            Scorer(offset, channel, span)
            for offset in self.offsets
            for channel in self.channels
            for span in self.smoothing
        ]
        return [*of_errors, *([Scorer(STATE, "", STATE_SPAN)] if self.state else [])]

    @property
    def longest(self) -> float:
        """The most seasons that any scorer averages over."""
        return max(each.span for each in self.all())

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "smoothing": list(self.smoothing),
            "offsets": list(self.offsets),
            "channels": list(self.channels),
            "noncausal": self.noncausal,
            "state": self.state,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scorers:
        """Read what `to_dict` returned."""
        return cls(
            tuple(values["smoothing"]),
            tuple(values["offsets"]),
            tuple(values["channels"]),
            values["noncausal"],
            values["state"],
        )
