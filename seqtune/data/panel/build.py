"""From a table to a panel: rows in any order, repeated, irregular or incomplete, on one grid.

Whatever had to be repaired is noted; what cannot be is refused, with its line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.assemble import (
    POLICIES,
    Rows,
    Series,
    Spans,
    count_ahead,
    count_filled,
    fill_rows,
    find_spans,
    first_of_step,
    merge_rows,
    sort_rows,
    widest_gap,
)
from seqtune.data.panel.frequency_inference import ENOUGH
from seqtune.data.panel.grid import Grid, as_integers, infer_grid
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.static import Categories, read_static
from seqtune.data.reading.row_times import count_rows, read_times
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

GROWTH = 3
"""Filling gaps may not make a large table grow more than so many times."""

LARGE = 1_000_000
"""Rows from which a table is large."""


def build_panel(
    source: Source,
    roles: PanelRoles,
    frequency: str = "auto",
    duplicates: str = "mean",
    grid: Grid | None = None,
    static_categories: Categories | None = None,
    allow_empty: bool = False,
) -> Panel:
    """Put the rows of a table on a regular grid, series by series.

    Args:
        source: The table.
        roles: Which column plays which part.
        frequency: "auto", or a pandas alias; finer times are aggregated.
        duplicates: What to do with several rows of a series at one time: "mean", "first",
            "last", "sum" or "error".
        grid: The grid of a fitted run, which the times then have to stand on.
        static_categories: `Panel.static_categories` of a fitted run.
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
    grid, times, notes = _place(source, roles, codes, frequency, grid)
    rows = _read_rows(source, roles, codes, grid.index(times), allow_empty)
    for name in () if allow_empty else roles.static:
        source.require(name, "--static")
    rows, merged = _merge_repeats(source, roles, rows, times, duplicates, grid)
    del times
    spans = find_spans(rows, allow_empty)
    notes = (*notes, *merged, *_note_dropped(rows, spans, names, roles))
    _refuse_explosion(source, rows, spans, grid)
    series = fill_rows(rows, spans)
    static, categories = read_static(
        source, roles.static, _all_codes(codes, source.rows), len(names), static_categories
    )
    return Panel(
        grid=grid,
        series=tuple(names[code] for code in spans.codes.tolist()),
        target_names=roles.targets,
        past_names=roles.past,
        future_names=roles.future,
        static_names=roles.static,
        static=static[spans.codes],
        static_categories=categories,
        notes=(*notes, *_note_filled(series, roles)),
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
        line = source.line(int((codes < 0).argmax()))
        raise DataError(
            f"{source.path}:{line}: column '{roles.series}' is empty, expected the name of a "
            "series",
            hint="fill it in, or name another column: --series COLUMN",
        )
    return codes, names


def _place(
    source: Source,
    roles: PanelRoles,
    codes: npt.NDArray[np.int32] | None,
    frequency: str,
    grid: Grid | None,
) -> tuple[Grid, npt.NDArray[Any], tuple[str, ...]]:
    """Return the grid, the time of each row, and notes on both."""
    if roles.time is None:
        return Grid("step", 0, 1, "rows"), count_rows(codes, source.rows), ()
    times, notes = read_times(source, roles.time)
    if grid is None:
        grid, more = infer_grid(times, codes, frequency)
        grid = replace(grid, utc=source.is_in_utc(roles.time))
        notes = (*notes, *more)
    else:
        _refuse_other_grid(source, roles.time, times, codes, grid)
        if grid.utc and not source.is_in_utc(roles.time):
            notes = (*notes, f"times of '{roles.time}' carry no offset, those of the run do: "
                     "taken as UTC")  # fmt: skip
    if grid.snap != "floor":
        strays = int(len(times) - grid.on_step(times).sum())
        if strays:
            name = grid.frequency if grid.is_calendar else f"every {grid.interval}"
            notes = (*notes, f"{strays} times beside the steps ({name}) moved to the step before")
    return grid, times, notes


def _refuse_other_grid(
    source: Source,
    name: str,
    times: npt.NDArray[Any],
    codes: npt.NDArray[np.int32] | None,
    grid: Grid,
) -> None:
    """Refuse times that do not stand on the grid of the fitted run."""
    what = f"'{grid.frequency}'" if grid.is_calendar else f"steps of {grid.interval}"
    hint = "give data of the frequency that the run was fitted on, or fit again"
    if (times.dtype.kind == "M") != grid.is_calendar:
        found, wanted = ("dates", "integers") if times.dtype.kind == "M" else ("integers", "dates")
        raise DataError(
            f"{source.path}: column '{name}' holds {found}; the run was fitted on {wanted}", hint
        )
    on_step = grid.on_step(times)
    if grid.snap != "floor" and on_step.mean() < ENOUGH:
        row = int((~on_step).argmax())
        raise DataError(
            f"{source.path}:{source.line(row)}: the time {times[row]} is not on the grid that "
            f"the run was fitted on ({what} from {grid.origin})",
            hint,
        )
    new = infer_grid(times, codes)[0]
    distance = grid.index(new.times(np.arange(3))) if len(times) > 2 else np.arange(3)
    if int(distance[2] - distance[0]) > 2 and new.snap == "exact":
        found = f"'{new.frequency}'" if grid.is_calendar else f"{new.interval} steps"
        raise DataError(f"{source.path}: the rows are {found} apart, the run has {what}", hint)


def _read_rows(
    source: Source,
    roles: PanelRoles,
    codes: npt.NDArray[np.int32] | None,
    steps: npt.NDArray[np.int64],
    allow_empty: bool,
) -> Rows:
    """Read the columns that change with time."""
    return Rows(
        codes=_all_codes(codes, source.rows),
        steps=steps,
        target=_columns(source, roles.targets, "--target", allow_empty),
        past=_columns(source, roles.past, "--past", allow_empty),
        future=_columns(source, roles.future, "--future", False),
    )


def _all_codes(codes: npt.NDArray[np.int32] | None, rows: int) -> npt.NDArray[np.int32]:
    return np.zeros(rows, dtype=np.int32) if codes is None else codes


def _columns(
    source: Source, names: tuple[str, ...], flag: str, may_be_absent: bool
) -> npt.NDArray[np.float64]:
    """Return columns side by side: (rows, columns), float64, NaN where missing."""
    values = np.full((source.rows, len(names)), np.nan)
    for column, name in enumerate(names):
        if may_be_absent and name not in source.names:
            continue
        source.require(name, flag)
        values[:, column] = source.numbers(name)
    return values


def _merge_repeats(
    source: Source,
    roles: PanelRoles,
    rows: Rows,
    times: npt.NDArray[Any],
    policy: str,
    grid: Grid,
) -> tuple[Rows, tuple[str, ...]]:
    """Sort rows and merge those at one step, with a note on how many there were."""
    by_time = as_integers(times) if policy in ("first", "last", "error") else None
    rows = sort_rows(rows, by_time)
    if policy == "error":
        _refuse_repeats(source, roles, rows, times)
        policy = "mean"
    rows, fewer = merge_rows(rows, policy)
    if fewer == 0:
        return rows, ()
    verb = {"mean": "averaged", "sum": "summed"}.get(policy, f"merged, the {policy} kept")
    if grid.snap == "floor":
        return rows, (f"{fewer + len(rows.codes)} rows {verb} into {len(rows.codes)} steps",)
    return rows, (f"{fewer} duplicated timestamp{'s' if fewer > 1 else ''} {verb}",)


def _refuse_repeats(source: Source, roles: PanelRoles, rows: Rows, times: npt.NDArray[Any]) -> None:
    numbers = np.arange(len(times)) if rows.numbers is None else rows.numbers
    exact = replace(rows, steps=as_integers(times)[numbers])
    first = first_of_step(exact)
    if len(first) == len(times):
        return
    row = int(np.setdiff1d(np.arange(len(times)), first)[0])
    here, before = rows.number(row), rows.number(row - 1)
    raise DataError(
        f"{source.path}:{source.line(here)}: column '{roles.time}': {times[here]} stands in line "
        f"{source.line(before)} already",
        hint="let duplicates be averaged: --set data.duplicates=mean",
    )


def _note_dropped(rows: Rows, spans: Spans, names: list[str], roles: PanelRoles) -> tuple[str, ...]:
    """Note series and rows that are left out for want of a target."""
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
            f"{source.path}:{source.line(row)}: the gap beside {_time(rows, row, grid)} is "
            f"{gap} steps wide; filling all gaps would make {filled} rows of {present}",
            hint="mend that time, or choose a coarser frequency: --freq",
        )
    ahead = count_ahead(rows, spans)
    if ahead > GROWTH * present and ahead > LARGE:
        raise DataError(
            f"{source.path}: rows without a target reach {ahead // len(spans.codes)} steps ahead; "
            f"that would make {ahead} rows of {present}",
            hint="remove rows whose time is too far ahead",
        )


def _time(rows: Rows, row: int, grid: Grid) -> str:
    """Write the step of row `row` of the file as the user knows it."""
    here = row if rows.numbers is None else int(np.flatnonzero(rows.numbers == row)[0])
    return str(grid.times(rows.steps[here : here + 1])[0]).removesuffix(".000000000")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
