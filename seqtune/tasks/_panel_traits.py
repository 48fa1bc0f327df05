"""What is watched of series for drift: each column of numbers, each column of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.sample import Ints, Numbers, Sample, Words, series_as_one
from seqtune.data.panel.panel import Panel

Floats = npt.NDArray[np.float64]

MOST_ROWS = 200_000
"""So many rows of a panel are compared: the last ones of each series."""


def traits_of_panel(
    panel: Panel, first: Ints, period: int, center: Floats, spread: Floats, *, is_one: bool
) -> dict[str, Sample]:
    """Return every column of a panel as it is watched.

    Targets of several series are in deviations of their series, so that all count alike.

    Args:
        panel: The rows.
        first: (series,) absolute row of each series at which what is watched begins.
        period: Steps of a season; 0 for none.
        center: (series, targets) what is usual of each.
        spread: (series, targets) its deviation.
        is_one: Whether the run has one series; its targets are in the user's unit.
    """
    rows = np.concatenate(list(_rows(panel, first))).astype(np.int64)
    steps = np.repeat(panel.starts - panel.offsets[:-1], panel.lengths)[rows] + rows
    found: dict[str, Sample] = {}
    for number, name in enumerate(panel.target_names):
        values = np.where(panel.observed[:, number], panel.target[:, number], np.nan)
        if not is_one:
            values = series_as_one(values, panel.offsets, center[:, number], spread[:, number])
        found[name] = Numbers(values[rows], steps, period)
    groups = ((panel.past_names, panel.past), (panel.future_names, panel.future))
    for name, column in (pair for names, table in groups
                         for pair in zip(names, table.T, strict=True)):  # fmt: skip
        found[name] = (
            _words(column[rows], panel.categories[name])
            if name in panel.categories
            else Numbers(np.asarray(column[rows], np.float64), steps, period)
        )
    return found


def usual_of_series(names: tuple[str, ...], wanted: tuple[str, ...], usual: Floats) -> Floats:
    """Return what is usual of series of a panel, (series, columns): of a new one, the mean of all.

    Args:
        names: The series that were fitted.
        wanted: Those of the panel.
        usual: (fitted series, columns).
    """
    place = {name: number for number, name in enumerate(names)}
    return np.stack(
        [usual[place[name]] if name in place else usual.mean(axis=0) for name in wanted]
    )


def _rows(panel: Panel, first: Ints) -> Iterator[Ints]:
    most = max(1, MOST_ROWS // max(1, len(panel.series)))
    for begin, end in zip(first.tolist(), panel.offsets[1:].tolist(), strict=True):
        yield np.arange(max(begin, end - most), end)


def _words(codes: Floats, labels: tuple[str, ...]) -> Words:
    """Return how often each word stands in rows of time; rows of one word hang on each other."""
    known = np.where(np.isfinite(codes), codes, -1).astype(np.int64)
    counts = Counter(known.tolist())
    named = {labels[code] if code >= 0 else "": count for code, count in counts.items()}
    return Words(named, 1 + int((np.diff(known) != 0).sum()))
