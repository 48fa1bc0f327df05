"""The strangest series from end to end, and the scores below them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.drawing.wording import several
from seqtune.figures.block import Block
from seqtune.figures.lines import Lines
from seqtune.tasks.anomaly.evidence.scene import Scene
from seqtune.tasks.anomaly.evidence.stretch import drawn_rows, score_chart, value_chart

MOST_SEGMENTS, MOST_CHANNELS = 3, 3

MOST_ROWS = 1_500
"""Rows of a series that are drawn: of more, the least and the largest of each part."""


def over_time_block(scene: Scene) -> Block | None:
    """Return the series with the strangest events; None where no row has a score."""
    segments = strangest_segments(scene)
    if not segments:
        return None
    figures: list[Lines] = []
    drawn: set[int] = set()
    for segment in segments:
        first, last = int(scene.offsets[segment]), int(scene.offsets[segment + 1]) - 1
        channels = strangest_channels(scene, segment)
        drawn |= set(channels)
        rows = drawn_rows(scene, first, last, channels, MOST_ROWS)
        figures += [
            value_chart(scene, rows, channel, scene.name_of(segment, channel))
            for channel in channels
        ]
        of_series = f" of {scene.series[segment]}" if scene.series[segment] else ""
        figures.append(score_chart(scene, rows, f"Score{of_series}"))
    return Block(
        key="series",
        title="The test part",
        sentences=_sentences(scene, len(segments), len(drawn)),
        figures=tuple(figures),
    )


def strangest_segments(scene: Scene) -> list[int]:
    """Return the segments of the highest scores, the strangest first."""
    peaks = []
    for segment in range(len(scene.offsets) - 1):
        scores = scene.model.scores[scene.offsets[segment] : scene.offsets[segment + 1]]
        known = scores[np.isfinite(scores)]
        if len(known):
            peaks.append((-float(known.max()), segment))
    return [segment for _, segment in sorted(peaks)[:MOST_SEGMENTS]]


def strangest_channels(scene: Scene, segment: int) -> tuple[int, ...]:
    """Return the channels that are to blame for the strangest events, else the strangest row."""
    begin, end = int(scene.offsets[segment]), int(scene.offsets[segment + 1])
    events = sorted(
        (each for each in scene.found if begin <= each.start < end), key=lambda one: -one.score
    )
    blamed = [each.channel for each in events if each.channel is not None]
    if not blamed:
        top = begin + int(np.nanargmax(scene.model.scores[begin:end]))
        blamed = [int(scene.model.blame.at(top).get("channel") or 0)]
    return tuple(dict.fromkeys(blamed))[:MOST_CHANNELS]


def _sentences(scene: Scene, segments: int, channels: int) -> tuple[str, ...]:
    """Say what is not drawn."""
    said = []
    for drawn, names, noun in (
        (segments, scene.series, "series"),
        (channels, scene.channels, "columns"),
    ):
        if drawn < len(names):
            said.append(
                f"{drawn} of {len(names):,} {noun} {'is' if drawn == 1 else 'are'} drawn: those of "
                f"the highest scores. {_rest(names, drawn)} not shown."
            )
    return tuple(said)


def _rest(names: Sequence[str], drawn: int) -> str:
    rest = len(names) - drawn
    return f"{several(rest, 'other', 'others')} {'is' if rest == 1 else 'are'}"
