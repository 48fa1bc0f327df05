"""Scores as rarity: how many rows there are to one as strange, as a power of ten.

A score of 4 is reached by one normal row in 10,000. That is one unit for every network and every
simple method, so that they can be averaged, and the threshold is the rate that is accepted:

    threshold = -log10(rate)

Up to the 95th hundredth it is read off the scores of rows held out; from there to the threshold it
is drawn through the tail that extreme-value theory fits (see `threshold`), and beyond it goes on
straight, as an exponential tail does. How steep it is is known from few independent scores, where
these are averages over long spans, see `as_far_as_known`.

Rarities are joined by the root of the mean of their squares: what one network, or one way of
scoring, finds strange is not thinned by the others as much as in their mean. What is joined is less
often high than its parts all the same. It is lifted until the usual ones of rows held out are as
rare as they say, see `fit_lift`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.threshold import fit_tail

Floats = npt.NDArray[np.float64]

QUANTILES = (0.0, 0.5, 0.75, 0.9, 0.95)

RAREST = 300.0
"""No rarity is larger: an infinite one could not be averaged."""

LIFTED_BY = (0.9, 0.95, 0.98)
"""Quantiles of joined rarities by which they are lifted: higher ones hang on few rows, and on the
anomalies among them."""

LIFT = "lift"

MAX_LIFT = 2.0
MIN_LIFTED = 100
"""Of fewer rows nothing is read off."""

STEP = 1e-6
"""Two knots are at least this share of the scores' size apart."""


def fit_rarity(scores: Floats, rate: float, name: str = "") -> dict[str, float]:
    """Measure what turns scores into rarities.

    Args:
        scores: (rows,) of mostly normal rows in order of time, NaN where there is none and between
            rows that do not follow each other.
        rate: Share of normal rows that may be marked.
        name: Begins the names of the figures.

    Returns:
        Knots: `score_<n>` and the rarity `level_<n>` of each, rising.
    """
    known = scores[np.isfinite(scores)]
    if not len(known):
        return _named([(0.0, 0.0), (1.0, -math.log10(rate))], name)
    tail = fit_tail(scores, rate)
    top = -math.log10(rate)
    knots = [
        (float(np.quantile(known, quantile)), -math.log10(1.0 - quantile)) for quantile in QUANTILES
    ]
    knots.append((tail.start, -math.log10(max(tail.share, 1e-12))))
    step = STEP * (float(np.abs(known).max()) or 1.0)
    kept: list[tuple[float, float]] = []
    for score, level in knots:
        is_above = not kept or (score > kept[-1][0] + step and level > kept[-1][1])
        if is_above and score < tail.threshold - step and level < top:
            kept.append((score, level))
    if not kept:
        kept = [(tail.threshold - step, 0.0)]
    return _named([*kept, (tail.threshold, top)], name)


def as_far_as_known(rarities: Floats, independent: float) -> Floats:
    """Return rarities as they are predicted from so many independent scores.

    Of an exponential tail whose slope was measured on n scores, the next one lies beyond x with the
    probability (1 + x / n)^-n, where x is counted in the slope: what the tail says of far values
    is believed the less the fewer scores it was measured on.

    Args:
        rarities: Of any shape, as the tail says.
        independent: How many independent scores the tail was measured on; infinite if unknown.

    Returns:
        Of the same shape; those of 0 and less stay.

    Source:
        Geisser 1993, "Predictive Inference: An Introduction", Chapman & Hall, section 3: the
        predictive distribution of an exponential sample.

    Example:
        >>> as_far_as_known(np.array([1.0, 4.0, 40.0]), 5.0).round(2)
        array([0.82, 2.27, 6.44])
        >>> as_far_as_known(np.array([1.0, 4.0, 40.0]), 5_000.0).round(2)
        array([ 1.  ,  4.  , 39.64])
    """
    if math.isinf(independent):
        return rarities
    with np.errstate(invalid="ignore"):
        far = np.maximum(rarities, 0.0) * math.log(10.0) / independent
        return np.where(rarities > 0, independent * np.log1p(far) / math.log(10.0), rarities)


