"""Scoring new rows with a finished run, and measuring it where anomalies are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.time_text import format_times
from seqtune.data.reading.row_times import count_rows, read_times
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.metrics.vus import vus_pr
from seqtune.tasks._contract import Evaluation
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.continuation import continued
from seqtune.tasks.anomaly.detect import detect
from seqtune.tasks.anomaly.events import Event, event_numbers, find_events
from seqtune.tasks.anomaly.held_out import figures_of
from seqtune.tasks.anomaly.panels import Rows, take_labels
from seqtune.tasks.anomaly.roles import Roles, check_labels, label_columns
from seqtune.tasks.anomaly.segment import Segment

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_NOTED = 10
"""So many events, the strangest, are told in words."""

COLUMNS = ("score", "threshold", "anomaly", "event")
"""What the prediction table adds to the input's rows."""


@dataclass(frozen=True)
class NewRows:
    """New rows on the run's grid.

    Args:
        rows: The rows, scaled.
        segments: One per series, with what came before it.
        place: (rows of the input,) the row of the panel that each stands at; -1 for none.
    """

    rows: Rows
    segments: Sequence[Segment]
    place: Ints

    @property
    def panel(self) -> Panel:
        """The new rows without labels."""
        return self.rows.panel


def predict(run: Any, source: Source | None, use: str | None) -> pd.DataFrame:
    """Score new rows.

    Args:
        run: The run.
        source: The rows; those that follow the run's own are judged with these before them.
        use: Name of the leaderboard row that scores; the winner if None.

    Returns:
        The input rows in their order, then `score` (higher is stranger), `threshold`, `anomaly`
        (0 or 1) and `event` (number of the event, empty outside).

    Raises:
        DataError: There is no data, a column is missing, or the times are off the run's grid.
    """
    if source is None:
        raise DataError(
            "found no data to score, expected a file", f"seqtune predict {run.folder} DATA"
        )
    new = read_new(run, source)
    scores, evidence = detect(run, run.choose(use).name, new.segments)
    threshold = threshold_of(run)
    offsets = new.panel.offsets
    events = find_events(scores, threshold, evidence, offsets)
    numbers = event_numbers(events, len(scores))
    _note_events(run, new, events)
    _note_empty(run, new, scores)
    found = new.place >= 0
    number = np.where(found, numbers[new.place], 0)
    table = _with_free_names(run, source.frame())
    table["score"] = np.where(found, scores[new.place], np.nan)
    table["threshold"] = threshold
    table["anomaly"] = (number > 0).astype(np.int64)
    table["event"] = pd.arrays.IntegerArray(number, number == 0)
    return table


def evaluate(run: Any, source: Source) -> Evaluation:
    """Score the run's models on new rows.

    With labels, by them; without, by how many events there are. A run that was fitted without a
    label column takes one by its name.

    Args:
        run: The run.
        source: New rows.

    Raises:
        DataError: As `read_new`, or two columns suit as label equally well.
    """
    label = _label_of(run, source)
    new = read_new(run, source, label)
    names = run.compared
    labels = new.rows.labels
    known = labels >= 0
    has_labels = bool((labels == 1).any() and (labels == 0).any())
    if not has_labels and label is not None:
        run.notes.append("no row is labelled 1, or none 0: events are counted, not judged")
    threshold = threshold_of(run)
    season, offsets = run.prepared.codec.season, new.panel.offsets
    figures = {}
    for name in names:
        scores, _ = detect(run, name, new.segments)
        if has_labels:
            usable = np.where(known, scores, np.nan)
            truth = np.maximum(labels, 0).astype(np.int8)
            figures[name] = {
                "vus_pr": vus_pr(truth, usable, season, offsets),
                **figures_of(truth, usable, threshold, offsets),
            }
        else:
            events = find_events(scores, threshold, None, offsets)
            amount = max(1, int(np.isfinite(scores).sum()))
            figures[name] = {
                "events": float(len(events)),
                "events_per_1000": 1000.0 * len(events) / amount,
            }
    return Evaluation(figures, int((new.place >= 0).sum()), "row")


def threshold_of(run: Any) -> float:
    """Return the rarity beyond which a row is marked, by the run's recipe."""
    return -math.log10(float(run.recipe.get("threshold.false_alarms")))


