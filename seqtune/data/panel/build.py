"""From a table to a panel: rows in any order, repeated, irregular or incomplete, on one grid.

Whatever had to be repaired is noted; what cannot be is refused, with its line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.assemble import (
    Series,
    Spans,
    count_ahead,
    count_filled,
    fill_rows,
    find_spans,
    widest_gap,
)
from seqtune.data.panel.grid import Grid
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.placement import place_rows
from seqtune.data.panel.repeats import POLICIES, merge_repeats
from seqtune.data.panel.rows import Rows
from seqtune.data.panel.static import read_static
from seqtune.data.panel.words import Categories, WordReader
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

GROWTH = 3
"""Factor by which filling gaps may make a large table grow at most."""

LARGE = 1_000_000
"""Rows from which a table is large."""


def build_panel(
    source: Source,
    roles: PanelRoles,
    frequency: str = "auto",
    duplicates: str = "auto",
    grid: Grid | None = None,
    categories: Categories | None = None,
    allow_empty: bool = False,
) -> Panel:
    """Put the rows of a table on a regular grid, series by series.

    Args:
        source: The table.
        roles: Which column plays which part.
        frequency: "auto", or a pandas alias; finer times are aggregated.
        duplicates: What to do with several rows of a series at one time: "auto" (the mean, unless
            all times come equally often), "mean", "first", "last", "sum" or "error".
        grid: The grid of a fitted run, which the times then have to lie on.
        categories: `Panel.categories` of a fitted run; other words become unknown, and are counted.
        allow_empty: Keep series without any target, as series of no rows whose known-ahead
            covariates stand in `ahead`. Target, past and static columns may then be absent
            (static values are NaN until the panel is joined to its history).

    Raises:
        DataError: The times or values cannot be used; says where and why.
    """
    if duplicates not in POLICIES:
        raise DataError(f"duplicates: '{duplicates}' is not one of {', '.join(POLICIES)}")
    if source.rows == 0:
        raise DataError(f"{source.path} has no rows")
    codes, names = _read_series(source, roles)
    grid, times, notes = place_rows(source, roles, codes, frequency, grid)
    words = WordReader(source, categories)
    rows = _read_rows(words, roles, codes, grid.index(times), allow_empty)
    labels, unknown = words.labels, words.notes
    for name in () if allow_empty else roles.static:
        source.require(name, "--static")
    rows, merged = merge_repeats(source, roles, rows, times, duplicates, grid, frozenset(labels))
    del times
    spans = find_spans(rows, allow_empty)
    notes = (*notes, *merged, *_note_dropped(rows, spans, names, roles))
    _refuse_explosion(source, rows, spans, grid)
    series = fill_rows(rows, spans)
    static, static_labels = read_static(
        source, roles.static, _all_codes(codes, source.rows), len(names), categories
    )
    return Panel(
        grid=grid,
        series=tuple(names[code] for code in spans.codes.tolist()),
        target_names=roles.targets,
        past_names=roles.past,
        future_names=roles.future,
        static_names=roles.static,
        static=static[spans.codes],
        categories={**static_labels, **labels},
        notes=(*notes, *_note_filled(series, roles), *unknown),
        **panel_arrays(series),
    )


def panel_arrays(series: Series) -> dict[str, Any]:
    """Return the arrays of a `Panel` that come from its rows, by the names of its fields."""
    names = ("offsets", "starts", "target", "observed", "past", "future", "ahead")
    return {name: getattr(series, name) for name in names}


def _read_series(
    source: Source, roles: PanelRoles
) -> tuple[npt.NDArray[np.int32] | None, list[str]]:
    """Return the series of each row, (rows,), int32 or None, and the names of the series."""
    if roles.series is None:
        return None, [""]
    codes, names = source.codes(roles.series)
    if bool((codes < 0).any()):
        row = int((codes < 0).argmax())
        raise DataError(
            f"{source.where(row)}: column '{roles.series}' is empty, expected the name of a series",
            hint="fill it in, or name another column: --series COLUMN",
        )
    return codes, names


def _read_rows(
    words: WordReader,
    roles: PanelRoles,
    codes: npt.NDArray[np.int32] | None,
    steps: npt.NDArray[np.int64],
    allow_empty: bool,
) -> Rows:
    """Read the columns that change with time."""
    source = words.source
    return Rows(
        codes=_all_codes(codes, source.rows),
        steps=steps,
        target=_columns(source, roles.targets, source.numbers, "--target", allow_empty),
        past=_columns(source, roles.past, words.values, "--past", allow_empty),
        future=_columns(source, roles.future, words.values, "--future", False),
    )


def _all_codes(codes: npt.NDArray[np.int32] | None, rows: int) -> npt.NDArray[np.int32]:
    return np.zeros(rows, dtype=np.int32) if codes is None else codes


def _columns(
    source: Source,
    names: tuple[str, ...],
    read: Callable[[str], npt.NDArray[np.float64]],
    flag: str,
    may_be_absent: bool,
) -> npt.NDArray[np.float64]:
    """Return columns side by side: (rows, columns), float64, NaN where missing."""
    values = np.full((source.rows, len(names)), np.nan)
    for column, name in enumerate(names):
        if may_be_absent and name not in source.names:
            continue
        source.require(name, flag)
        values[:, column] = read(name)
    return values


def _note_dropped(rows: Rows, spans: Spans, names: list[str], roles: PanelRoles) -> tuple[str, ...]:
    """Note series and rows that are left out because they have no target."""
    wanted = ", ".join(f"'{name}'" for name in roles.targets)
    if len(spans.codes) == 0:
        raise DataError(
            f"all values of {wanted} are missing", hint="name another column: --target COLUMN"
        )
    notes = []
    dropped = np.setdiff1d(np.unique(rows.codes), spans.codes).tolist()
    if dropped:
        shown = ", ".join(f"'{names[code]}'" for code in dropped[:3])
        more = f" and {len(dropped) - 3} more" if len(dropped) > 3 else ""
        notes.append(f"series without any value of {wanted} dropped: {shown}{more}")
    if spans.leading:
        notes.append(f"{_count(spans.leading, 'row')} before the first value of {wanted} cut off")
    tail = int((spans.tail - spans.end).sum())
    if tail:
        fate = "taken as known ahead" if roles.future else "cut off"
        notes.append(f"{_count(tail, 'row')} after the last value of {wanted} {fate}")
    return tuple(notes)


def _note_filled(series: Series, roles: PanelRoles) -> tuple[str, ...]:
    """Note what was filled."""
    gaps = f"{_count(series.gaps, 'missing step')} filled with the value before"
    notes = [gaps] if series.gaps else []
    columns = (*roles.targets, *roles.past, *roles.future)
    counts = (*series.missing.tolist(), *series.absent.tolist())
    for name, count in zip(columns, counts, strict=True):
        if count:
            missing = f"{_count(count, 'missing value')} of '{name}'"
            notes.append(f"{missing} filled with the value before")
    return tuple(notes)


def _refuse_explosion(source: Source, rows: Rows, spans: Spans, grid: Grid) -> None:
    """Refuse a table that a stray time would blow up."""
    filled, present = count_filled(rows, spans), max(len(rows.codes), 1)
    if filled > GROWTH * present and filled > LARGE:
        row, gap = widest_gap(rows, spans)
        raise DataError(
            f"{source.where(row)}: the gap next to {_time(rows, row, grid)} is "
            f"{gap} steps wide; filling all gaps would turn {present} rows into {filled}",
            hint="correct that time, or choose a coarser frequency: --freq F",
        )
    ahead = count_ahead(rows, spans)
    if ahead > GROWTH * present and ahead > LARGE:
        raise DataError(
            f"{source.path}: rows without a target lie up to {ahead // len(spans.codes)} steps "
            f"ahead; filling up to there would turn {present} rows into {ahead}",
            hint="remove rows whose time is too far ahead",
        )


def _time(rows: Rows, row: int, grid: Grid) -> str:
    """Write the step of row `row` of the file as the user knows it."""
    here = row if rows.numbers is None else int(np.flatnonzero(rows.numbers == row)[0])
    return str(grid.times(rows.steps[here : here + 1])[0]).removesuffix(".000000000")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
