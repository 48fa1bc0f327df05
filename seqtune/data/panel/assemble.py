"""From sorted rows to gapless series: trim, fill, and what is known ahead.

The arithmetic under `build_panel` and `join_panels`. Everything is done on whole columns, so that
10 million rows in 10,000 series take seconds; rows are loops of numpy's, never of Python's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.fill import fill_series
from seqtune.data.panel.rows import Rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """Where each kept series lies in sorted rows.

    Args:
        codes: (series,), int64, code of each series.
        begin: (series,), int64, first row, the first with a target.
        end: (series,), int64, row after the last with a target.
        tail: (series,), int64, row after the last of all: rows from `end` hold no target.
        leading: Rows cut off before the first target.
    """

    codes: Ints
    begin: Ints
    end: Ints
    tail: Ints
    leading: int


@dataclass(frozen=True)
class Series:
    """Gapless series: the arrays of a `Panel` (see there for the shapes), and what was filled.

    Args:
        gaps: Steps that had no row at all.
        missing: (targets,), int64, target values that were missing in rows that were there.
        absent: (past + future,), int64, covariate values that were filled, gaps not counted.
    """

    offsets: Ints
    starts: Ints
    target: Floats
    observed: npt.NDArray[np.bool_]
    past: Floats
    future: Floats
    ahead: Floats
    gaps: int
    missing: Ints
    absent: Ints


def find_spans(rows: Rows, keep_empty: bool) -> Spans:
    """Find where each series begins and ends, by the rows that hold any target.

    Args:
        rows: Sorted and merged rows.
        keep_empty: Keep series without any target, as series of no rows with a tail.
    """
    begins = np.flatnonzero(np.diff(rows.codes, prepend=-1) != 0)
    tails = np.append(begins[1:], len(rows.codes))
    held = np.flatnonzero(~np.isnan(rows.target).all(axis=1))
    low, high = np.searchsorted(held, begins), np.searchsorted(held, tails)
    has_any = high > low
    first, last = begins.copy(), begins.copy()
    first[has_any] = held[low[has_any]]
    last[has_any] = held[high[has_any] - 1] + 1
    kept = np.ones(len(begins), dtype=bool) if keep_empty else has_any
    return Spans(
        rows.codes[begins][kept].astype(np.int64),
        first[kept],
        last[kept],
        tails[kept],
        int((first - begins)[kept].sum()),
    )


def count_filled(rows: Rows, spans: Spans) -> int:
    """Return how many rows the series have once every gap is filled."""
    return int(_lengths(rows, spans).sum())


def widest_gap(rows: Rows, spans: Spans) -> tuple[int, int]:
    """Return the row of the file beside the widest gap, and that gap in steps."""
    kept = rows.take(_kept(spans))
    distance = np.diff(kept.steps, prepend=0)
    distance[np.diff(kept.codes, prepend=-1) != 0] = 0
    row = int(distance.argmax())
    inside = np.flatnonzero(kept.codes == kept.codes[row])
    is_early = row - inside[0] < inside[-1] + 1 - row
    return kept.number(row - 1 if is_early else row), int(distance[row])


def count_ahead(rows: Rows, spans: Spans) -> int:
    """Return how many steps `Series.ahead` will hold, over all series."""
    held = spans.tail > spans.end
    if rows.future.shape[1] == 0 or not held.any():
        return 0
    last = rows.steps[np.maximum(spans.end, 1) - 1]
    return int((rows.steps[spans.tail - 1] - last)[held].max()) * len(held)


def fill_rows(rows: Rows, spans: Spans) -> Series:
    """Put rows on their steps, fill what is missing, and cut off what lies ahead.

    Args:
        rows: Sorted and merged rows.
        spans: Where each series lies in them.
    """
    lengths = _lengths(rows, spans)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    starts = rows.steps[np.minimum(spans.begin, max(len(rows.steps) - 1, 0))]
    kept, places = _places(rows, spans, offsets, starts)
    target = _scatter(rows.target, kept, places, int(offsets[-1]))
    observed = ~np.isnan(target)
    past = _scatter(rows.past, kept, places, int(offsets[-1]))
    future = _scatter(rows.future, kept, places, int(offsets[-1]))
    gaps = int(offsets[-1]) - len(places)
    missing = (~observed).sum(axis=0) - gaps
    for values in (target, past, future):
        fill_series(values, offsets)
    target = np.nan_to_num(target, copy=False)
    absent = [
        np.isnan(values if kept is None else values[kept]).sum(axis=0)
        for values in (rows.past, rows.future)
    ]
    ahead = _ahead(rows, spans, starts + lengths)
    return Series(
        offsets, starts, target, observed, past, future, ahead, gaps, missing,
        np.concatenate(absent),
    )  # fmt: skip


def _lengths(rows: Rows, spans: Spans) -> Ints:
    lengths = np.zeros(len(spans.begin), dtype=np.int64)
    held = spans.end > spans.begin
    steps = rows.steps
    lengths[held] = steps[spans.end[held] - 1] - steps[spans.begin[held]] + 1
    return lengths


def _kept(spans: Spans) -> Ints:
    """Return the rows from the first to the last target of each series, in order."""
    return _ranges(spans.begin, spans.end)


def _ranges(begin: Ints, end: Ints) -> Ints:
    """Return the numbers from each begin to its end, one range after the other."""
    counts = end - begin
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(begin - before, counts))


def _places(rows: Rows, spans: Spans, offsets: Ints, starts: Ints) -> tuple[Ints | None, Ints]:
    """Return which rows are kept (None: all) and the filled row that each of them becomes."""
    counts = spans.end - spans.begin
    shift = np.repeat(offsets[:-1] - starts, counts)
    if int(counts.sum()) == len(rows.codes):
        return None, rows.steps + shift
    kept = _kept(spans)
    return kept, rows.steps[kept] + shift


def _scatter(values: Floats, kept: Ints | None, places: Ints, rows: int) -> Floats:
    values = values if kept is None else values[kept]
    if len(places) == rows:
        return np.array(values, dtype=np.float64, order="C")
    filled = np.full((rows, values.shape[1]), np.nan)
    filled[places] = values
    return filled


def _ahead(rows: Rows, spans: Spans, after: Ints) -> Floats:
    """Return covariates of rows without a target, (series, ahead, future), NaN where absent."""
    columns = rows.future.shape[1]
    counts = spans.tail - spans.end
    if columns == 0 or not counts.any():
        return np.empty((len(counts), 0, columns))
    series = np.repeat(np.arange(len(counts)), counts)
    tail = _ranges(spans.end, spans.tail)
    steps = rows.steps[tail] - after[series]
    held = ~np.isnan(rows.future[tail]).all(axis=1)
    longest = int(steps[held].max()) + 1 if held.any() else 0
    ahead = np.full((len(counts), longest, columns), np.nan)
    ahead[series[held], steps[held]] = rows.future[tail[held]]
    return ahead
