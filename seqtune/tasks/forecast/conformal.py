"""Quantiles that hold: each is moved, step by step ahead, to where validation says that it lies.

A quantile's distance from the median is multiplied by a factor of its level and step. The score of
a window is how many predicted distances the truth lies from the median, so that series of any
magnitude, and windows quiet and wild, count alike. Two levels that make an interval, such as 0.1
and 0.9, have one factor: what the truth did on one side of the median in the one stretch of time
that was held out, it does on the other side in the next.

Sources:
    Romano, Patterson & Candès, Conformalized Quantile Regression, arXiv 1905.03222: the
    score of an interval (equation 6), the finite-sample rank ceil((n + 1) level) (equation 8), the
    one-sided score of a quantile by itself (theorem 2).
    Scores relative to the predicted width: Kivaranovic, Johnson & Leeb, arXiv 1905.10634; Sesia &
    Candès, arXiv 1909.05433.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

BEYOND = 10
"""Steps are pooled with their neighbours until so many scores are likely to lie beyond a level."""

MIN_SCORES = 20
"""With fewer scores in all, quantiles stay as they are."""

MIN_FACTOR, MAX_FACTOR = 0.05, 20.0
"""What a factor may be: more says that the validation part is odd, not that intervals are."""

MIN_WIDTH = 1e-9
"""Predicted distances are at least this share of the truth's own."""


@dataclass(frozen=True)
class ConformalFactors:
    """What each quantile's distance from the median is multiplied by.

    Args:
        levels: Quantile levels, 0.5 among them.
        factors: (horizon, levels); 1 leaves a quantile where it is.
    """

    levels: tuple[float, ...]
    factors: Floats

    def apply(self, predictions: Floats) -> Floats:
        """Move the quantiles of forecasts; they still ascend.

        Args:
            predictions: (windows, horizon, levels).

        Returns:
            (windows, horizon, levels), the median where it was.
        """
        middle = self.levels.index(0.5)
        median = predictions[..., middle : middle + 1]
        distance = np.abs(predictions - median) * self.factors
        # a level further out lies at least as far from the median as its inner neighbour
        upper = np.maximum.accumulate(distance[..., middle:], axis=2)
        lower = np.maximum.accumulate(distance[..., middle::-1], axis=2)[..., ::-1]
        moved: Floats = np.concatenate([median - lower[..., :-1], median + upper], axis=2)
        return moved

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"levels": list(self.levels), "factors": self.factors.tolist()}

    @classmethod
    def from_dict(
        cls, values: Mapping[str, Any], horizon: int, levels: tuple[float, ...]
    ) -> ConformalFactors:
        """Read what `to_dict` returned.

        Args:
            values: What may come from a stranger.
            horizon: Steps ahead of the data.
            levels: Its quantile levels.

        Raises:
            ValueError: They are not factors of such quantiles.
        """
        if not isinstance(values, Mapping) or set(values) != {"levels", "factors"}:
            raise ValueError("expected levels and factors")
        if values["levels"] != list(levels):
            raise ValueError(f"found other levels than {list(levels)}")
        rows = values["factors"]
        is_sound = (
            isinstance(rows, list)
            and len(rows) == horizon
            and all(isinstance(row, list) and len(row) == len(levels) for row in rows)
            and all(type(each) in (int, float) for row in rows for each in row)
        )
        if not is_sound:
            raise ValueError(f"expected {horizon} rows of {len(levels)} factors")
        if not all(MIN_FACTOR <= each <= MAX_FACTOR for row in rows for each in row):
            raise ValueError(f"found factors beyond {MIN_FACTOR:g} to {MAX_FACTOR:g}")
        return cls(levels, np.array(rows, np.float64))


def measure_factors(
    quantiles: Floats, actual: Floats, observed: Booleans, levels: tuple[float, ...]
) -> ConformalFactors | None:
    """Measure on held-out windows what each quantile's distance is to be multiplied by.

    Args:
        quantiles: (windows, horizon, levels), ascending along the last axis.
        actual: (windows, horizon), what came.
        observed: (windows, horizon), where that is known.
        levels: Quantile levels, 0.5 among them.

    Returns:
        The factors; None where too little is known.
    """
    counted = observed & np.isfinite(quantiles).all(axis=2)
    if counted.sum() < MIN_SCORES:
        return None
    factors = np.ones((quantiles.shape[1], len(levels)))
    for group, inside in _intervals(levels):
        scores = np.max([_scores(quantiles, actual, levels, place) for place in group], axis=0)
        ranked = np.clip(_ranked(scores, counted, inside), MIN_FACTOR, MAX_FACTOR)
        factors[:, group] = ranked[:, None]
    return ConformalFactors(levels, factors)


def _intervals(levels: tuple[float, ...]) -> Iterator[tuple[list[int], float]]:
    """Yield the places of levels that are measured together, and the share that lies inside.

    Example:
        >>> list(_intervals((0.1, 0.25, 0.5, 0.9)))
        [([0, 3], 0.8), ([1], 0.75)]
    """
    done: set[int] = {levels.index(0.5)}
    for place, level in enumerate(levels):
        if place in done:
            continue
        other = next(
            (at for at, each in enumerate(levels) if at != place and abs(each + level - 1) < 1e-9),
            None,
        )
        done |= {place} if other is None else {place, other}
        if other is None:
            yield [place], max(level, 1 - level)
        else:
            yield [place, other], round(levels[other] - level, 9)


def _scores(quantiles: Floats, actual: Floats, levels: tuple[float, ...], place: int) -> Floats:
    """Return how many predicted distances the truth lies beyond the median, (windows, horizon)."""
    median = quantiles[..., levels.index(0.5)]
    error = (actual - median) if levels[place] > 0.5 else (median - actual)
    width = np.abs(quantiles[..., place] - median)
    scores: Floats = error / np.maximum(width, MIN_WIDTH * np.maximum(np.abs(error), 1e-300))
    return scores


def _ranked(scores: Floats, counted: Booleans, inside: float) -> list[float]:
    """Return for each step the score that a share of them does not exceed.

    Args:
        scores: (windows, horizon).
        counted: (windows, horizon).
        inside: The share, 0.5 to 1.
    """
    wanted = round(BEYOND / (1.0 - inside))
    horizon = scores.shape[1]
    found = []
    for step in range(horizon):
        reach = 0
        while True:
            near = slice(max(0, step - reach), step + reach + 1)
            pool = scores[:, near][counted[:, near]]
            if len(pool) >= wanted or reach >= horizon:
                break
            reach += 1
        rank = min(math.ceil(round((len(pool) + 1) * inside, 6)), len(pool))
        found.append(float(np.partition(pool, rank - 1)[rank - 1]))
    return found
