"""The separation: how well scores tell planted anomalies from the rows around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.metrics.vus import vus_pr
from seqtune.tasks.anomaly.faults import KINDS
from seqtune.tasks.anomaly.injection import EVEN, Planting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

WIDEST = 100
"""The separation tolerates flags this many rows beside an anomaly at most."""

THRESHOLDS = 60
BUFFERS = 5
"""Thresholds of the separation's curve, and buffers: it is drawn many times after every epoch."""

Grouping = Callable[[Codes, Ints, int], Iterable[tuple[float, Mask]]]
"""From the kinds of rows, the borders between copies and the rows of a season to the weight and the
rows of each group."""


def by_kind(kinds: Codes, offsets: Ints, season: int) -> Iterator[tuple[float, Mask]]:
    """Yield the rows of each kind that was planted; all weigh the same.

    Args:
        kinds: (rows,) int8, 0, or 1 + place in `KINDS` of the anomaly that was planted.
        offsets: (copies + 1,) borders between copies.
        season: Rows of a season.
    """
    for code in range(1, len(KINDS) + 1):
        if (kinds == code).any():
            yield 1.0, kinds == code


@dataclass(frozen=True)
class Criterion:
    """What is planted, and how finding it is measured.

    Args:
        planting: What is planted.
        margins: Seasons on either side of an anomaly that are labelled with it, since people who
            label leave a margin; the separation is the mean over all of them.
        grouping: Which anomalies are looked for together, those of other groups left out.
    """

    planting: Planting = EVEN
    margins: tuple[float, ...] = (0.0, 1.0)
    grouping: Grouping = by_kind


CRITERION = Criterion()


def separation(
    kinds: Codes, scores: Floats, offsets: Ints, season: int, criterion: Criterion
) -> float:
    """Return the mean over groups of the VUS-PR of finding their anomalies, 0 to 1.

    The anomalies of other groups are left out, so that no group counts for more than its weight.

    Args:
        kinds: (rows,) int8, 0, or 1 + place in `KINDS` of the anomaly that was planted.
        scores: (rows,), NaN where there is none.
        offsets: (copies + 1,) borders between copies.
        season: Rows of a season.
        criterion: How finding them is measured.
    """
    window = min(season, WIDEST)
    stride = max(1, window // BUFFERS)
    total, weights = 0.0, 0.0
    for weight, is_in in criterion.grouping(kinds, offsets, season):
        of_group = np.where((kinds == 0) | is_in, scores, np.nan)
        for margin in criterion.margins:
            labels = widened(is_in, offsets, min(round(margin * season), WIDEST))
            volume = vus_pr(labels, of_group, window, offsets, THRESHOLDS, stride)
            if np.isfinite(volume):
                total, weights = total + weight * volume, weights + weight
    return total / weights if weights else 0.0


def widened(labels: npt.NDArray[np.bool_], offsets: Ints, margin: int) -> npt.NDArray[np.bool_]:
    """Label so many rows on either side of labelled ones too, within their series.

    Example:
        >>> widened(np.array([False, True, False, False]), np.array([0, 4]), 1)
        array([ True,  True,  True, False])
    """
    rows = np.arange(len(labels))
    begin = np.repeat(offsets[:-1], np.diff(offsets))
    end = np.repeat(offsets[1:], np.diff(offsets))
    counts = np.concatenate([[0], np.cumsum(labels)])
    near = counts[np.minimum(rows + margin + 1, end)] - counts[np.maximum(rows - margin, begin)]
    wide: npt.NDArray[np.bool_] = near > 0
    return wide
