"""Events among scores: clusters of high ones, each of which counts once.

Source:
    Ferro and Segers 2003, "Inference for clusters of extreme values", JRSS B 65(2): the intervals
    estimator of the extremal index, and the declustering that follows from it.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def cluster_peaks(scores: Floats, start: float) -> Floats:
    """Return the highest score of each cluster of scores above a start.

    With N scores above it at the rows S_i, the times between them are T_i = S_(i+1) - S_i, and
    the extremal index is `theta = min(1, 2 (sum (T - 1))^2 / ((N - 1) sum (T - 1) (T - 2)))`
    (`2 (sum T)^2 / ((N - 1) sum T^2)` where no T is above 2). The longest `floor(theta N) - 1`
    of the times divide the clusters.

    Args:
        scores: (rows,), float64, in order of time, NaN where a row was not scored.
        start: Only scores above it count.

    Returns:
        (clusters,), float64, in order of time.

    Example:
        >>> cluster_peaks(np.array([0, 2, 3, 0, 0, 0, 0, 0, 0, 5, 0.0]), 1.0).tolist()
        [3.0, 5.0]
    """
    rows = np.flatnonzero(scores > start)  # NaN is not above
    if len(rows) < 2:
        return np.asarray(scores[rows], np.float64)
    times = np.diff(rows).astype(np.float64)
    index = _extremal_index(times)
    clusters = min(max(int(index * len(rows)), 1), len(rows))
    longest = np.sort(times)[::-1]
    border = longest[clusters - 2] if clusters > 1 else math.inf
    # Of times as long as the last border all or none divide; rows side by side never do.
    while clusters > 1 and (border == 1 or (times >= border).sum() > clusters - 1):
        shorter = longest[longest > border]
        border = shorter[-1] if len(shorter) else math.inf
        clusters = len(shorter) + 1
    begins = np.concatenate([[0], np.flatnonzero(times >= border) + 1])
    return np.asarray(np.maximum.reduceat(scores[rows], begins), np.float64)


def _extremal_index(times: Floats) -> float:
    if times.max() > 2:
        squares = float(((times - 1) * (times - 2)).sum())
        index = 2 * float((times - 1).sum()) ** 2 / (len(times) * squares)
    else:
        index = 2 * float(times.sum()) ** 2 / (len(times) * float((times**2).sum()))
    return min(index, 1.0)