def _label_of(run: Any, source: Source) -> str | None:
    """Return the column of known anomalies: the fitted one, else one by its name, and tell it."""
    fitted = run.prepared.codec.roles
    if fitted["label"] in source.names:
        return str(fitted["label"])
    used = (fitted["time"], fitted["series"], *fitted["targets"])
    suited, others = label_columns(source, [name for name in source.names if name not in used])
    if len(suited) > 1:
        raise DataError(
            f"{source.path}: {len(suited)} columns suit as label equally well: {', '.join(suited)}",
            f"keep one of them, such as {suited[0]!r}, and remove or rename the others",
        )
    run.notes += [
        f"column {name!r} is named like a label but does not hold 0 and 1 alone" for name in others
    ]
    if suited:
        run.notes.append(
            f"label: {suited[0]}, by its name; the run was fitted without one. Not meant: rename it"
        )
        return suited[0]
    run.notes.append(
        "no label column was found: events are counted, not judged; a column of 0 and 1 named "
        "'label' or 'anomaly' is taken"
    )
    return None


def read_new(run: Any, source: Source, label: str | None = None) -> NewRows:
    """Put new rows on the run's grid, each series with what came before it.

    Args:
        run: The run.
        source: The rows.
        label: The column of known anomalies; None where nobody asks for it.

    Raises:
        DataError: A column of the fitted data is missing, or the times are off the grid.
    """
    codec: Codec = run.prepared.codec
    fitted = codec.roles
    missing = [
        name
        for name in (fitted["time"], fitted["series"], *fitted["targets"])
        if name and name not in source.names
    ]
    if missing:
        quoted = ", ".join(repr(name) for name in missing)
        columns = f"column {quoted}" if len(missing) == 1 else f"columns {quoted}"
        raise DataError(
            f"{source.path} lacks {columns} of the fitted data; it has {', '.join(source.names)}",
            f"add {columns}, or fit again on data like this",
        )
    if label is not None:
        check_labels(source, label, allow_all=True)
    roles = Roles(tuple(fitted["targets"]), fitted["time"], fitted["series"], label)
    whole = build_panel(
        source,
        roles.of_panel(),
        duplicates=run.recipe.values.data.duplicates,
        grid=codec.axis(),
    )
    panel, labels = take_labels(whole)
    run.notes += [*source.notes, *panel.notes]
    unknown = [name for name in panel.series if name not in codec.series]
    if unknown and fitted["series"]:
        shown = ", ".join(repr(name) for name in unknown[:3])
        run.notes.append(
            f"{len(unknown)} series that the run does not know ({shown}"
            f"{', …' if len(unknown) > 3 else ''}) are scaled by their own rows"
        )
    rows = Rows(panel, codec.scales_of(panel), labels, codec.flat_line_of(panel))
    segments = [continued(run.prepared, rows, series) for series in range(len(panel.series))]
    return NewRows(rows, segments, _places(source, roles, panel))


def _places(source: Source, roles: Roles, panel: Panel) -> Ints:
    """Return the row of the panel that each row of the input stands at, -1 for none."""
    if roles.series is None:
        series = np.zeros(source.rows, np.int64)
    else:
        codes, names = source.codes(roles.series)
        number = {name: index for index, name in enumerate(panel.series)}
        known = np.array([number.get(name, -1) for name in names], np.int64)
        series = known[codes]
    if roles.time is None:
        counted = None if roles.series is None else source.codes(roles.series)[0]
        steps = count_rows(counted, source.rows)
    else:
        steps = panel.grid.index(read_times(source, roles.time)[0])
    at = np.maximum(series, 0)
    within = steps - panel.starts[at]
    inside = (series >= 0) & (within >= 0) & (within < panel.lengths[at])
    return np.where(inside, panel.offsets[at] + within, -1)


def _with_free_names(run: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Rename input columns that are called like one that is added."""
    taken = [name for name in table.columns if name in COLUMNS]
    if not taken:
        return table
    renamed = {name: f"input_{name}" for name in taken}
    words = ", ".join(f"{old!r} is {new!r} in the table" for old, new in renamed.items())
    run.notes.append(f"input column {words}")
    table.columns = pd.Index([renamed.get(name, name) for name in table.columns])
    return table


def _note_events(run: Any, new: NewRows, events: Sequence[Event]) -> None:
    """Say how many events there are, and name the strangest."""
    count, panel = len(events), new.panel
    run.notes.append(f"{count} event{'' if count == 1 else 's'} in {panel.rows:,} rows")
    numbered = sorted(enumerate(events, 1), key=lambda pair: -pair[1].score)
    for number, event in numbered[:MAX_NOTED]:
        run.notes.append(f"event {number}: {_words(panel, event)}")


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


def _note_empty(run: Any, new: NewRows, scores: Floats) -> None:
    """Say how many rows have no score, and why."""
    at = new.place[new.place >= 0]
    empty = int(np.isnan(scores[at]).sum()) + int((new.place < 0).sum())
    if empty:
        rows = "1 row has" if empty == 1 else f"{empty} rows have"
        bridge = run.prepared.codec.bridge
        run.notes.append(
            f"{rows} no score: there is no value there, nor in the {bridge} rows before"
        )