def fit_lift(rarities: Floats) -> dict[str, float]:
    """Measure by what joined rarities are to be multiplied to be as rare as they say.

    At the quantile q a rarity of `-log10(1 - q)` is expected. The factor is the median of what is
    missing at three quantiles, at least 1: anomalies among the rows can only keep it small, so that
    none is hidden by others. Measured in docs/notes/anomalies.md, "Threshold".

    Args:
        rarities: (rows,) of rows held out, NaN where there is none.

    Returns:
        `lift`, 1 to 2.

    Example:
        >>> rows = np.linspace(0.0, 1.0, 1001)[:-1]
        >>> round(fit_lift(-np.log10(1.0 - rows) / 1.5)["lift"], 2)
        1.5
    """
    known = rarities[np.isfinite(rarities)]
    if len(known) < MIN_LIFTED:
        return {LIFT: 1.0}
    found = np.quantile(known, LIFTED_BY)
    expected = -np.log10(1.0 - np.array(LIFTED_BY))
    missing = expected / np.maximum(found, expected / MAX_LIFT)
    return {LIFT: max(1.0, float(np.median(missing)))}


def lifted(squares: Floats, figures: Mapping[str, float]) -> Floats:
    """Lift squares of joined rarities as `fit_lift` measured; without a figure nothing changes.

    Args:
        squares: Of any shape.
        figures: Of a network, or of an ensemble.
    """
    return np.asarray(squares * figures.get(LIFT, 1.0) ** 2, np.float64)


def is_lift(figures: Mapping[str, float]) -> bool:
    """Say whether the lift among figures, maybe from a stranger, can have been measured."""
    return bool(1.0 <= figures.get(LIFT, 1.0) <= MAX_LIFT)


def _named(knots: list[tuple[float, float]], name: str) -> dict[str, float]:
    return {
        f"{name}{kind}_{number}": value
        for number, knot in enumerate(knots)
        for kind, value in zip(("score", "level"), knot, strict=True)
    }


def to_rarity(scores: Floats, figures: Mapping[str, float], name: str = "") -> Floats:
    """Turn scores into rarities; beyond the first and the last knot lines go on straight.

    Args:
        scores: Of any shape; NaN stays NaN.
        figures: What `fit_rarity` measured.
        name: As it was given there.

    Example:
        >>> figures = {"score_0": 0.0, "level_0": 0.0, "score_1": 2.0, "level_1": 4.0}
        >>> to_rarity(np.array([1.0, 3.0]), figures)
        array([2., 6.])
    """
    at, level = _knots(figures, name)
    inside = np.interp(scores, at, level)
    before = level[0] - (at[0] - scores) * (level[1] - level[0]) / (at[1] - at[0])
    after = level[-1] + (scores - at[-1]) * (level[-1] - level[-2]) / (at[-1] - at[-2])
    rarity = np.where(scores < at[0], before, np.where(scores > at[-1], after, inside))
    clipped: Floats = np.clip(rarity, -RAREST, RAREST)
    return clipped


def _knots(figures: Mapping[str, float], name: str) -> tuple[Floats, Floats]:
    """Return the scores and the levels of the knots."""
    count = sum(each.startswith(f"{name}score_") for each in figures)
    at, level = (
        np.array([figures[f"{name}{kind}_{number}"] for number in range(count)], np.float64)
        for kind in ("score", "level")
    )
    return at, level


def knot_names(figures: Mapping[str, float], name: str = "") -> set[str]:
    """Return the names of what `fit_rarity` measured, out of figures that a stranger may have made.

    Args:
        figures: By name.
        name: As it was given there.

    Returns:
        The names; none where these are no figures from which rarities can be read.

    Example:
        >>> sorted(knot_names({"score_0": 0.0, "level_0": 0.0, "score_1": 2.0, "level_1": 4.0}))
        ['level_0', 'level_1', 'score_0', 'score_1']
        >>> knot_names({"score_0": 0.0, "level_0": 0.0, "score_1": 0.0, "level_1": 4.0})
        set()
    """
    count = sum(each.startswith(f"{name}score_") for each in figures)
    names = {f"{name}{kind}_{number}" for number in range(count) for kind in ("score", "level")}
    if count < 2 or not names <= set(figures):
        return set()
    return names if all((np.diff(each) > 0).all() for each in _knots(figures, name)) else set()
