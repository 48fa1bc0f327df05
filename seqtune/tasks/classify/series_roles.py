"""Which columns of a table of series are case, step, label and channels."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.data.reading.joined_time import join_time
from seqtune.data.reading.naming_columns import name_the_same
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks.classify.label_column import LABEL_NAMES, guess_label, shown
from seqtune.tasks.classify.roles import Roles

CASE_NAMES = (
    *("case", "case_id", "id", "series", "series_id", "unique_id", "sample", "instance"),
    *("recording", "trial", "session", "sequence"),
)
STEP_NAMES = ("step", "time", "timestamp", "t", "datetime", "date", "frame", "index", "ds")
NUMERIC = ("number", "integer", "boolean", "empty")


def series_roles(source: Source, data: Any, given: Sequence[str], listener: Listener) -> Roles:
    """Return the roles of a table of series.

    Args:
        source: The table.
        data: The recipe's `data` section.
        given: Columns whose role is settled.
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: No column is left for the channels, or two could be the case or the label.
    """
    named = () if data.channels in (None, "auto") else data.channels
    taken = {*given, *named}
    free = [name for name in source.names if name not in taken]
    series = _case(source, data.series, free, listener)
    free = [name for name in free if name != series and not _names_cases(source, name, series)]
    time = _step(source, data.time, series, free, listener)
    free = [name for name in free if name != time]
    label = _series_label(source, data.label, series, free, listener)
    free = [name for name in free if name != label]
    if data.channels != "auto":
        channels = tuple(data.channels)
    else:
        free = _without_numbering(source, series, free, listener)
        channels = tuple(name for name in free if source.kind(name) in NUMERIC)
        ignored = [name for name in free if name not in channels]
        if ignored:
            listener(Note(f"not used, because not numeric: {shown(ignored)}"))
    if not channels:
        raise DataError(
            f"{source.path}: no numeric column is left for the series",
            "name them: --past COLUMN (repeatable)",
        )
    what = "channels" if series else "steps"
    if data.channels == "auto":
        listed = ", ".join(channels) if len(channels) <= 4 else f"{channels[0]} … {channels[-1]}"
        listener(
            Assumption(
                what, f"{len(channels)}: {listed}", "numeric columns left over", "--past COLUMN"
            )
        )
    return Roles("series", label, "", series, time, channels, data.group)


def _without_numbering(
    source: Source, series: str | None, free: Sequence[str], listener: Listener
) -> list[str]:
    """Leave out what numbers the rows of a table with a row per case: it is no step of a case."""
    if series is not None:
        return list(free)
    numbering = [
        name
        for name in free
        if source.kind(name) == "integer"
        and (
            _rises_by_one(source, name)
            or (name.lower() in CASE_NAMES and len(source.codes(name)[1]) == source.rows)
        )
    ]
    if numbering:
        listener(Note(f"not used, because it numbers the cases: {', '.join(numbering)}"))
    return [name for name in free if name not in numbering]


def _rises_by_one(source: Source, name: str) -> bool:
    """Say whether a column counts the rows, as an index that was written to the file does."""
    values = source.parse_numbers(name).values
    return len(values) > 2 and bool((np.diff(values) == 1).all())


def _case(source: Source, asked: str | None, free: Sequence[str], listener: Listener) -> str | None:
    if asked != "auto":
        return asked
    named = [name for name in free if name.lower() in CASE_NAMES]
    repeating = [name for name in named if 2 * len(source.codes(name)[1]) <= source.rows]
    if len(repeating) > 1 and not name_the_same(source, repeating):
        raise DataError(
            f"{len(repeating)} columns could be the series: {', '.join(repeating)}",
            f"choose one: --series {shlex.quote(repeating[0])}",
        )
    if not repeating:
        return None
    count = len(source.codes(repeating[0])[1])
    why = f"by its name; {count} cases with a row per step"
    if len(repeating) > 1:
        why += f", as in {shown(repeating[1:])}, which name the same"
    listener(Assumption("case", repeating[0], why, "--series COLUMN"))
    return repeating[0]


def _names_cases(source: Source, name: str, series: str | None) -> bool:
    """Say whether a column is another name of the cases, which would tell them apart by itself."""
    is_named = series is not None and name.lower() in CASE_NAMES
    return is_named and name_the_same(source, [str(series), name])


def _step(
    source: Source, asked: Any, series: str | None, free: Sequence[str], listener: Listener
) -> str | None:
    if series is None:
        if asked not in (None, "auto"):
            raise DataError(
                f"{source.path}: column {asked!r} was given as time, and no column tells cases "
                "apart: with a row per case, the columns are the steps",
                "name the column of cases with --series, or leave --time out",
            )
        return None
    if isinstance(asked, (list, tuple)):
        return join_time(source, asked)
    if asked != "auto":
        return None if asked is None else str(asked)
    named = [
        name
        for name in free
        if name.lower() in STEP_NAMES and source.kind(name) in ("time", "integer", "number")
    ]
    if not named:
        listener(Assumption("time", "row order", "no column counts the steps", "--time COLUMN"))
        return None
    listener(Assumption("time", named[0], "by its name", "--time COLUMN"))
    return named[0]


def _series_label(
    source: Source, asked: str, series: str | None, free: Sequence[str], listener: Listener
) -> str:
    """Return the label column; with a row per step, one that is constant within each case."""
    if asked != "auto":
        return asked
    if series is None:
        return guess_label(source, asked, free, (), listener)
    cases, names = source.codes(series)
    constant = []
    for name in free:
        codes, labels = source.codes(name)
        known = codes >= 0  # the label may stand in some rows of a case alone
        pairs = np.unique(cases[known].astype(np.int64) * max(1, len(labels)) + codes[known])
        labelled = np.unique(cases[known])
        if len(pairs) == len(labelled) and 1 < len(labels) < len(names):
            constant.append(name)
    by_name = [name for name in free if name.lower() in LABEL_NAMES]
    return guess_label(source, asked, constant or by_name or free, (), listener)
