"""Time scales: scores that rise at a single row, and others that add up what lasts.

Single rows are lost in an average, and long, faint events in single rows. So every network has a
scorer of each time scale: an instant and a brief one, that average over nothing and over a few
rows, a quick one, over a tenth of a season, a slow one, over about a season, and a long one; and
beside these, which are of errors, one of states (see `mahalanobis`).

The levels (see `tail_probability`) of the last four say, joined, what **lasts**; that of
the states counts as much as the others together. The highest of the first three is the **alarm**,
which stands where it is beyond the threshold (see `score_parts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.score_parts import score_parts, squared
from seqtune.tasks.anomaly.scorer import STATE, STATE_SPAN, Scorer, Scorers
from seqtune.tasks.anomaly.tail_probability import TailFit

Floats = npt.NDArray[np.float64]

LONGEST = {"instant": 0.01, "brief": 0.05, "quick": 0.25, "slow": 2.0, "long": np.inf}
"""Scorers of each time scale average errors over less than so many seasons."""

TIME_SCALES = (*LONGEST, STATE)

ALARMS = ("instant", "brief", "quick")
"""Time scales the highest of which stands where it is beyond the threshold."""

LASTING = {"quick": 1.0, "slow": 1.0, "long": 1.0, STATE: 3.0}
"""Time scales that say what lasts, and what each counts for in it: states as much as all errors.
Measured in docs/notes/anomalies.md, "The state of a network"."""

HALF_HEARD = 100.0
"""A time scale whose tail was measured on n independent scores counts for n / (n + 100) of its
share: of a few weeks little is known of what averages over days. Measured in
docs/notes/anomalies.md, "A few seasons"."""

DEFAULT_SCORERS = {
    "instant": Scorer("mean", "max", 0.0),
    "brief": Scorer("mean", "max", 0.02),
    "quick": Scorer("mean", "", 0.1),
    "slow": Scorer("mean", "", 1.0),
    "long": Scorer("farthest", "", 4.0),
    STATE: Scorer(STATE, "", STATE_SPAN),
}
"""How rows are scored where no labels choose; where it says nothing of channels, they are joined as
tells planted anomalies best. What is strange at once is often so in one channel alone; measured in
docs/notes/anomalies.md, "Threshold"."""


@dataclass(frozen=True)
class ScaleFit:
    """What a network's scores of one time scale say.

    Args:
        scorer: Which of `Scorers.all` was chosen.
        tail: Turns its scores into levels.
    """

    scorer: int
    tail: TailFit

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"scorer": self.scorer, "tail": self.tail.to_dict()}

    @classmethod
    def from_dict(cls, values: Any, scorers: int) -> ScaleFit:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Args:
            values: What was read.
            scorers: How many scorers there are.

        Raises:
            ValueError: It cannot have been measured.
        """
        if not isinstance(values, Mapping) or set(values) != {"scorer", "tail"}:
            raise ValueError("a time scale has a scorer and a tail")
        number = values["scorer"]
        if type(number) is not int or not 0 <= number < scorers:
            raise ValueError(f"there is no scorer {number!r}, but {scorers} of them")
        return cls(number, TailFit.from_dict(values["tail"]))


def watched_at(span: float, channels: int) -> int | None:
    """Return how much of what is watched counts for a scorer; None for all.

    How much a channel moves is of use at once alone: what lasts shows in the values.

    Args:
        span: Seasons that the scorer averages over.
        channels: Number of columns.
    """
    return None if span < LONGEST["quick"] else channels


def scorers_by_scale(scorers: Scorers) -> dict[str, list[int]]:
    """Return the numbers of the scorers of each time scale; one without any is left out.

    What lasts long is judged from the farthest, where the recipe has that: nearer expectations have
    followed it.
    """
    numbers: dict[str, list[int]] = {scale: [] for scale in TIME_SCALES}
    for number, scorer in enumerate(scorers.all()):
        if scorer.of == STATE:
            numbers[STATE].append(number)
            continue
        scale = next(scale for scale in LONGEST if scorer.span < LONGEST[scale])
        if scale != "long" or scorer.of == "farthest" or "farthest" not in scorers.offsets:
            numbers[scale].append(number)
    return {scale: each for scale, each in numbers.items() if each}


def default_scorers(scorers: Scorers) -> dict[str, list[int]]:
    """Return the scorers of each time scale where no labels choose: those nearest to the default.

    Where `DEFAULT_SCORERS` leaves that open, they are one for each way of joining channels.

    Example:
        >>> default_scorers(Scorers((0.0, 1.0), ("mean",), ("mean", "max")))
        {'instant': [2], 'slow': [1, 3]}
    """
    every = scorers.all()
    found = {}
    for scale, numbers in scorers_by_scale(scorers).items():
        far = {number: _distance(every[number], DEFAULT_SCORERS[scale]) for number in numbers}
        nearest = min(far.values())
        found[scale] = [number for number in numbers if far[number] == nearest]
    return found


def _distance(scorer: Scorer, default: Scorer) -> tuple[bool, float, bool]:
    """Return how far a scorer is from the default; what comes first outweighs what follows."""
    is_open = not default.channels
    other = not is_open and scorer.channels != default.channels
    return scorer.of != default.of, abs(scorer.span - default.span), other


def alone_or_joined(chosen: Mapping[str, int]) -> list[dict[str, int]]:
    """Return what a score may be joined of: all time scales, or one that lasts beside the others.

    Example:
        >>> alone_or_joined({"instant": 0, "slow": 4, "long": 5})
        [{'instant': 0, 'slow': 4, 'long': 5}, {'instant': 0, 'slow': 4}, {'instant': 0, 'long': 5}]
    """
    lasting = chosen.keys() & LASTING.keys()
    alone = [
        {scale: scorer for scale, scorer in chosen.items() if scale == one or scale not in lasting}
        for one in chosen
        if one in lasting
    ]
    return [dict(chosen), *(alone if len(alone) > 1 else [])]


def join_time_scales(
    scores: Mapping[str, Floats], fits: Mapping[str, ScaleFit], threshold: float
) -> Floats:
    """Return what a network says of rows, (rows, 5), see `score_parts`.

    Args:
        scores: (rows,) by time scale, by the chosen scorers.
        fits: What was measured of each.
        threshold: Level beyond which an alarm is one.
    """
    levels = {scale: fits[scale].tail.level(each) for scale, each in scores.items()}
    lasting = [scale for scale in levels if scale in LASTING] or [*levels]
    known = {scale: fits[scale].tail.independent for scale in lasting}
    weights = [LASTING.get(scale, 1.0) / (1.0 + HALF_HEARD / known[scale]) for scale in lasting]
    squares = [squared(levels[scale]) for scale in lasting]
    lasts = np.average(squares, axis=0, weights=weights)
    alarms = [each for scale, each in levels.items() if scale in ALARMS]
    return score_parts(lasts, np.max(alarms, axis=0) if alarms else np.sqrt(lasts), threshold)
