"""Which columns hold labels, texts or series: what the recipe says, or a stated guess."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note

LABEL_NAMES = (
    *("label", "labels", "class", "target", "y", "category", "categories", "sentiment", "rating"),
    *("stars", "topic", "intent", "tags", "species", "speaker", "activity", "gesture"),
)
TEXT_NAMES = (
    *("text", "sentence", "review", "comment", "content", "body", "message", "question", "title"),
    *("tweet", "description", "utterance", "document"),
)
CASE_NAMES = (
    *("case", "case_id", "id", "series", "series_id", "unique_id", "sample", "instance"),
    *("recording", "trial", "session", "sequence"),
)
STEP_NAMES = ("step", "time", "timestamp", "t", "datetime", "date", "frame", "index", "ds")
NUMERIC = ("number", "integer", "boolean", "empty")

MAX_CLASSES_SHARE = 0.5
"""A column with more different values than this share of its rows is no label."""

LONG_TEXT = 12
"""Characters that a text has on average at least; shorter ones are names."""


@dataclass(frozen=True)
class Roles:
    """Which column is what.

    Args:
        kind: "text" or "series".
        label: The labels.
        text: The texts; empty for series.
        series: What tells cases apart, where each has a row per step; None with a row per case.
        time: What orders the steps of a case; None for the order of the rows.
        channels: Numeric columns: channels, or steps with a row per case.
        group: What no split tears apart; None for nothing.
    """

    kind: str
    label: str
    text: str = ""
    series: str | None = None
    time: str | None = None
    channels: tuple[str, ...] = ()
    group: str | None = None

    def to_dict(self) -> dict[str, list[str]]:
        """Return the columns of each role that is played."""
        named = {
            "text": self.text,
            "label": self.label,
            "case": self.series,
            "time": self.time,
            "group": self.group,
        }
        single = {role: [column] for role, column in named.items() if column}
        return single | ({"channels": list(self.channels)} if self.channels else {})

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that a prediction needs."""
        columns = (self.text, self.series, self.time, *self.channels)
        return tuple(column for column in columns if column)


def infer_roles(source: Source, data: Any, listener: Listener) -> Roles:
    """Return the role of each column.

    Args:
        source: The table.
        data: The recipe's `data` section.
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: Two columns suit a role equally well, none does, or a named one is missing.
    """
    for role in ("label", "text", "series", "time", "channels", "group"):
        for name in _named(getattr(data, role)):
            source.require(name, f"--{role}" if role != "channels" else "--past")
    given = [name for role in ("label", "text", "series", "time", "group")
             for name in _named(getattr(data, role))]  # fmt: skip
    _refuse_twice([*given, *_named(data.channels)])
    texts = _long_texts(source, [name for name in source.names if name not in given])
    kind = _kind(source, data, texts, given)
    if kind == "text":
        label = _label(source, data.label, [n for n in source.names if n not in (*given, *texts)],
                       texts, listener)  # fmt: skip
        text = _text(source, data.text, [name for name in texts if name != label], listener)
        return Roles("text", label, text, group=data.group)
    return _series_roles(source, data, given, listener)


def _kind(source: Source, data: Any, texts: Sequence[str], given: Sequence[str]) -> str:
    if data.kind != "auto":
        return str(data.kind)
    if data.text != "auto" or (texts and data.channels == "auto"):
        return "text"
    numbers = [n for n in source.names if n not in given and source.kind(n) in NUMERIC]
    if not numbers:
        columns = ", ".join(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: neither texts nor series to classify; found {columns}",
            "name the column of texts with --text, or the numeric columns with --past",
        )
    return "series"


def _label(
    source: Source, asked: str, free: Sequence[str], texts: Sequence[str], listener: Listener
) -> str:
    if asked != "auto":
        return asked
    by_name = [name for name in (*free, *texts) if name.lower() in LABEL_NAMES]
    if len(by_name) == 1:
        return _told(source, by_name[0], "by its name", listener)
    few = [name for name in free if _is_label_like(source, name)]
    candidates = [name for name in few if name in by_name] or by_name or few
    if len(candidates) == 1:
        return _told(source, candidates[0], "the one with few different values", listener)
    if not candidates:
        columns = ", ".join(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no column looks like labels; found {columns}",
            "name it: --label COLUMN",
        )
    raise DataError(
        f"{len(candidates)} columns could be the label: {_shown(candidates)}",
        f"choose one: --label {shlex.quote(candidates[0])}",
    )


def _told(source: Source, label: str, why: str, listener: Listener) -> str:
    count = len(source.codes(label)[1])
    listener(Assumption("label", label, f"{why}; {count} different values", "--label COLUMN"))
    return label


