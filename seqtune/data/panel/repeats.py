"""Several rows of a series at one step: refused, or merged to one."""

from __future__ import annotations

import shlex
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

POLICIES = ("auto", "mean", "first", "last", "sum", "error")
"""What can be done with several rows of one series at one step; "auto" averages a few."""

MIN_TIMES = 4
REGULAR = 0.9
"""Where this share of at least four times comes equally often, these are no repetitions."""


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
        DataError: The policy is "error", and a series has a time twice; or it is "auto", and each
            time comes equally often, so that another column tells the rows apart.
    """
    by_time = as_integers(times) if policy in ("first", "last", "error") else None
    rows = sort_rows(rows, by_time)
    if policy == "error":
        _refuse_repeats(source, roles, rows, times)
    if policy == "auto" and grid.snap != "floor":
        _refuse_regular(source, roles, rows)
    if policy in ("auto", "error"):
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


def _refuse_regular(source: Source, roles: PanelRoles, rows: Rows) -> None:
    """Refuse times that all come equally often: that is no repetition, but a part of the time."""
    counts = np.diff(np.append(_first_of_step(rows), len(rows.codes)))
    if len(counts) < MIN_TIMES or counts.max(initial=1) < 2:
        return
    sizes, often = np.unique(counts, return_counts=True)
    usual = int(sizes[often.argmax()])
    if usual < 2 or often.max() < REGULAR * len(counts):
        return
    known = (roles.time, roles.series, *roles.targets)
    apart = [
        name for name in source.names if name not in known and _tells_apart(source, roles, name)
    ]
    time = f"column '{roles.time}'" if roles.time else "the time"
    others = f"; {', '.join(map(repr, apart[:4]))} tells them apart" if apart else ""
    if apart:
        quoted = shlex.quote(apart[0])
        mend = f"--series {quoted}, or as a part of the time: --set " + shlex.quote(
            f"data.time=[{roles.time}, {apart[0]}]"
        )
    else:
        mend = "name what tells them apart: --series COLUMN, or --set data.time=[DATE, CLOCK]"
    raise DataError(
        f"{source.path}: in {time} each time comes {usual} times{others}",
        f"{mend}; --set data.duplicates=mean averages them",
    )


def _tells_apart(source: Source, roles: PanelRoles, name: str) -> bool:
    """Say whether no time comes twice with one value of a column."""
    if source.kind(name) in ("number", "empty"):
        return False
    pairs = source.codes(name)[0].astype(np.int64)
    for other in filter(None, (roles.time, roles.series)):
        codes, labels = source.codes(other)
        pairs = pairs * (len(labels) + 1) + codes + 1
    return len(np.unique(pairs)) >= REGULAR * len(pairs)


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
