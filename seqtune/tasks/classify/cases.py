"""The cases of a table: what each is made of, where it stands, and how its label is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks.classify.roles import Roles

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """The cases of a table, labelled or not.

    Args:
        texts: A text per case; empty for series.
        series: (steps, channels) float64 of each case, gaps filled; None for texts.
        rows: (cases,) int64, the row of the table at which each case begins.
        names: What each case is called; empty where it is called by its row.
        labels: The label of each case as it is written; empty where the table has none.
        groups: (cases,) int64 number of each case's group; None for none.
        notes: What was decided on the way.
    """

    texts: Sequence[str]
    series: Ragged | None
    rows: npt.NDArray[np.int64]
    names: Sequence[str] = ()
    labels: Sequence[str] = ()
    groups: npt.NDArray[np.int64] | None = None
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: npt.NDArray[np.int64]) -> Cases:
        """Return some of the cases."""
        return Cases(
            texts=[self.texts[i] for i in chosen] if self.texts else (),
            series=None if self.series is None else Ragged.from_list(
                self.series.select(chosen), self.series.values.shape[1]
            ),
            rows=self.rows[chosen],
            names=[self.names[i] for i in chosen] if self.names else (),
            labels=[self.labels[i] for i in chosen] if self.labels else (),
            groups=None if self.groups is None else self.groups[chosen],
            notes=self.notes,
        )  # fmt: skip


def read_cases(source: Source, roles: Roles, *, with_labels: bool) -> Cases:
    """Read the cases of a table.

    Args:
        source: The table.
        roles: Which column is what.
        with_labels: Whether labels, and groups, are read.

    Raises:
        DataError: A column is missing or cannot be read, or a case has two labels.
    """
    if roles.kind == "text":
        return _texts(source, roles, with_labels)
    return _wide(source, roles, with_labels) if roles.series is None else _long(
        source, roles, with_labels
    )  # fmt: skip


def _texts(source: Source, roles: Roles, with_labels: bool) -> Cases:
    texts = source.texts(roles.text)
    empty = sum(not text.strip() for text in texts)
    if empty == len(texts):
        raise DataError(
            f"{source.path}: column {roles.text!r} has no values; expected texts",
            "name another column: --text COLUMN",
        )
    notes = (f"{empty} texts are empty",) if empty else ()
    return Cases(
        texts=texts,
        series=None,
        rows=np.arange(source.rows, dtype=np.int64),
        labels=_label_cells(source, roles.label) if with_labels else (),
        groups=_groups(source, roles.group) if with_labels else None,
        notes=notes,
    )


def _wide(source: Source, roles: Roles, with_labels: bool) -> Cases:
    """Read a row per case, a column per step; blanks at the end of a row make it shorter."""
    values = _numbers(source, roles)
    known = np.isfinite(values)
    ends = known.shape[1] - np.argmax(known[:, ::-1], axis=1)
    ends[~known.any(axis=1)] = 0
    notes = _gap_notes(sum(int((~known[i, :end]).sum()) for i, end in enumerate(ends.tolist())))
    if blank := int((ends == 0).sum()):
        notes += (f"{blank} cases have no value at all",)
    cases = [_filled(values[i, : max(1, end), None]) for i, end in enumerate(ends.tolist())]
    return Cases(
        texts=(),
        series=Ragged.from_list(cases, 1),
        rows=np.arange(source.rows, dtype=np.int64),
        labels=_label_cells(source, roles.label) if with_labels else (),
        groups=_groups(source, roles.group) if with_labels else None,
        notes=notes,
    )


def _long(source: Source, roles: Roles, with_labels: bool) -> Cases:
    """Read a row per step: the rows of each case in the order of its steps."""
    assert roles.series is not None
    codes, names = source.codes(roles.series)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise DataError(
            f"{source.where(row)}: column {roles.series!r} is empty, expected the case",
            "fill it in, or leave the row out",
        )
    steps = _steps(source, roles.time)
    order = np.lexsort((steps, codes))
    values = _numbers(source, roles)
    notes: tuple[str, ...] = ()
    if unplaced := int((steps != steps).sum()):  # neither NaN nor NaT is itself
        notes += (f"{unplaced} rows have no step: they are placed at the end of their case",)
    values = values[order]
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    notes += _gap_notes(int((~np.isfinite(values)).sum()))
    cases = [_filled(values[a:b]) for a, b in pairwise(bounds.tolist())]
    first = np.full(len(names), source.rows, dtype=np.int64)
    np.minimum.at(first, codes, np.arange(source.rows))
    labels: Sequence[str] = ()
    if with_labels:
        labels = _case_labels(source, roles, codes, first, names)
    groups = _case_groups(source, roles.group, codes, names) if with_labels else None
    return Cases((), Ragged.from_list(cases, len(roles.channels)), first, names, labels, groups,
                 notes)  # fmt: skip


def _case_labels(
    source: Source, roles: Roles, codes: Any, first: Any, names: Sequence[str]
) -> list[str]:
    """Return the label of each case; it may stand in some of its rows, but only one."""
    cells = _label_cells(source, roles.label)
    found: dict[int, tuple[str, int]] = {}
    for row, (case, cell) in enumerate(zip(codes.tolist(), cells, strict=True)):
        if not cell:
            continue
        if case in found and found[case][0] != cell:
            earlier, before = found[case]
            raise DataError(
                f"{source.where(row)}: case {names[case]!r} has the label {cell!r}, and "
                f"{earlier!r} in {source.where(before)}; expected one label per case",
                "correct the label, or name another column: --label COLUMN or --series COLUMN",
            )
        found.setdefault(case, (cell, row))
    return [found.get(case, ("", -1))[0] for case in range(len(names))]


def _steps(source: Source, time: str | None) -> npt.NDArray[Any]:
    if time is None:
        return np.arange(source.rows)
    return source.times(time) if source.kind(time) == "time" else source.exact_numbers(time)


def _label_cells(source: Source, label: str) -> list[str]:
    codes, names = source.codes(label)
    return ["" if code < 0 else names[code] for code in codes.tolist()]


def _groups(source: Source, group: str | None) -> npt.NDArray[np.int64] | None:
    """Return the group of each row; rows without one are each a group of their own."""
    return None if group is None else _apart(source.codes(group)[0].astype(np.int64))


def _apart(groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return groups of which each that is missing (-1) is one of its own."""
    absent = groups < 0
    own = groups.max(initial=0) + 1 + np.cumsum(absent)
    return np.where(absent, own, groups)


