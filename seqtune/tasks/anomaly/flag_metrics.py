"""How well flags tell anomalies, beside the VUS-PR."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.metrics.anomaly import (
    auc_pr,
    detection_delay,
    event_recall,
    false_events_per_1000,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def figures_of(
    labels: npt.NDArray[np.int8], scores: Floats, threshold: float, offsets: Ints
) -> dict[str, float]:
    """Return every metric but the VUS-PR; those that are not defined are left out.

    Args:
        labels: (rows,) 0 or 1.
        scores: (rows,), NaN where there is none.
        threshold: A row with a higher score is marked.
        offsets: (series + 1,) borders between series.
    """
    scored = np.isfinite(scores)
    flags = (np.nan_to_num(scores, nan=-np.inf) > threshold).astype(np.int8)
    found = {
        "auc_pr": auc_pr(labels, scores),
        "event_recall": event_recall(labels, flags, scored, offsets),
        "false_events_per_1000": false_events_per_1000(labels, flags, scored, offsets),
        "delay": detection_delay(labels, flags, scored, offsets),
    }
    return {name: value for name, value in found.items() if np.isfinite(value)}
