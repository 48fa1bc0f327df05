"""Which columns of a table of steps are label, series, time and channels."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.data.reading.joined_time import join_time
from seqtune.data.reading.naming_columns import name_the_same
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks.tag.column_words import SERIES, STATES, TIMES, is_called
from seqtune.tasks.tag.roles import Roles

NUMERIC = ("number", "integer", "boolean", "empty")

MAX_STATES = 200
"""A column of text with more different values is no label of steps."""


def step_roles(
    source: Source, data: Any, label: str, given: Sequence[str], listener: Listener
) -> Roles:
    """Return the roles of a table with a row for each step.

    Args:
        source: The table.
        data: The recipe's `data` section.
        label: The column of labels, "auto" where nobody says.
        given: Columns whose role is settled.
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: No numeric column is left for the channels, or two could be series or label.
    """
    free = [name for name in source.names if name not in given]
    time = _time(source, data.time, free, listener)
    free = [name for name in free if name != time]
    series = _series(source, data.series, free, listener)
    free = [name for name in free if name != series and not _is_alias(source, name, series)]
    label = _label(source, label, free, listener)
    free = [name for name in free if name != label]
    if data.channels != "auto":
        return Roles("steps", label, "", series, time, tuple(data.channels), data.group)
    counted = [name for name in free if _counts_rows(source, name)]
    if counted:
        listener(Note(f"not used, because it numbers the rows: {listed(counted)}"))
    free = [name for name in free if name not in counted]
    channels = tuple(name for name in free if source.kind(name) in NUMERIC[:3])
    ignored = [name for name in free if name not in channels]
    if ignored:
        listener(Note(f"not used, because not numeric: {listed(ignored)}"))
    if not channels:
        raise DataError(
            f"{source.path}: no numeric column is left for the steps",
            "name them: --past COLUMN (repeatable)",
        )
    shown = ", ".join(channels) if len(channels) <= 4 else f"{channels[0]} … {channels[-1]}"
    listener(
        Assumption(
            "channels", f"{len(channels)}: {shown}", "numeric columns left over", "--past COLUMN"
        )
    )
    return Roles("steps", label, "", series, time, channels, data.group)


def _time(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> str | None:
    if isinstance(asked, (list, tuple)):
        return join_time(source, asked)
    if asked != "auto":
        return None if asked is None else str(asked)
    ordered = [name for name in free if source.kind(name) in ("time", "integer", "number")]
    named = [name for name in ordered if is_called(name, TIMES)]
    found = named or [name for name in ordered if source.kind(name) == "time"]
    if not found:
        listener(Assumption("time", "row order", "no column orders the steps", "--time COLUMN"))
        return None
    found.sort(key=lambda name: source.kind(name) != "time")
    why = "by its name" if named else "the column of times"
    listener(Assumption("time", found[0], why, "--time COLUMN"))
    return found[0]


def _series(
    source: Source, asked: str | None, free: Sequence[str], listener: Listener
) -> str | None:
    if asked != "auto":
        return asked
    named = [name for name in free if is_called(name, SERIES)]
    repeated = [name for name in named if 2 * len(source.codes(name)[1]) <= source.rows]
    why = "by its name"
    if not repeated:
        texts = [name for name in free if source.kind(name) == "text"]
        repeated = [n for n in texts if _comes_in_blocks(source, n) and not is_called(n, STATES)]
        why = "its values stand in blocks, one for each"
    if len(repeated) > 1 and not name_the_same(source, repeated):
        raise DataError(
            f"{len(repeated)} columns could be the series: {listed(repeated)}",
            f"choose one: --series {shlex.quote(repeated[0])}",
        )
    if not repeated:
        listener(Assumption("series", "one", "no column tells series apart", "--series COLUMN"))
        return None
    count = len(source.codes(repeated[0])[1])
    listener(Assumption("series", repeated[0], f"{why}; {count:,} series", "--series COLUMN"))
    return repeated[0]


def _comes_in_blocks(source: Source, name: str) -> bool:
    codes, names = source.codes(name)
    runs = 1 + int((np.diff(codes) != 0).sum())
    return 1 < len(names) == runs and 8 * runs <= source.rows and bool((codes >= 0).all())


def _is_alias(source: Source, name: str, series: str | None) -> bool:
    """Say whether a column is another name of the series."""
    if series is None or not is_called(name, SERIES):
        return False
    return name_the_same(source, [series, name])


def _label(source: Source, asked: str, free: Sequence[str], listener: Listener) -> str:
    if asked != "auto":
        return asked
    named = [name for name in free if is_called(name, STATES)]
    few = [name for name in free if _is_state(source, name, ("text", "boolean"))]
    few = few or [name for name in free if _is_state(source, name, ("integer",))]
    candidates = [name for name in named if name in few] or few
    candidates = candidates or [name for name in named if source.kind(name) != "number"]
    if not candidates:
        columns = listed(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no column looks like labels of steps; found {columns}",
            "name it: --label COLUMN",
        )
    if len(candidates) > 1:
        raise DataError(
            f"{len(candidates)} columns could be the label: {listed(candidates)}",
            f"choose one: --label {shlex.quote(candidates[0])}",
        )
    why = "by its name" if candidates[0] in named else "the one with few different values"
    count = len(source.codes(candidates[0])[1])
    listener(
        Assumption("label", candidates[0], f"{why}; {count:,} different values", "--label COLUMN")
    )
    return candidates[0]


def _is_state(source: Source, name: str, kinds: tuple[str, ...]) -> bool:
    if source.kind(name) not in kinds:
        return False
    codes, names = source.codes(name)
    return 1 < len(names) <= min(MAX_STATES, max(2, len(codes) // 4))


def _counts_rows(source: Source, name: str) -> bool:
    """Say whether a column counts the rows, as an index that was written to the file does."""
    if source.kind(name) != "integer":
        return False
    values = source.parse_numbers(name).values
    return len(values) > 2 and bool((np.diff(values) == 1).all())
