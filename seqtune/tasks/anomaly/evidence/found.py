"""How many anomalies were found, missed and raised in vain, beside the simple method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqtune.drawing.wording import count, figure, several
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.metrics.labelled_events import count_within
from seqtune.metrics.sign_test import CHANCE, sign_test
from seqtune.tasks.anomaly.evidence.scene import Judged, Scene


@dataclass(frozen=True)
class Counts:
    """What a model did.

    Args:
        name: The model.
        events: Events that it finds.
        marked: Rows that it marks.
        found: Labelled events, of which it marks a row.
        missed: Labelled events, of which it marks none.
        false: Events of which every labelled row is normal.
        delay: Mean rows from the start of a found event to its first mark; NaN for none.
    """

    name: str
    events: int
    marked: int
    found: int
    missed: int
    false: int
    delay: float


def counts_of(scene: Scene, judged: Judged) -> Counts:
    """Count what a model found."""
    events = scene.found if judged is scene.model else scene.events(judged)
    flags, labelled = scene.flags(judged), scene.labelled
    hits = labelled[count_within(flags, labelled) > 0]
    where = np.flatnonzero(flags)
    waits = where[np.searchsorted(where, hits[:, 0])] - hits[:, 0] if len(hits) else hits[:, 0]
    return Counts(
        judged.name,
        events=len(events),
        marked=int(flags.sum()),
        found=len(hits),
        missed=len(labelled) - len(hits),
        false=sum(scene.is_false(each.start, each.end) for each in events),
        delay=float(waits.mean()) if len(waits) else float("nan"),
    )


def found_block(scene: Scene) -> Block:
    """Return the counts of each model, by the labels where there are such."""
    counts = [counts_of(scene, judged) for judged in scene.judged]
    scored = int(np.isfinite(scene.model.scores).sum())
    if scene.has_labels:
        grid, sentences = _by_labels(counts), _labelled_sentences(scene, counts, scored)
    else:
        grid, sentences = _without_labels(counts), _unlabelled_sentences(scene, counts, scored)
    return Block(key="found", title="What was found", sentences=sentences, figures=(grid,))


def _by_labels(counts: list[Counts]) -> Grid:
    heads = ("labelled events", "found", "missed", "false events", "rows until the first mark")
    rows = [(each.found + each.missed, each.found, each.missed, each.false) for each in counts]
    delays = [each.delay for each in counts]
    return Grid(
        title="Events by model",
        headings=(Heading(text="model"), *(Heading(text=head, is_numeric=True) for head in heads)),
        rows=tuple(
            (each.name, *map(count, row), figure(delay))
            for each, row, delay in zip(counts, rows, delays, strict=True)
        ),
        marked=(0,),
        faint=tuple(range(1, len(counts))),
    )


def _without_labels(counts: list[Counts]) -> Grid:
    return Grid(
        title="Events by model",
        headings=(
            Heading(text="model"),
            Heading(text="events", is_numeric=True),
            Heading(text="rows marked", is_numeric=True),
        ),
        rows=tuple((each.name, count(each.events), count(each.marked)) for each in counts),
        marked=(0,),
        faint=tuple(range(1, len(counts))),
    )


def _labelled_sentences(scene: Scene, counts: list[Counts], scored: int) -> tuple[str, ...]:
    own = counts[0]
    total = own.found + own.missed
    said = [
        f"{own.name} finds {own.found} of {several(total, 'labelled event')} and raises "
        f"{several(own.false, 'false event')} in {several(scored, 'row')} of the test part."
    ]
    if scene.baseline is not None:
        other = counts[1]
        said.append(f"{other.name} finds {other.found} and raises {other.false} in vain.")
        said.append(_compared(scene, scene.baseline))
    return tuple(said)


def _compared(scene: Scene, baseline: Judged) -> str:
    """Say of the events that one of both models finds whether chance would give as much."""
    ours = scene.is_found(scene.model, scene.labelled)
    theirs = scene.is_found(baseline, scene.labelled)
    alone, other = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    if not alone + other:
        return "Both find the same labelled events."
    events = f"{alone} labelled {'event is' if alone == 1 else 'events are'}"
    said = f"{events} found by {scene.model.name} alone, {other} by {baseline.name} alone"
    if sign_test(min(alone, other), alone + other) > CHANCE:
        return f"{said}: so few that chance alone could give it."
    return f"{said}, which chance alone would hardly give."


def _unlabelled_sentences(scene: Scene, counts: list[Counts], scored: int) -> tuple[str, ...]:
    by_chance = scored * 10.0**-scene.threshold
    said = [
        f"{each.name} finds {several(each.events, 'event')}, {several(each.marked, 'row')} of "
        f"{count(scored)}."
        for each in counts
    ]
    said.append(
        f"The threshold of {figure(scene.threshold)} accepts about one false event in "
        f"{figure(10.0**scene.threshold)} normal rows: {figure(by_chance)} in these rows if all "
        "of them were normal. No row is labelled, so nobody knows which events are "
        "anomalies."
    )
    return tuple(said)
