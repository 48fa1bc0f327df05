"""A threshold from extreme-value theory: peaks over threshold with a generalised Pareto tail.

Scores of normal rows have some unknown distribution, but how far the highest of them reach beyond
a high start u follows a generalised Pareto distribution whatever that is. Fitted to the highest
scores seen, it says which score is passed as seldom as is asked, even where that is more seldom
than the rows seen can show.

Source:
    Siffer, Fouque, Termier and Largouët 2017, "Anomaly detection in streams with extreme value
    theory", KDD, section 3 (the quantile z_q of equation 1).

What differs from there, and why:

- **Events are counted, not rows.** Scores are smooth, so that high ones come in runs, and a rate
  of rows would count a single disturbance many times. The rows beyond the start are grouped into
  clusters first (`seqtune.tasks.anomaly.peaks`), and only the peak of each is used.
- **Anomalies may be among the scores.** They are few, but far out, and would draw the tail so that
  the threshold lies above themselves. So the likelihood of the peaks is a censored one
  (`seqtune.tasks.anomaly.pareto`), rows that by this tail would be seen once in 20 such tables are
  then left out, and the tail is fitted anew, up to three times. And the start is lowered from the
  98th percentile where less than 30 peaks lie above it, as where one long anomaly makes up the
  highest rows.

Measured on a million later rows of five kinds of scores (half-normal, smoothed squares and
log-normals, Student's t with 5 degrees, an autoregression), 12 seeds each, asked for 1e-4 events
per row: after 15,000 rows the median number of false events was 0.7 to 1.9 times what was asked,
after 3,000 rows 0.5 to 2.6 times, each time with and without three anomalies of 1 per cent of the
rows, twice to three times as high as all others. With the prior around 0.1 it was 0.1 to 1.7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.pareto import fit_pareto, quantile_of
from seqtune.tasks.anomaly.peaks import cluster_peaks

Floats = npt.NDArray[np.float64]

STARTS = (0.98, 0.95, 0.9)
"""Where the tail may begin, as quantiles; the first that has enough peaks."""

MAX_ABOVE = 2000
"""Of many rows the tail begins where so many are above: higher than the first of `STARTS`."""

PEAKS = 30
PASSES = 4

OUTLIERS = 0.05
"""Events expected in all rows together from the score on that is left out of the next pass."""

EXPECTED = 3.0
"""False events that are accepted in as many rows as are known. Of fewer nothing is known: what is
promised then rests on how a tail goes on beyond all that was seen. Measured in
docs/notes/anomalies.md, "The promise of the threshold"."""

HIGHEST_RATE = 0.01
"""No more are accepted by default."""

YEAR_SECONDS = 365.25 * 86_400.0


@dataclass(frozen=True)
class Tail:
    """How seldom high scores are.

    Args:
        start: Score that the tail begins at.
        share: Events per row whose peak is above the start, 0 to 1.
        shape: Of the generalised Pareto distribution: above 0 heavy, below 0 bounded.
        scale: Of the same, in the scores' unit; 0 where no score is above another.
        threshold: Score that the peaks of as many events pass as are accepted as false.
    """

    start: float
    share: float
    shape: float
    scale: float
    threshold: float


def fit_tail(scores: Floats, rate: float) -> Tail:
    """Fit the tail of the scores of mostly normal rows, in order of time.

    Args:
        scores: (rows,), float64, higher is stranger; NaN where a row was not scored. Parts that
            do not follow each other are best divided by a NaN.
        rate: Events per row accepted as false, above 0 and at most 1.

    Returns:
        The tail, with the threshold at the rate. Of constant scores the threshold is that score:
        any higher one is strange.

    Raises:
        ValueError: No row has a score, one is infinite, or the rate is out of its bounds.
    """
    if not 0.0 < rate <= 1.0:
        raise ValueError(f"found a rate of {rate:g} events per row, expected above 0, at most 1")
    known = scores[~np.isnan(scores)]
    if not len(known) or not np.isfinite(known).all():
        raise ValueError("a tail is fitted to at least one score, none of them infinite")
    tail = _fit_once(scores, rate)
    for _ in range(PASSES - 1):
        is_outlier = scores > _threshold(tail, OUTLIERS / len(known))
        if not is_outlier.any() or tail.scale == 0.0:
            break
        scores = np.where(is_outlier, np.nan, scores)
        tail = _fit_once(scores, rate)
    return tail


def _fit_once(scores: Floats, rate: float) -> Tail:
    """Fit the tail of the scores that are not NaN."""
    known = scores[~np.isnan(scores)]
    start, peaks = _peaks_over(scores, known)
    shape, scale = fit_pareto(np.sort(peaks - start))
    tail = Tail(start, len(peaks) / len(known), shape, scale, start)
    return replace(tail, threshold=_threshold(tail, rate))


def _threshold(tail: Tail, rate: float) -> float:
    """Return the score that so many events per row pass, no lower than the tail's start."""
    if tail.scale == 0.0 or rate >= tail.share:
        return tail.start
    return tail.start + tail.scale * quantile_of(rate / tail.share, tail.shape)


def default_rate(rows: int, seconds_per_row: float | None) -> float:
    """Return how many false events per row are accepted where nobody says.

    `EXPECTED` in as many rows as are known, or one a year where that is more.

    Args:
        rows: That the tail will be fitted to.
        seconds_per_row: None where rows have no time.

    Example:
        >>> default_rate(3000, 60.0), default_rate(3_000_000, None)
        (0.001, 1e-06)
        >>> round(1 / default_rate(100_000, 3600.0))  # an hour
        8766
    """
    yearly = (seconds_per_row or 0.0) / YEAR_SECONDS
    return min(max(yearly, EXPECTED / max(rows, 1)), HIGHEST_RATE)


def _peaks_over(scores: Floats, known: Floats) -> tuple[float, Floats]:
    """Return where the tail starts, and the peak of each event."""
    best: tuple[float, Floats] = (float(known.max()), np.empty(0))
    highest = 1.0 - MAX_ABOVE / len(known)
    for quantile in (max(STARTS[0], highest), *STARTS[1:]):
        start = float(np.quantile(known, quantile, method="lower"))
        peaks = cluster_peaks(scores, start)
        if len(peaks) > len(best[1]):
            best = (start, peaks)
        if len(peaks) >= PEAKS:
            break
    return best