def _case_groups(
    source: Source, group: str | None, codes: Any, names: Sequence[str]
) -> npt.NDArray[np.int64] | None:
    """Return the group of each case; it may stand in some of its rows, but only one."""
    if group is None:
        return None
    of_row, groups = source.codes(group)
    found = np.full(len(names), -1, dtype=np.int64)
    known = np.flatnonzero(of_row >= 0)
    found[codes[known[::-1]]] = of_row[known[::-1]]  # the first stays
    other = known[found[codes[known]] != of_row[known]]
    if len(other):
        row, case = int(other[0]), int(codes[other[0]])
        raise DataError(
            f"{source.where(row)}: case {names[case]!r} has the group {groups[of_row[row]]!r}, "
            f"and {groups[found[case]]!r} before; expected one group per case",
            "correct the group, or name another column: --set data.group=COLUMN",
        )
    return _apart(found)


def _numbers(source: Source, roles: Roles) -> Floats:
    """Return (rows, channels) values."""
    values = np.column_stack([source.numbers(name) for name in roles.channels])
    if np.isnan(values).all():
        shown = ", ".join(roles.channels[:5]) + (" …" if len(roles.channels) > 5 else "")
        raise DataError(
            f"{source.path}: no value in {shown}, expected numbers",
            "name other columns: --past COLUMN",
        )
    return values


def _gap_notes(gaps: int) -> tuple[str, ...]:
    return (f"{gaps} missing values were interpolated within their case",) if gaps else ()


def _filled(values: Floats) -> Floats:
    """Fill the gaps of a case by straight lines, its ends by the nearest value.

    A channel that is missing throughout stays NaN; it is its training mean later.

    Args:
        values: (steps, channels), NaN where missing.
    """
    known = np.isfinite(values)
    if known.all():
        return values
    filled = values.copy()
    steps = np.arange(len(values))
    for channel in range(values.shape[1]):
        seen = known[:, channel]
        if seen.any() and not seen.all():
            filled[:, channel] = np.interp(steps, steps[seen], values[seen, channel])
    return filled
