"""Several rows of a series at one step: refused, or merged to one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.grid import Grid, as_integers
from seqtune.data.panel.panel import PanelRoles
from seqtune.data.panel.rows import Floats, Ints, Rows, sort_rows
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

Mask = npt.NDArray[np.bool_]

POLICIES = ("mean", "first", "last", "sum", "error")
"""What can be done with several rows of one series at one step."""


def merge_repeats(
    source: Source,
    roles: PanelRoles,
    rows: Rows,
    times: npt.NDArray[Any],
    policy: str,
    grid: Grid,
    words: frozenset[str] = frozenset(),
) -> tuple[Rows, tuple[str, ...]]:
    """Sort rows and merge those at one step.

    Args:
        source: The table, for messages.
        roles: Which column plays which part.
        rows: Its rows, in any order.
        times: (rows,), the time of each.
        policy: One of `POLICIES`.
        grid: Their grid.
        words: Columns that hold codes of words: of several, the last one stays.

    Returns:
        The rows, and a note on how many there were.

    Raises:
        DataError: The policy is "error", and a series has a time twice.
    """
    by_time = as_integers(times) if policy in ("first", "last", "error") else None
    rows = sort_rows(rows, by_time)
    if policy == "error":
        _refuse_repeats(source, roles, rows, times)
        policy = "mean"
    codes = [[name in words for name in names] for names in (roles.past, roles.future)]
    rows, fewer = merge_rows(rows, policy, *(np.array(each, np.bool_) for each in codes))
    if fewer == 0:
        return rows, ()
    verb = {"mean": "averaged", "sum": "summed"}.get(policy, f"merged, the {policy} kept")
    if grid.snap == "floor":
        return rows, (f"{fewer + len(rows.codes)} rows {verb} into {len(rows.codes)} steps",)
    return rows, (f"{fewer} duplicated timestamp{'s' if fewer > 1 else ''} {verb}",)


def _refuse_repeats(source: Source, roles: PanelRoles, rows: Rows, times: npt.NDArray[Any]) -> None:
    numbers = np.arange(len(times)) if rows.numbers is None else rows.numbers
    exact = replace(rows, steps=as_integers(times)[numbers])
    first = _first_of_step(exact)
    if len(first) == len(times):
        return
    row = int(np.setdiff1d(np.arange(len(times)), first)[0])
    here, before = rows.number(row), rows.number(row - 1)
    raise DataError(
        f"{source.where(here)}: column '{roles.time}': {times[here]} is repeated; it is "
        f"already at {source.where(before)}",
        hint="average them: --set data.duplicates=mean",
    )


def merge_rows(
    rows: Rows, policy: str, past_codes: Mask | None = None, future_codes: Mask | None = None
) -> tuple[Rows, int]:
    """Make one row of all rows of a series at one step; missing values do not count.

    Args:
        rows: Sorted rows.
        policy: "mean", "first", "last" or "sum" of the values that are there.
        past_codes: (past,), which columns hold codes, which have no mean and no sum: the last of
            several stays; none if None.
        future_codes: (future,), likewise.

    Returns:
        The rows, and how many fewer they are.
    """
    first = _first_of_step(rows)
    if len(first) == len(rows.codes):
        return rows, 0
    merged = replace(
        rows.take(first),
        target=_merge(rows.target, first, policy),
        past=_merge(rows.past, first, policy, past_codes),
        future=_merge(rows.future, first, policy, future_codes),
    )
    return merged, len(rows.codes) - len(first)


def _first_of_step(rows: Rows) -> Ints:
    """Return the first row of every series and step in sorted rows: (steps,), int64."""
    is_new = np.ones(len(rows.codes), dtype=bool)
    is_new[1:] = (rows.codes[1:] != rows.codes[:-1]) | (rows.steps[1:] != rows.steps[:-1])
    return np.flatnonzero(is_new)


def _merge(values: Floats, first: Ints, policy: str, codes: Mask | None = None) -> Floats:
    """Merge groups of rows that begin at `first`: (rows, columns) -> (steps, columns)."""
    if codes is not None and codes.any() and policy in ("mean", "sum"):
        last, merged = _merge(values, first, "last"), _merge(values, first, policy)
        return np.where(codes, last, merged)
    if values.shape[1] == 0:
        return values[first]
    present = ~np.isnan(values)
    counts = np.add.reduceat(present, first, axis=0, dtype=np.int64)
    if policy in ("first", "last"):
        numbers = np.arange(len(values))[:, None]
        if policy == "first":
            picked = np.minimum.reduceat(np.where(present, numbers, len(values)), first, axis=0)
        else:
            picked = np.maximum.reduceat(np.where(present, numbers, -1), first, axis=0)
        merged = np.take_along_axis(values, picked.clip(0, len(values) - 1), axis=0)
    else:
        merged = np.add.reduceat(np.where(present, values, 0.0), first, axis=0)
        if policy == "mean":
            merged /= np.maximum(counts, 1)
    merged[counts == 0] = np.nan
    return np.asarray(merged, dtype=np.float64)
