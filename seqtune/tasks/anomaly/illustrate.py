"""What the report shows of the test part: the rows, their events, and the strangest of them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.time_text import format_times
from seqtune.tasks.anomaly.blame import Blame
from seqtune.tasks.anomaly.events import find_events, gap_of
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import combined_score, expected_of, is_flat_line
from seqtune.tasks.anomaly.segment import usual_of
from seqtune.tasks.anomaly.strangest import strangest_rows

Floats = npt.NDArray[np.float64]

STRANGEST = 10

MAX_POINTS = 400
"""Points of the chart; of more rows, the least and the largest of each part are drawn."""


def illustrate(prepared: Prepared, predictions: Floats) -> dict[str, Any]:
    """Return the chart of one series and channel of the test part, and the strangest events.

    The series is the one with the highest score, the channel the one that is to blame for it.

    Args:
        prepared: The data.
        predictions: (rows, 5 + channels) of the test part: score parts and expected values.

    Returns:
        The fields of `seqtune.tasks.anomaly.report.AnomalyChart`, as plain JSON values.
    """
    held = prepared.held_out["test"]
    rows = held.clean_rows
    threshold = prepared.codec.threshold
    standing_out = combined_score(predictions[:rows], threshold, held.still[:rows])
    scores = np.where(held.scored[:rows], standing_out, np.nan)
    offsets = held.offsets[: held.clean + 1]
    evidence = Blame(
        held.segments[: held.clean],
        np.split(expected_of(predictions, usual_of(held.segments))[:rows], offsets[1:-1]),
        is_flat_line(scores, held.still[:rows], threshold),
        threshold,
    )
    events = find_events(scores, threshold, evidence, offsets, gap_of(held.season))
    listed = sorted(events, key=lambda event: -event.score)[:STRANGEST]
    if not listed:  # the strangest rows, though none of them is beyond the threshold
        listed = strangest_rows(scores, evidence, offsets, STRANGEST)
    labels = [row_labels(prepared, held, number) for number in range(held.clean)]
    times = [time for each in labels for time in each]
    top = listed[0] if listed else None
    chosen = _segment_of(offsets, top.peak) if top else 0
    channel = (top.channel or 0) if top else 0
    begin, end = int(offsets[chosen]), int(offsets[chosen + 1])
    names = prepared.panel.target_names
    strange = [
        {
            "start": times[event.start],
            "end": times[event.end],
            "peak": times[event.peak],
            "series": prepared.panel.series[held.segments[_segment_of(offsets, event.peak)].series],
            "score": event.score,
            "channel": names[event.channel or 0],
            "expected": event.expected,
            "came": event.found,
            "unchanged": event.unchanged,
        }
        for event in listed
    ]
    marks = np.zeros(end - begin, np.bool_)
    for event in events:
        if begin <= event.start < end:
            marks[event.start - begin : event.end + 1 - begin] = True
    name = prepared.panel.series[held.segments[chosen].series]
    values, flags, kept = _thinned(held.values[begin:end, channel], marks)
    return {
        "kind": "anomaly",
        "title": f"{names[channel]}{f' of {name}' if name else ''}: test part",
        "times": [labels[chosen][row] for row in kept],
        "values": values,
        "marked": flags,
        "events": len(events),
        "rows": rows,
        "threshold": threshold,
        "strangest": strange,
    }


def row_labels(prepared: Prepared, held: HeldOut, number: int) -> list[str]:
    """Return the time of each scored row of a segment as text."""
    segment = held.segments[number]
    first = segment.step + segment.first
    return format_times(prepared.panel.grid.times(np.arange(first, first + len(segment))))


def _segment_of(offsets: npt.NDArray[np.int64], row: int) -> int:
    """Return the number of the segment that a row belongs to."""
    return int(np.searchsorted(offsets, row, side="right") - 1)


def _thinned(
    values: Floats, marks: npt.NDArray[np.bool_]
) -> tuple[list[float], list[bool], list[int]]:
    """Return at most about `MAX_POINTS` of the rows: of each part the least and the largest."""
    count = len(values)
    if count <= MAX_POINTS:
        return values.tolist(), marks.tolist(), list(range(count))
    borders = np.linspace(0, count, MAX_POINTS // 2 + 1).astype(int)
    kept: list[int] = []
    for begin, end in itertools.pairwise(borders):
        part = values[begin:end]
        kept += sorted({begin + int(part.argmin()), begin + int(part.argmax())})
    flags = [bool(marks[begin:end].any())
             for begin, end in itertools.pairwise(borders)]  # fmt: skip
    of_part = np.searchsorted(borders, kept, side="right") - 1
    return values[kept].tolist(), [flags[part] for part in of_part], kept
