"""Which member of the row that joins networks and simple methods says what that row finds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.events import find_events, gap_of
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import LOGARITHM, combined_score
from seqtune.tasks.anomaly.strangest import strangest_rows

Floats = npt.NDArray[np.float64]

STRANGEST = 10
"""Events by which members are told apart, the strangest."""


def carried(prepared: Prepared, joined: Floats, members: Mapping[str, Floats]) -> dict[str, float]:
    """Return which share of the strangest events of the test part each member says.

    Members say as much as they add to the mean of logarithms.

    Args:
        prepared: The data.
        joined: (rows, 5 + channels), score parts of the row.
        members: (rows, 5 + channels) of each member, which have the same say.

    Returns:
        Shares that sum to 1; nothing where no row is scored, or nobody says anything.
    """
    held = prepared.held_out["test"]
    rows, threshold = slice(0, held.clean_rows), prepared.codec.threshold
    made = combined_score(joined[rows], threshold, np.zeros(held.clean_rows))
    scores = np.where(held.scored[rows], made, np.nan)
    offsets = held.offsets[: held.clean + 1]
    events = find_events(scores, threshold, None, offsets, gap_of(held.season))
    events = events or strangest_rows(scores, None, offsets, STRANGEST)
    peaks = [event.peak for event in sorted(events, key=lambda each: -each.score)[:STRANGEST]]
    added = np.stack([each[rows][peaks, LOGARITHM] for each in members.values()])
    said = np.maximum(added, 0.0)
    total = said.sum(axis=0)
    known = total > 0.0
    if not known.any():
        return {}
    shares = (said[:, known] / total[known]).mean(axis=1)
    return dict(zip(members, shares.tolist(), strict=True))
