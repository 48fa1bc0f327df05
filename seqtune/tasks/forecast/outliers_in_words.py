"""Which outliers there are, said to the user with the flag that keeps them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.outliers import Outliers
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split
from seqtune.data.panel.time_text import format_times
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks._values import Context

Ints = npt.NDArray[np.int64]

FLAG = "--set data.outliers=keep"

SHOWN = 3
"""Outliers that are named."""


def tell_outliers(panel: Panel, outliers: Outliers, split: Split, listener: Listener) -> None:
    """Say which values of the training and the validation part are winsorized.

    Args:
        panel: The rows.
        outliers: Those of it.
        split: Its parts; outliers of the test part are counted apart.
        listener: Hears of them.
    """
    offsets = panel.offsets
    known = _observed(panel, outliers.known_at(split.validation_end, offsets))
    if len(known):
        why = "far beyond all values before; each counts as the nearest of those around it"
        listener(Assumption("outliers", describe_outliers(panel, known), why, FLAG))
    every = _observed(panel, outliers.known_at(split.end, offsets))
    test = every[_rows_from(every, split.validation_end, offsets)]
    if len(test):
        listener(
            Note(
                f"outliers in the test part: {describe_outliers(panel, test)}; its metrics count "
                f"them as they came, histories do not ({FLAG})"
            )
        )


def note_outliers(panel: Panel, outliers: Outliers, first: Ints, context: Context) -> None:
    """Say which new rows are winsorized where they are history.

    Args:
        panel: New rows behind those of the run.
        outliers: Those of it.
        first: (series,) absolute row of the first new one.
        context: Hears of them.
    """
    known = _observed(panel, outliers.known_at(panel.offsets[1:], panel.offsets))
    new = known[_rows_from(known, first, panel.offsets)]
    if len(new):
        context.note(
            f"outliers in the new rows: {describe_outliers(panel, new)}; as history, each counts "
            f"as the nearest of the values around it (a run fitted with {FLAG} takes them as "
            "they are)"
        )


def describe_outliers(panel: Panel, outliers: Outliers) -> str:
    """Return how many outliers there are, and the largest of them with their times.

    Args:
        panel: The rows.
        outliers: Some of it, at least one.
    """
    values = panel.target[outliers.rows, outliers.columns]
    largest = np.sort(np.argsort(-np.abs(values), kind="stable")[:SHOWN])
    series = np.searchsorted(panel.offsets, outliers.rows[largest], side="right") - 1
    steps = outliers.rows[largest] - panel.offsets[series] + panel.starts[series]
    times = format_times(panel.grid.times(steps), utc=panel.grid.utc)
    named = [
        f"{values[each]:.10g} at {time}"
        + (f" of {panel.series[one]!r:.30}" if panel.series[one] else "")
        for each, time, one in zip(largest, times, series, strict=True)
    ]
    more = len(outliers) - len(named)
    noun = "value" if len(outliers) == 1 else "values"
    return f"{len(outliers)} {noun}: {', '.join(named)}{f' and {more} more' if more else ''}"


def _observed(panel: Panel, outliers: Outliers) -> Outliers:
    """Leave out the rows of gaps that were filled with an outlier."""
    return outliers[panel.observed[outliers.rows, outliers.columns]]


def _rows_from(outliers: Outliers, first: Ints, offsets: Ints) -> npt.NDArray[np.bool_]:
    """Say which lie at or after a row of their series, (outliers,)."""
    series = np.searchsorted(offsets, outliers.rows, side="right") - 1
    after: npt.NDArray[np.bool_] = outliers.rows >= first[series]
    return after
