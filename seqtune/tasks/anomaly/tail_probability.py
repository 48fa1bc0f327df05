"""From scores to levels: how many normal rows there are to one as strange, as a power of ten.

A level is `-log10` of the tail probability: one normal row in 10,000 reaches 4. That is one unit
for every network and every simple method, so that they can be averaged, and the threshold is the
rate that is accepted:

    threshold = -log10(rate)

Up to the 95th hundredth a level is read off the scores of rows held out. From there to the
threshold it follows the tail that extreme-value theory fits (see `threshold`), and beyond it goes
on straight, as an exponential tail does. How steep it is is known from few independent scores where
these are averages over long spans, see `predictive`.

Levels are joined by the root of the mean of their squares: what one network, or one scorer, finds
strange is not thinned by the others as much as in their mean. What is joined is less often high, or
more often, than its parts say. So it is a score like any other, whose own tail is measured (see
`calibration`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.threshold import fit_tail

Floats = npt.NDArray[np.float64]

QUANTILES = (0.0, 0.5, 0.75, 0.9, 0.95)

MAX_LEVEL = 300.0
"""No level is higher: an infinite one could not be averaged."""

STEP = 1e-6
"""Two knots are at least this share of the scores' size apart."""

MAX_KNOTS = 16
MAX_SIZE = 1e12
"""No knot is larger, and no count, in a file that a run wrote."""


@dataclass(frozen=True)
class TailFit:
    """What turns scores into levels.

    Args:
        scores: (knots,) rising, two at least.
        levels: (knots,) the level of each, rising.
        independent: How many independent scores the tail was measured on: averages over rows that
            overlap are fewer than they seem. Infinite where that is left out of account.

    Example:
        >>> fit = TailFit((0.0, 2.0), (0.0, 4.0))
        >>> fit.level(np.array([1.0, 3.0]))
        array([2., 6.])
    """

    scores: tuple[float, ...]
    levels: tuple[float, ...]
    independent: float = math.inf

    @classmethod
    def fit(cls, scores: Floats, rate: float, span: int | None = None) -> TailFit:
        """Measure scores of mostly normal rows.

        Args:
            scores: (rows,) in order of time, NaN where there is none and between rows that do not
                follow each other.
            rate: False events that are accepted per normal row.
            span: Rows that each score averages over; None where every score counts as known.
        """
        known = scores[np.isfinite(scores)]
        top = -math.log10(rate)
        independent = math.inf if span is None else max(1.0, len(known) / span)
        if not len(known):
            return cls((0.0, 1.0), (0.0, top), independent)
        tail = fit_tail(scores, rate)
        knots = [(float(np.quantile(known, each)), -math.log10(1.0 - each)) for each in QUANTILES]
        knots.append((tail.start, -math.log10(max(tail.share, 1e-12))))
        step = STEP * (float(np.abs(known).max()) or 1.0)
        kept: list[tuple[float, float]] = []
        for score, level in knots:
            is_above = not kept or (score > kept[-1][0] + step and level > kept[-1][1])
            if is_above and score < tail.threshold - step and level < top:
                kept.append((score, level))
        kept = [*(kept or [(tail.threshold - step, 0.0)]), (tail.threshold, top)]
        return cls(tuple(each for each, _ in kept), tuple(each for _, each in kept), independent)

    def level(self, scores: Floats) -> Floats:
        """Return the levels of scores of any shape; NaN stays NaN.

        Beyond the first and the last knot lines go on straight.
        """
        knots, levels = np.array(self.scores), np.array(self.levels)
        found = np.interp(scores, knots, levels)
        before = levels[0] - (knots[0] - scores) * (levels[1] - levels[0]) / (knots[1] - knots[0])
        slope = (levels[-1] - levels[-2]) / (knots[-1] - knots[-2])
        after = levels[-1] + (scores - knots[-1]) * slope
        found = np.where(scores < knots[0], before, np.where(scores > knots[-1], after, found))
        return predictive(np.clip(found, -MAX_LEVEL, MAX_LEVEL), self.independent)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        independent = None if math.isinf(self.independent) else self.independent
        knots = {"scores": list(self.scores), "levels": list(self.levels)}
        return {**knots, "independent": independent}

    @classmethod
    def from_dict(cls, values: Any) -> TailFit:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It cannot have been measured.
        """
        if not isinstance(values, Mapping) or set(values) != {"scores", "levels", "independent"}:
            raise ValueError("a tail has scores, levels and a number of independent scores")
        scores, levels, independent = values["scores"], values["levels"], values["independent"]
        for knots in (scores, levels):
            is_list = isinstance(knots, list) and 2 <= len(knots) <= MAX_KNOTS
            if not is_list or not all(map(is_number, knots)) or not (np.diff(knots) > 0).all():
                raise ValueError("knots of a tail are not rising numbers")
        if len(scores) != len(levels):
            raise ValueError("a tail has other scores than levels")
        if independent is not None and (not is_number(independent) or independent < 1):
            raise ValueError("a tail was measured on less than one score")
        known = math.inf if independent is None else float(independent)
        return cls(tuple(map(float, scores)), tuple(map(float, levels)), known)


def is_number(value: Any) -> bool:
    """Say whether a value out of a file is a number that can have been measured."""
    return type(value) in (int, float) and abs(value) <= MAX_SIZE


def predictive(levels: Floats, independent: float) -> Floats:
    """Return levels as they are predicted from so many independent scores.

    Of an exponential tail whose slope was measured on n scores, the next one lies beyond x with the
    probability (1 + x / n)^-n, where x is counted in the slope: what the tail says of far values
    is believed the less the fewer scores it was measured on.

    Args:
        levels: Of any shape, as the tail says.
        independent: How many independent scores the tail was measured on; infinite if unknown.

    Returns:
        Of the same shape; those of 0 and less stay.

    Source:
        Geisser 1993, "Predictive Inference: An Introduction", Chapman & Hall, section 3: the
        predictive distribution of an exponential sample.

    Example:
        >>> predictive(np.array([1.0, 4.0, 40.0]), 5.0).round(2)
        array([0.82, 2.27, 6.44])
        >>> predictive(np.array([1.0, 4.0, 40.0]), 5_000.0).round(2)
        array([ 1.  ,  4.  , 39.64])
    """
    if math.isinf(independent):
        return levels
    with np.errstate(invalid="ignore"):
        far = np.maximum(levels, 0.0) * math.log(10.0) / independent
        return np.where(levels > 0, independent * np.log1p(far) / math.log(10.0), levels)
