"""The strangest events one by one, and the labelled ones that were missed."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import figure, several
from seqtune.figures.block import Block
from seqtune.figures.lines import Lines
from seqtune.tasks.anomaly.events import Event
from seqtune.tasks.anomaly.evidence.scene import Scene
from seqtune.tasks.anomaly.evidence.stretch import drawn_rows, value_chart
from seqtune.tasks.anomaly.strangest import strangest_rows

MOST_EVENTS, MOST_MISSED, MOST_QUIET = 12, 6, 4

LEAST_AROUND, MOST_AROUND = 20, 200
"""Rows on either side of an event: a season, or twice its length, within these bounds."""

MOST_ROWS = 400


def events_block(scene: Scene) -> Block | None:
    """Return the strangest events; rows below the threshold where there is none."""
    events = sorted(scene.found, key=lambda event: (-event.score, event.start))
    if not events:
        return _quiet_block(scene)
    shown = events[:MOST_EVENTS]
    said = "Every event, the strangest first."
    if len(shown) < len(events):
        said = f"The {len(shown)} strangest of {len(events):,} events; the rest is not shown."
    return Block(
        key="events",
        title="The strangest events",
        sentences=(said,),
        figures=tuple(_event_chart(scene, event) for event in shown),
        is_gallery=True,
    )


def _quiet_block(scene: Scene) -> Block | None:
    rows = strangest_rows(scene.model.scores, scene.model.blame, scene.offsets, MOST_QUIET)
    if not rows:
        return None
    return Block(
        key="events",
        title="The strangest rows",
        sentences=(
            f"No row is beyond the threshold of {figure(scene.threshold)}. These come closest.",
        ),
        figures=tuple(_event_chart(scene, event) for event in rows),
        is_gallery=True,
    )


def missed_block(scene: Scene) -> Block | None:
    """Return labelled events that the model does not find; None where there are none.

    Args:
        scene: All rows.
    """
    if not scene.has_labels:
        return None
    missed = scene.labelled[~scene.is_found(scene.model, scene.labelled)]
    if not len(missed):
        return None
    shown = missed[:MOST_MISSED].tolist()
    said = [f"{scene.model.name} marks no row of {several(len(missed), 'labelled event')}."]
    if len(missed) > len(shown):
        said.append(f"The first {len(shown)} are shown.")
    return Block(
        key="missed",
        title="Labelled events that were missed",
        sentences=tuple(said),
        figures=tuple(_missed_chart(scene, first, last) for first, last in shown),
        is_gallery=True,
    )


def _event_chart(scene: Scene, event: Event) -> Lines:
    segment, channel = scene.segment_of(event.peak), event.channel or 0
    return _chart(scene, event.start, event.end, event.peak, channel, _told(scene, event, segment))


def _told(scene: Scene, event: Event, segment: int) -> str:
    """Say what was observed, what was expected, and what else is known of an event."""
    said = [f"Score {figure(event.score)}, threshold {figure(scene.threshold)}."]
    name = scene.name_of(segment, event.channel or 0)
    if event.unchanged is not None and event.found is not None:
        said.append(f"{name} stands at {figure(event.found)} for {event.unchanged} rows.")
    elif event.found is not None and event.expected is not None:
        said.append(
            f"{name} was {figure(event.found)}, {figure(event.expected)} was expected, at the peak."
        )
    if scene.has_labels:
        labels = scene.labels[event.start : event.end + 1]
        if (labels == 1).any():
            said.append("It is labelled as an anomaly.")
        elif (labels == 0).any():
            said.append("It is labelled as normal.")
    if scene.baseline is not None:
        scores = scene.baseline.scores[event.start : event.end + 1]
        is_marked = bool((scores > scene.threshold).any())
        said.append(f"{scene.baseline.name} {'marks it too' if is_marked else 'does not mark it'}.")
    return " ".join(said)


def _missed_chart(scene: Scene, first: int, last: int) -> Lines:
    scores = scene.model.scores[first : last + 1]
    peak = first + int(np.nanargmax(scores))
    channel = int(scene.model.blame.at(peak).get("channel") or 0)
    highest, said = float(scene.model.scores[peak]), []
    said.append(f"Highest score {figure(highest)}, threshold {figure(scene.threshold)}.")
    if scene.baseline is not None:
        is_marked = bool((scene.baseline.scores[first : last + 1] > scene.threshold).any())
        said.append(f"{scene.baseline.name} {'marks it' if is_marked else 'misses it too'}.")
    return _chart(scene, first, last, peak, channel, " ".join(said))


def _chart(scene: Scene, start: int, end: int, peak: int, channel: int, caption: str) -> Lines:
    """Draw a channel around a range of rows of one segment."""
    segment = scene.segment_of(peak)
    begin, stop = int(scene.offsets[segment]), int(scene.offsets[segment + 1]) - 1
    around = min(max(scene.season, 2 * (end - start + 1), LEAST_AROUND), MOST_AROUND)
    first, last = max(begin, start - around), min(stop, end + around)
    rows = drawn_rows(scene, first, last, (channel,), MOST_ROWS)
    time = scene.times_of(segment)[peak - begin]
    return value_chart(scene, rows, channel, f"{time}: {scene.name_of(segment, channel)}", caption)
