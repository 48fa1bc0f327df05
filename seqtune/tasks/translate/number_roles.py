"""Which columns of a table are features, or cases, steps and channels of series."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.data.reading.joined_time import join_time
from seqtune.data.reading.recordings import are_paths
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks.translate.column_pairs import TARGET_NAMES, pair_by_name, partner_by_name
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.symbols import kind_of_texts

CASE_NAMES = (
    *("case", "case_id", "id", "series", "series_id", "unique_id", "sample", "instance"),
    *("recording", "trial", "session", "sequence", "utterance"),
)
STEP_NAMES = ("step", "time", "timestamp", "t", "datetime", "date", "frame", "index", "ds")
ROW_NAMES = ("id", "index", "row", "no", "nr", "number", "unnamed: 0", "column_0")
NUMERIC = ("number", "integer")
USABLE = (*NUMERIC, "text", "boolean")

LONG_WORDS = 4
"""Words that an answer, or a source text, has on average at least beside features."""

FEW_SHARE = 0.2
"""Up to such a share of different values a column of words is a category."""


def series_roles(
    source: Source, data: Any, given: Sequence[str], listener: Listener
) -> Roles | None:
    """Return the roles of a table of series, in rows or in files; None where it is none.

    Args:
        source: The table.
        data: The recipe's `data` section.
        given: Columns whose role is settled.
        listener: Hears of every guess.

    Raises:
        DataError: It is to be one, and case, channels or answers are not found.
    """
    free = [name for name in source.names if name not in given]
    files = _paths(source, data.source, free)
    if files is not None:
        if data.source == "auto":
            listener(Assumption("source", files, "paths of files", "--source COLUMN"))
        rest = [name for name in free if name != files]
        target = _target(source, data.target, rest, listener)
        kind = kind_of_texts(source, target, data.target_kind, "data.target_kind", listener)
        return Roles("series", kind, target, files)
    case = _case(source, data.series, free) if data.source == "auto" else None
    if case is None:
        if data.kind == "series":
            raise DataError(
                f"{source.path}: no column names files or tells cases apart; found "
                f"{listed(source.names)}",
                "name the column of paths with --source, or that of the cases with --series",
            )
        return None
    free = [name for name in free if name != case]
    is_asked = data.kind == "series" or data.series == case
    if not is_asked and not _is_long(source, data.target, case, free):
        return None
    if data.series == "auto":
        count = len(source.codes(case)[1])
        why = f"by its name; {count} cases with a row per step"
        listener(Assumption("case", case, why, "--series COLUMN"))
    target = _target(source, data.target, free, listener)
    free = [name for name in free if name != target]
    time = _step(source, data.time, free, listener)
    free = [name for name in free if name != time]
    channels = _channels(source, data.channels, free, NUMERIC, "channels", listener)
    kind = kind_of_texts(source, target, data.target_kind, "data.target_kind", listener)
    return Roles("series", kind, target, "", case, time, channels)


def are_features(source: Source, data: Any, given: Sequence[str]) -> bool:
    """Say whether a table has answers beside columns of numbers and categories."""
    if data.channels != "auto":
        return True
    free = [name for name in source.names if name not in given]
    if data.source != "auto":
        return False
    if data.target == "auto":
        if pair_by_name(free):
            return False
        target = _guess(source, free)
    else:
        if partner_by_name(data.target, free, is_source=False):
            return False
        target = data.target
    rest = [name for name in free if name != target and source.kind(name) in USABLE]
    rest = [name for name in rest if name.strip().lower() not in ROW_NAMES]
    if target is None or not rest or any(_is_long_text(source, name) for name in rest):
        return False
    words = [name for name in rest if source.kind(name) == "text"]
    if not _is_long_text(source, target):
        return False
    return len(words) != 1 or len(rest) > 1 or _is_category(source, words[0])


def feature_roles(source: Source, data: Any, given: Sequence[str], listener: Listener) -> Roles:
    """Return the roles of a table with a row of features and an answer for each case.

    Args:
        source: The table.
        data: The recipe's `data` section.
        given: Columns whose role is settled.
        listener: Hears of every guess.

    Raises:
        DataError: No column is left for the features, or several could be the answer.
    """
    free = [name for name in source.names if name not in given]
    target = _target(source, data.target, free, listener)
    free = [name for name in free if name != target]
    channels = _channels(source, data.channels, free, USABLE, "features", listener)
    kind = kind_of_texts(source, target, data.target_kind, "data.target_kind", listener)
    return Roles("features", kind, target, channels=channels)


def _paths(source: Source, asked: str, free: Sequence[str]) -> str | None:
    names = free if asked == "auto" else [asked]
    step = 1 + source.rows // 200  # whatever its kind: `7.npy` may pass for a number with a unit
    found = [
        name
        for name in names
        if are_paths([source.text(name, row) for row in range(0, source.rows, step)])
    ]
    if len(found) > 1:
        raise DataError(
            f"{source.path}: {len(found)} columns name files: {listed(found)}",
            f"choose one: --source {shlex.quote(found[0])}",
        )
    return found[0] if found else None


def _case(source: Source, asked: str | None, free: Sequence[str]) -> str | None:
    if asked != "auto":
        return asked
    named = [name for name in free if name.strip().lower() in CASE_NAMES]
    repeating = [name for name in named if 2 * len(source.codes(name)[1]) <= source.rows]
    return repeating[0] if len(repeating) == 1 else None


def _is_long(source: Source, asked: str, case: str, free: Sequence[str]) -> bool:
    """Say whether the rows of each case are steps: numbers, and one answer."""
    target = asked if asked != "auto" else _guess(source, free)
    if target is None or not any(source.kind(n) in NUMERIC for n in free if n != target):
        return False
    cases, _ = source.codes(case)
    codes, names = source.codes(target)
    known = (codes >= 0) & (cases >= 0)
    pairs = np.unique(cases[known].astype(np.int64) * max(1, len(names)) + codes[known])
    return len(pairs) == len(np.unique(cases[known]))


def _step(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> str | None:
    if isinstance(asked, (list, tuple)):
        return join_time(source, asked)
    if asked != "auto":
        return None if asked is None else str(asked)
    named = [
        name
        for name in free
        if name.strip().lower() in STEP_NAMES and source.kind(name) in ("time", "integer", "number")
    ]
    if not named:
        listener(Assumption("time", "row order", "no column counts the steps", "--time COLUMN"))
        return None
    listener(Assumption("time", named[0], "by its name", "--time COLUMN"))
    return named[0]


def _target(source: Source, asked: str, free: Sequence[str], listener: Listener) -> str:
    if asked != "auto":
        return asked
    texts = [name for name in free if source.kind(name) in ("text", "integer", "number")]
    found = _guess(source, free) or (texts[0] if len(texts) == 1 else None)
    if found is None:
        raise DataError(
            f"{source.path}: no column is sure to hold the answers; found {listed(source.names)}",
            "name it: --target COLUMN",
        )
    by_name = found.strip().lower() in TARGET_NAMES
    why = "by its name" if by_name else "the only column of sentences"
    listener(Assumption("target", found, why, "--target COLUMN"))
    return found


def _guess(source: Source, free: Sequence[str]) -> str | None:
    """Return the column that is called as answers are, or the only one of sentences, or texts."""
    named = {name.strip().lower(): name for name in reversed(free)}
    texts = [name for name in free if source.kind(name) == "text"]
    for name in TARGET_NAMES:
        if named.get(name) is not None:
            return named[name]
    long = [name for name in texts if _is_long_text(source, name)]
    if len(long) == 1:
        return long[0]
    return texts[0] if len(texts) == 1 else None


def _channels(
    source: Source,
    asked: Any,
    free: Sequence[str],
    kinds: Sequence[str],
    what: str,
    listener: Listener,
) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(asked)
    usable = [name for name in free if source.kind(name) in kinds]
    channels = tuple(name for name in usable if name.strip().lower() not in ROW_NAMES) or (*usable,)
    if not channels:
        raise DataError(
            f"{source.path}: no column is left for the {what}", "name them: --past COLUMN"
        )
    shown = ", ".join(channels) if len(channels) <= 6 else f"{channels[0]} … {channels[-1]}"
    listener(Assumption(what, f"{len(channels)}: {shown}", "columns left over", "--past COLUMN"))
    unused = [name for name in free if name not in channels]
    if unused:
        listener(Note(f"not used: {listed(unused)}"))
    return channels


def _is_long_text(source: Source, name: str) -> bool:
    if source.kind(name) != "text":
        return False
    sample = [source.text(name, row) for row in range(0, source.rows, 1 + source.rows // 500)]
    words = sum(len(text.split()) for text in sample)
    return words >= LONG_WORDS * len(sample) and not are_paths(sample)


def _is_category(source: Source, name: str) -> bool:
    return len(source.codes(name)[1]) <= FEW_SHARE * source.rows
