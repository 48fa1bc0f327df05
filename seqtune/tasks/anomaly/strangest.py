"""The strangest rows, where none of them is beyond the threshold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.events import Event, Witness, find_events


def strangest_rows(
    scores: npt.NDArray[np.float64],
    blame: Witness | None,
    offsets: npt.NDArray[np.int64],
    most: int,
) -> list[Event]:
    """Return the rows of the highest scores, joined to events, the strangest first.

    Args:
        scores: (rows,), NaN where a row has none.
        blame: Names the channel that is to blame for a row; None leaves it out.
        offsets: (segments + 1,) borders between segments.
        most: How many rows.
    """
    known = scores[np.isfinite(scores)]
    if not len(known):
        return []
    bar = np.sort(known)[-min(most, len(known))]
    events = find_events(scores, np.nextafter(bar, -np.inf), blame, offsets)
    return sorted(events, key=lambda event: -event.score)[:most]
