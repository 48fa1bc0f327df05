"""The time scales on which every network scores rows.

Single rows are lost in an average, and long, faint events in single rows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scorer:
    """How rows get one raw score.

    Args:
        name: Its name.
        span: Seasons over which errors, or states, are averaged.
        weight: How much it counts in what lasts; 0 for what is strange at once alone.
        is_alarm: Whether it can raise the alarm by itself.
        channels: How the errors of channels are joined: their root mean square ("mean"), or the
            largest ("max").
        has_activity: Whether it counts, too, how much channels move.
    """

    name: str
    span: float
    weight: float = 0.0
    is_alarm: bool = False
    channels: str = "mean"
    has_activity: bool = False


STATES = Scorer("states", 0.6, weight=3.0)
"""Scores rows by how far the averaged states of a network are from the usual ones."""

SCORERS = (
    Scorer("instant", 0.0, is_alarm=True, channels="max", has_activity=True),
    Scorer("quick", 0.1, weight=1.0, is_alarm=True, has_activity=True),
    Scorer("long", 4.0, weight=1.0),
    STATES,
)
