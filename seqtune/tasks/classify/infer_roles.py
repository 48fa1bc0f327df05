"""Which columns hold labels, texts or series: what the recipe says, or a stated guess."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks.classify.label_column import (
    LABEL_NAMES,
    MAX_CLASSES_SHARE,
    guess_label,
    is_label_like,
)
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.series_roles import NUMERIC, series_roles

TEXT_NAMES = (
    *("text", "sentence", "review", "comment", "content", "body", "message", "question", "title"),
    *("tweet", "description", "utterance", "document"),
)


LONG_TEXT = 12
"""Characters that a text has on average at least; shorter ones are names."""


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
        free = [name for name in source.names if name not in (*given, *texts)]
        label = guess_label(source, data.label, free, texts, listener)
        text = _text(source, data.text, [name for name in texts if name != label], listener)
        return Roles("text", label, text, group=data.group)
    return series_roles(source, data, given, listener)


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


def _long_texts(source: Source, free: Sequence[str]) -> list[str]:
    """Return the columns whose cells are long, or mostly different: those that are read."""
    found = []
    for name in free:
        if source.kind(name) != "text":
            if name.lower() in TEXT_NAMES and source.kind(name) in ("boolean", "empty"):
                found.append(name)
            continue
        if name.lower() in LABEL_NAMES and is_label_like(source, name):
            continue
        sample = [source.text(name, row) for row in range(0, source.rows, 1 + source.rows // 500)]
        mean = sum(map(len, sample)) / max(1, len(sample))
        different = len(set(sample)) / max(1, len(sample))
        if name.lower() in TEXT_NAMES or (mean >= LONG_TEXT and different > MAX_CLASSES_SHARE):
            found.append(name)
    return found


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