def _text(source: Source, asked: str, texts: Sequence[str], listener: Listener) -> str:
    if asked != "auto":
        return asked
    by_name = [name for name in texts if name.lower() in TEXT_NAMES]
    candidates = by_name or list(texts)
    if not candidates:
        raise DataError(f"{source.path}: no column of texts", "name it: --text COLUMN")
    if len(candidates) > 1:
        raise DataError(
            f"{len(candidates)} columns could be the text: {', '.join(candidates)}",
            f"choose one: --text {shlex.quote(candidates[0])}",
        )
    why = "by its name" if by_name else "the only column of long texts"
    listener(Assumption("text", candidates[0], why, "--text COLUMN"))
    unused = [name for name in texts if name != candidates[0]]
    if unused:
        listener(Note(f"not used: {', '.join(unused)}"))
    return candidates[0]


def _series_roles(source: Source, data: Any, given: Sequence[str], listener: Listener) -> Roles:
    taken = {*given, *_named(data.channels)}
    free = [name for name in source.names if name not in taken]
    series = _case(source, data.series, free, listener)
    free = [name for name in free if name != series]
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
            listener(Note(f"not used, because not numeric: {_shown(ignored)}"))
    if not channels:
        raise DataError(
            f"{source.path}: no numeric column is left for the series",
            "name them: --past COLUMN (repeatable)",
        )
    what = "channels" if series else "steps"
    if data.channels == "auto":
        shown = ", ".join(channels) if len(channels) <= 4 else f"{channels[0]} … {channels[-1]}"
        listener(
            Assumption(
                what, f"{len(channels)}: {shown}", "numeric columns left over", "--past COLUMN"
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
    if len(repeating) > 1:
        raise DataError(
            f"{len(repeating)} columns could be the series: {', '.join(repeating)}",
            f"choose one: --series {shlex.quote(repeating[0])}",
        )
    if not repeating:
        return None
    count = len(source.codes(repeating[0])[1])
    why = f"by its name; {count} cases with a row per step"
    listener(Assumption("case", repeating[0], why, "--series COLUMN"))
    return repeating[0]


def _step(
    source: Source, asked: str | None, series: str | None, free: Sequence[str], listener: Listener
) -> str | None:
    if series is None:
        if asked not in (None, "auto"):
            raise DataError(
                f"{source.path}: column {asked!r} was given as time, and no column tells cases "
                "apart: with a row per case, the columns are the steps",
                "name the column of cases with --series, or leave --time out",
            )
        return None
    if asked != "auto":
        return asked
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
        return _label(source, asked, free, (), listener)
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
    return _label(source, asked, constant or by_name or free, (), listener)


def _is_label_like(source: Source, name: str) -> bool:
    """Say whether a column has few different values, each of which occurs often enough."""
    if source.kind(name) not in ("text", "integer", "boolean", "number"):
        return False
    if source.kind(name) == "number" and not _are_whole(source, name):
        return False
    different = len(source.codes(name)[1])
    return 1 < different <= max(2, min(1000, MAX_CLASSES_SHARE * source.rows / 2))


def _are_whole(source: Source, name: str) -> bool:
    values = source.parse_numbers(name).values
    return bool(np.all(np.isnan(values) | (values == np.floor(values))))


def _long_texts(source: Source, free: Sequence[str]) -> list[str]:
    """Return the columns whose cells are long, or mostly different: those that are read."""
    found = []
    for name in free:
        if source.kind(name) != "text":
            if name.lower() in TEXT_NAMES and source.kind(name) in ("boolean", "empty"):
                found.append(name)
            continue
        if name.lower() in LABEL_NAMES and _is_label_like(source, name):
            continue
        sample = [source.text(name, row) for row in range(0, source.rows, 1 + source.rows // 500)]
        mean = sum(map(len, sample)) / max(1, len(sample))
        different = len(set(sample)) / max(1, len(sample))
        if name.lower() in TEXT_NAMES or (mean >= LONG_TEXT and different > MAX_CLASSES_SHARE):
            found.append(name)
    return found


def _shown(names: Sequence[str]) -> str:
    """Return names one after the other; of very many the first."""
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")


def _refuse_twice(given: Sequence[str]) -> None:
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            f"column {twice!r} has two roles",
            "give each column to one of --label, --text, --series, --time, --group, --past",
        )


def _named(asked: Any) -> list[str]:
    if asked is None or asked == "auto":
        return []
    return [asked] if isinstance(asked, str) else list(asked)
