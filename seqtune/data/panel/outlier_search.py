"""Values that no honest series can have: single rows far beyond all that came before them.

A value is called an outlier where two things are true, both against what its series was until
then, outliers aside:

    |value - level| > DISTANCE * (1 + CAUTION / seen) * (the largest such distance so far)
    |value|         > SIZE * (the largest value so far, its sign aside)

The level is the median of the five values before; the season is in the distances, which a whole
season must have shown before anything is judged; `seen` counts the values so far that are not
zero. A peak that lasts for three rows, or rises or ebbs away over several, is none, nor is
what comes again and again: then it is part of the series. The first rows are judged together.

No value is judged by what comes more than `LONGEST + 1` rows later, and until those are there each
stands as what it seems to be: `Outliers.until` says to what row that holds. So what is known of a
history does not depend on what came after it.

Measured on public series and planted faults: docs/benchmarks.md, "Outliers".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.outliers import FOREVER, Outliers
from seqtune.data.panel.panel import Panel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

DISTANCE = 30.0
SIZE = 5.0
CAUTION = 30.0

LONGEST = 2
"""Rows in succession that may be outliers; more are a new level."""

LEVEL = 5
"""Values whose median is the level: more than twice `LONGEST`."""

FIRST = 12
"""Rows, beside a season, that are judged together, and values that are not zero that must have
been seen."""

AFTER = 2.0
"""The row after an outlier is at most so many of the largest distances before from its level."""

HABIT = 0.005
"""Where more than this share of the rows so far were outliers, the next one is none."""

FEW = 3
"""So many outliers are no habit in any case."""

CHUNK = 4096
"""Rows of a series that are searched at a time."""

CELLS = 1_000_000
"""Rows of many series that are looked at together."""


def find_outliers(panel: Panel, period: int) -> Outliers:
    """Find the outliers of all series and targets.

    Args:
        panel: The rows; those that were filled are not judged.
        period: The first seasonal period in steps, 1 for none.
    """
    found = [_of_column(panel, column, max(1, period)) for column in range(len(panel.target_names))]
    return Outliers(
        *(
            np.concatenate([getattr(each, name) for each in found])
            for name in ("rows", "columns", "values", "until")
        )
    )


def _of_column(panel: Panel, column: int, period: int) -> Outliers:
    values, observed = panel.target[:, column], panel.observed[:, column]
    rows: list[int] = []
    moved: list[float] = []
    until: list[int] = []
    for series in _suspects(values, observed, panel.offsets, FIRST + period):
        begin, end = int(panel.offsets[series]), int(panel.offsets[series + 1])
        known = begin + np.flatnonzero(observed[begin:end])
        for place, value, decided in _of_series(np.asarray(values[known]), period):
            after = int(known[place + 1]) if place + 1 < len(known) else end
            filled = list(range(int(known[place]), after))
            rows += filled
            moved += [value] * len(filled)
            until += [FOREVER if decided < 0 else int(known[decided])] * len(filled)
    columns = np.full(len(rows), column, np.int64)
    return Outliers(np.array(rows, np.int64), columns, np.array(moved), np.array(until, np.int64))


def _suspects(values: Floats, observed: Booleans, offsets: Ints, first: int) -> Ints:
    """Return the series that may have outliers: all others have none.

    An outlier is larger than `SIZE` times the third largest of the first rows, of which two may be
    outliers themselves, and than `SIZE` times all between them and it. Many series are looked at
    at once.
    """
    lengths = np.diff(offsets)
    long = np.flatnonzero(lengths >= FIRST)
    if not len(long):
        return long
    # the largest of each series alone lets go of nearly all, without another look at its rows
    top = np.maximum.reduceat(np.append(np.abs(values), 0.0), offsets[:-1])
    blocks = np.concatenate(
        [
            np.partition(_sizes(values, observed, offsets, chunk, first), (-3, -1), axis=1)[:, -3:]
            for chunk in np.array_split(long, -(-len(long) * first // CELLS))
        ]
    )
    third, first_top = blocks[:, 0], blocks[:, 2]
    left = top[long] > SIZE * third
    long, third, first_top = long[left], third[left], first_top[left]
    order = np.argsort(lengths[long], kind="stable")
    parts = np.array_split(order, -(-int(lengths[long].sum()) // CELLS)) if len(long) else []
    suspects = []
    for part in parts:
        steps = int(lengths[long[part]].max(initial=0))
        size = _sizes(values, observed, offsets, long[part], steps)
        size[:, :first] = np.minimum(size[:, :first], third[part][:, None])
        before = np.maximum.accumulate(size, axis=1)[:, :-1]
        is_seen = np.cumsum(size > 0, axis=1)[:, :-1] >= FIRST - 2
        beyond = (size[:, 1:] > SIZE * before) & is_seen
        at_first = (third[part] > 0) & (first_top[part] > SIZE * third[part])
        suspects.append(part[beyond.any(axis=1) | at_first])
    return np.sort(long[np.concatenate(suspects)]) if suspects else long


def _sizes(values: Floats, observed: Booleans, offsets: Ints, series: Ints, steps: int) -> Floats:
    """Return the sizes of the first rows of some series, (series, steps), 0 where none is."""
    rows = offsets[series][:, None] + np.arange(steps)
    inside = rows < offsets[series + 1][:, None]
    rows = np.minimum(rows, len(values) - 1)
    return np.where(inside & observed[rows], np.abs(values[rows]), 0.0)


def _of_series(values: Floats, period: int) -> list[tuple[int, float, int]]:
    """Return place, value to move to, and the place of the row until which it holds (-1: all)."""
    count = len(values)
    first = min(FIRST + period, count)
    if first < FIRST:
        return []
    distance = np.abs(values - _level(values))
    accepted = np.ones(count, np.bool_)
    at_first = _of_block(values[:first])
    accepted[at_first] = False
    found = [(place, _moved(values, accepted, place, period), -1) for place in at_first]
    begin = first
    while begin < count:
        place = _next(values, distance, accepted, begin)
        if place < 0:
            break
        end, stays = _run(values, distance, accepted, place)
        if len(found) < max(FEW, HABIT * place):
            accepted[place:end] = False
            found += [
                (each, _moved(values, accepted, each, period), -1 if stays else end)
                for each in range(place, end)
            ]
            accepted[place:end] = not stays
        begin = end
    return found


def _level(values: Floats) -> Floats:
    """Return the median of the five values before each; of the first ones, that of all of them."""
    padded = np.concatenate([np.full(LEVEL, np.median(values[:FIRST])), values[:-1]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, LEVEL)
    return np.asarray(np.median(windows, axis=1))


def _of_block(values: Floats) -> list[int]:
    """Return the outliers among the first rows, at most two, by the third largest of them."""
    distance = np.abs(values - np.median(values))
    seen = int(np.count_nonzero(values))
    if seen < FIRST:
        return []
    third, size = np.sort(distance)[-3], np.sort(np.abs(values))[-3]
    far = distance > DISTANCE * (1 + CAUTION / seen) * third
    return [int(place) for place in np.flatnonzero(far & (np.abs(values) > SIZE * size))]


def _next(values: Floats, distance: Floats, accepted: Booleans, begin: int) -> int:
    """Return the first row from `begin` on that is beyond all before it; -1 if there is none."""
    known = accepted[:begin]
    farthest = float(distance[:begin][known].max())
    largest = float(np.abs(values[:begin][known]).max())
    nonzero = int(np.count_nonzero(values[:begin][known]))
    for start in range(begin, len(values), CHUNK):
        near = slice(start, min(start + CHUNK, len(values)))
        away, size = distance[near], np.abs(values[near])
        far = np.maximum(np.maximum.accumulate(np.append(farthest, away)), farthest)
        large = np.maximum.accumulate(np.append(largest, size))
        seen = nonzero + np.append(0, np.cumsum(size > 0))
        beyond = (
            (away > DISTANCE * (1 + CAUTION / np.maximum(seen[:-1], 1)) * far[:-1])
            & (size > SIZE * large[:-1])
            & (seen[:-1] >= FIRST)
        )
        if beyond.any():
            return start + int(beyond.argmax())
        farthest, largest, nonzero = float(far[-1]), float(large[-1]), int(seen[-1])
    return -1


def _run(values: Floats, distance: Floats, accepted: Booleans, place: int) -> tuple[int, bool]:
    """Return the end of a run of rows beyond all before them, and whether they are outliers.

    They are unless the row after them is itself farther from its level than is usual.
    """
    farthest = float(distance[:place][accepted[:place]].max())
    largest = float(np.abs(values[:place][accepted[:place]]).max())
    end = place + 1
    while (
        end < len(values)
        and end - place < LONGEST
        and _is_beyond(distance[end], abs(values[end]), farthest, largest)
    ):
        end += 1
    return end, end == len(values) or bool(distance[end] <= AFTER * farthest)


def _is_beyond(distance: float, size: float, farthest: float, largest: float) -> bool:
    return distance > DISTANCE * farthest and size > SIZE * largest


def _moved(values: Floats, accepted: Booleans, place: int, period: int) -> float:
    """Return the nearest of the three accepted values before, and the one a season before."""
    nearest = max(0, place - 4 * LEVEL)
    near = list(nearest + np.flatnonzero(accepted[nearest:place])[-3:])
    if place >= period and accepted[place - period]:
        near.append(place - period)
    if not near:  # among the first rows of a series: what comes next
        near = list(np.flatnonzero(accepted[:FIRST])[:3])
    around = values[near]
    return float(np.clip(values[place], around.min(), around.max()))
