"""The separation: how well scores tell planted anomalies from the rows around them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.metrics.vus import vus_pr
from seqtune.tasks.anomaly.faults import KINDS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

WIDEST = 100
"""The separation tolerates flags this many rows beside an anomaly at most."""

THRESHOLDS = 60
BUFFERS = 5
"""Thresholds of the separation's curve, and buffers: it is drawn many times after every epoch."""

MARGINS = (0.0, 1.0)
"""Seasons on either side of an anomaly that are labelled with it, since people who label leave a
margin; the separation is the mean over both."""


def separation(kinds: Codes, scores: Floats, offsets: Ints, season: int) -> float:
    """Return the mean over kinds of the VUS-PR of finding their anomalies, 0 to 1.

    The anomalies of other kinds are left out, so that all kinds weigh the same.

    Args:
        kinds: (rows,) int8, 0, or 1 + place in `KINDS` of the anomaly that was planted.
        scores: (rows,), NaN where there is none.
        offsets: (copies + 1,) borders between copies.
        season: Rows of a season.
    """
    window = min(season, WIDEST)
    stride = max(1, window // BUFFERS)
    found = []
    for code in range(1, len(KINDS) + 1):
        is_in = kinds == code
        if not is_in.any():
            continue
        of_kind = np.where((kinds == 0) | is_in, scores, np.nan)
        for margin in MARGINS:
            labels = widened(is_in, offsets, min(round(margin * season), WIDEST))
            found.append(vus_pr(labels, of_kind, window, offsets, THRESHOLDS, stride))
    known = [volume for volume in found if np.isfinite(volume)]
    return sum(known) / len(known) if known else 0.0


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
