"""What other thresholds would give: more found, or fewer false events."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import figure, several
from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines, Span
from seqtune.figures.numbers import numbers
from seqtune.metrics.labelled_events import Ints, count_within, runs
from seqtune.tasks.anomaly.events import gap_of, joined
from seqtune.tasks.anomaly.evidence.scene import ROLES, Judged, Scene

PLACES = 60
"""Thresholds that are tried."""

LOWEST = 1.0
"""The lowest of them: one normal row in ten is marked."""


def thresholds_block(scene: Scene) -> Block | None:
    """Return what other thresholds give; None where no row has a score."""
    scores = [each.scores[np.isfinite(each.scores)] for each in scene.judged]
    if not all(map(len, scores)):
        return None
    highest = max(float(each.max()) for each in scores)
    top = max(1.05 * min(highest, 10 * scene.threshold), 1.5 * scene.threshold)
    lowest = min(LOWEST, scene.threshold)
    grid = np.unique([*np.linspace(lowest, top, PLACES), scene.threshold])
    if scene.has_labels:
        figures: tuple[Lines, ...] = (
            _figure(scene, grid, "Share of labelled events found", "found, %", _recall),
            _figure(scene, grid, "False events", "false events", _false),
        )
        said = _labelled_sentences(scene)
    else:
        figures = (_figure(scene, grid, "Events", "events", _events),)
        said = ()
    return Block(
        key="thresholds",
        title="What other thresholds would give",
        sentences=(*said, _how(scene.threshold)),
        figures=figures,
    )


def _how(threshold: float) -> str:
    """Say what the threshold is, and how predictions take another."""
    other = float(f"{min(0.1, 10.0 ** (1 - threshold)):.1g}")
    return (
        f"The threshold of the run, {figure(threshold)}, accepts about one false event in "
        f"{figure(10.0**threshold)} normal rows. For one in {figure(1 / other)}: seqtune predict "
        f"RUN DATA --set threshold.false_alarms={other:g}."
    )


def _figure(
    scene: Scene,
    grid: npt.NDArray[np.float64],
    title: str,
    unit: str,
    of: Callable[[Scene, Judged, float], float],
) -> Lines:
    at = int(np.searchsorted(grid, scene.threshold))
    lines = tuple(
        Line(name=each.name, values=numbers([of(scene, each, float(t)) for t in grid]), role=role)
        for each, role in zip(scene.judged, ROLES, strict=False)
    )
    return Lines(
        title=f"{title} by threshold",
        x=tuple(float(f"{place:.6g}") for place in grid),
        x_title="threshold",
        y_title=unit,
        lines=lines[::-1],
        spans=(Span(name="threshold of the run", first=at, last=at),),
    )


def _ranges(scene: Scene, judged: Judged, threshold: float) -> Ints:
    marked = runs(judged.scores > threshold, scene.offsets)
    return joined(marked, scene.offsets, gap_of(scene.season))


def _events(scene: Scene, judged: Judged, threshold: float) -> float:
    return float(len(_ranges(scene, judged, threshold)))


def _recall(scene: Scene, judged: Judged, threshold: float) -> float:
    flags = np.asarray(judged.scores > threshold)
    labelled = scene.labelled
    return float(100 * (count_within(flags, labelled) > 0).mean()) if len(labelled) else math.nan


def _false(scene: Scene, judged: Judged, threshold: float) -> float:
    ranges = _ranges(scene, judged, threshold)
    normal = count_within(scene.labels == 0, ranges) > 0
    anomalous = count_within(scene.labels == 1, ranges) > 0
    return float((normal & ~anomalous).sum())


def _labelled_sentences(scene: Scene) -> tuple[str, ...]:
    """Say at which threshold every labelled event is found, and at what price."""
    judged, labelled = scene.model, scene.labelled
    if not len(labelled):
        return ()
    peaks = [float(np.nanmax(judged.scores[a : b + 1])) for a, b in labelled.tolist()]
    all_found = min(peaks)
    if all_found > scene.threshold:
        return ()
    below = float(np.nextafter(all_found, -np.inf))
    false = int(_false(scene, judged, below))
    events = "the labelled event" if len(peaks) == 1 else f"all {len(peaks):,} labelled events"
    return (
        f"To find {events}, the threshold would have to be below "
        f"{figure(all_found)}, with {several(false, 'false event')} in the test part.",
    )
