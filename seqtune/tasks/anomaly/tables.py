"""Scores of rows as a table with events, and as an evaluation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.time_text import format_times
from seqtune.errors import RunError
from seqtune.metrics.vus import vus_pr
from seqtune.tasks._values import Context, Evaluation
from seqtune.tasks.anomaly.blame import Blame
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.events import Event, event_numbers, find_events, gap_of
from seqtune.tasks.anomaly.flag_metrics import figures_of
from seqtune.tasks.anomaly.new_rows import NewRows
from seqtune.tasks.anomaly.score_parts import combined_score, expected_of, is_flat_line

Floats = npt.NDArray[np.float64]

MAX_NOTED = 10
"""So many events, the strangest, are told in words."""

COLUMNS = ("score", "threshold", "anomaly", "event")
"""What the prediction table adds to the input's rows."""


def event_table(codec: Codec, new: NewRows, predictions: Floats, context: Context) -> pd.DataFrame:
    """Return the input rows in their order with their scores.

    Args:
        codec: What is known of the fitted data.
        new: The rows.
        predictions: (rows, 5 + channels): score parts and expected values.
        context: Hears of the events, in words.

    Returns:
        The input rows, then `score` (higher is stranger), `threshold`, `anomaly` (0 or 1) and
        `event` (number of the event, empty outside).
    """
    scores, evidence = combined_scores(codec, new, predictions, context)
    threshold, offsets = threshold_of(context), new.panel.offsets
    events = find_events(scores, threshold, evidence, offsets, gap_of(codec.season))
    numbers = event_numbers(events, scores > threshold, offsets)
    _note_events(new, events, context)
    _note_empty(new, scores, context)
    found = new.place >= 0
    number = np.where(found, numbers[new.place], 0)
    table = _with_free_names(new.source.frame(), context)
    table["score"] = np.where(found, scores[new.place], np.nan)
    table["threshold"] = threshold
    table["anomaly"] = (number > 0).astype(np.int64)
    table["event"] = pd.arrays.IntegerArray(number, number == 0)
    return table


def evaluate_rows(
    codec: Codec, new: NewRows, predictions: Mapping[str, Floats], context: Context
) -> Evaluation:
    """Score by labels; without them, by how many events there are.

    Args:
        codec: What is known of the fitted data.
        new: The rows.
        predictions: (rows, 5 + channels) by name of the model.
        context: The threshold, and the name of the run.
    """
    threshold, offsets = threshold_of(context), new.panel.offsets
    labels = new.rows.labels
    figures = {}
    for name, each in predictions.items():
        scores, _ = combined_scores(codec, new, each, context)
        if new.has_labels:
            usable = np.where(labels >= 0, scores, np.nan)
            truth = np.maximum(labels, 0).astype(np.int8)
            figures[name] = {
                "vus_pr": vus_pr(truth, usable, codec.season, offsets),
                **figures_of(truth, usable, threshold, offsets),
            }
        else:
            events = find_events(scores, threshold, None, offsets, gap_of(codec.season))
            amount = max(1, int(np.isfinite(scores).sum()))
            figures[name] = {
                "events": float(len(events)),
                "events_per_1000": 1000.0 * len(events) / amount,
            }
    _note_better(figures, context)
    return Evaluation(figures, int((new.place >= 0).sum()), "row")


def _note_better(figures: Mapping[str, Mapping[str, float]], context: Context) -> None:
    """Say by labels which of the models that are scored finds more than the first."""
    found = {name: each["vus_pr"] for name, each in figures.items() if "vus_pr" in each}
    first, *others = found or [""]
    best = max(others, key=lambda name: found[name], default=first)
    if others and found[best] > found[first]:
        context.note(
            f"by these labels {best} alone finds more than {first} (VUS-PR {found[best]:.3f}, "
            f"{found[first]:.3f}): --use {best}"
        )


def combined_scores(
    codec: Codec, new: NewRows, predictions: Floats, context: Context
) -> tuple[Floats, Blame]:
    """Return the one score of each row, (rows,), NaN where there is none, and its evidence.

    Raises:
        RunError: The scores of the model are not finite.
    """
    rows = len(new)
    joined, still = np.empty(rows), np.empty(rows, np.bool_)
    expected = []
    end = 0
    for segment in new.segments:
        part = slice(end, end + len(segment))
        stands = segment.flat_line_scores(codec.bridge)
        scores = combined_score(predictions[part], codec.threshold, stands)
        joined[part] = np.where(segment.scored(codec.bridge), scores, np.nan)
        still[part] = is_flat_line(scores, stands, codec.threshold)
        expected.append(expected_of(predictions[part], segment.center))
        end = part.stop
    if np.isinf(joined).any():
        raise RunError(
            f"the scores of {context.model} are not finite (NaN or infinity)",
            f"use another row: --use NAME (seqtune report {context.name} lists them)",
        )
    return joined, Blame(new.segments, expected, still, codec.threshold)


def threshold_of(context: Context) -> float:
    """Return the level beyond which a row is marked, by the run's recipe."""
    return -math.log10(float(context.recipe.get("threshold.false_alarms")))


def _with_free_names(table: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Rename input columns that are called like one that is added."""
    taken = [name for name in table.columns if name in COLUMNS]
    if not taken:
        return table
    renamed = {name: f"input_{name}" for name in taken}
    words = ", ".join(f"{old!r} is {new!r} in the table" for old, new in renamed.items())
    context.note(f"input column {words}")
    table.columns = pd.Index([renamed.get(name, name) for name in table.columns])
    return table


def _note_events(new: NewRows, events: Sequence[Event], context: Context) -> None:
    """Say how many events there are, and name the strangest."""
    count, panel = len(events), new.panel
    context.note(f"{count} event{'' if count == 1 else 's'} in {panel.rows:,} rows")
    numbered = sorted(enumerate(events, 1), key=lambda pair: -pair[1].score)
    for number, event in numbered[:MAX_NOTED]:
        context.note(f"event {number}: {_words(panel, event)}")


def _words(panel: Panel, event: Event) -> str:
    """Return an event in words: when, in which series, how strange, which column, and why."""
    series = int(np.searchsorted(panel.offsets, event.start, side="right") - 1)
    rows = np.array([event.start, event.end, event.peak])
    start, end, peak = format_times(
        panel.grid.times(rows - panel.offsets[series] + panel.starts[series]), utc=panel.grid.utc
    )
    when = start if event.start == event.end else f"{start} to {end}, peak {peak}"
    of_series = f" of {panel.series[series]}" if panel.series[series] else ""
    words = f"{when}{of_series}, score {event.score:.3g}"
    if event.channel is None or event.found is None:
        return words
    name = panel.target_names[event.channel]
    if event.unchanged is not None:
        return f"{words}; {name} stands at {event.found:.6g} for {event.unchanged} rows"
    if event.expected is None:
        return words
    return f"{words}; {name} {event.found:.6g}, expected {event.expected:.6g}"


def _note_empty(new: NewRows, scores: Floats, context: Context) -> None:
    """Say how many rows have no score, and why."""
    at = new.place[new.place >= 0]
    empty = int(np.isnan(scores[at]).sum()) + int((new.place < 0).sum())
    if empty:
        rows = "1 row has" if empty == 1 else f"{empty} rows have"
        context.note(
            f"{rows} no score: there is no value there, nor in the {new.bridge} rows before"
        )
