"""Which columns hold tokens, steps and their labels: what the recipe says, or a stated guess."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.data.reading.roles import names_of
from seqtune.data.reading.sentences.sentence_source import SentenceSource
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks._columns import refuse_two_roles
from seqtune.tasks.tag.column_words import (
    MARKS,
    PARTS_OF_SPEECH,
    SENTENCES,
    TOKENS,
    is_called,
)
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.step_roles import NUMERIC, step_roles

FLAGS = {"token": "--text", "channels": "--past"}

FEW = 50
"""A column with more different texts than these holds tokens rather than labels."""


def infer_roles(source: Source, data: Any, listener: Listener) -> Roles:
    """Return the role of each column.

    Args:
        source: The table, a row for each token or step.
        data: The recipe's `data` section.
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: Several columns suit a role equally well, none does, or a named one is missing.
    """
    label = _asked_label(source, data.label)
    given = [label] if label != "auto" else []
    for role in ("token", "series", "time", "channels", "group"):
        given += names_of(getattr(data, role))
    given = [name for name in given if name not in ("auto", "")]
    joined = list(data.time) if isinstance(data.time, (list, tuple)) else []
    for name in given:
        if name not in joined:
            source.require(name, _flag_of(data, name))
    refuse_two_roles(
        [name for name in given if name not in joined],
        ("label", "text", "series", "time", "past", "group"),
    )
    free = [name for name in source.names if name not in given]
    if _kind(source, data, label, free) == "steps":
        return step_roles(source, data, label, given, listener)
    return _token_roles(source, data, label, free, listener)


def _asked_label(source: Source, asked: str) -> str:
    """Return the column of labels that is asked for, or that of a file named in its place."""
    if asked != "auto" and asked not in source.names and isinstance(source, SentenceSource):
        return source.label_beside or asked
    return asked


def _flag_of(data: Any, name: str) -> str:
    for role in ("label", "token", "series", "time", "channels", "group"):
        if name in names_of(getattr(data, role)):
            return FLAGS.get(role, f"--{role}")
    return "--label"


def _kind(source: Source, data: Any, label: str, free: Sequence[str]) -> str:
    if data.kind != "auto":
        return str(data.kind)
    if data.channels != "auto":
        return "steps"
    if data.token != "auto" or isinstance(source, SentenceSource):
        return "tokens"
    if any(is_called(name, TOKENS) and _are_words(source, name) for name in free):
        return "tokens"
    numbers = [name for name in free if source.kind(name) in NUMERIC]
    if not any(source.kind(name) == "number" for name in numbers) and _rich(source, free):
        return "tokens"
    if not [name for name in numbers if source.kind(name) != "empty"]:
        columns = listed(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: neither tokens nor steps to label; found {columns}",
            "name the column of tokens with --text, or the numeric columns with --past",
        )
    return "steps"


def _are_words(source: Source, name: str) -> bool:
    """Say whether nearly all cells of a column of text are single words."""
    if source.kind(name) != "text":
        return False
    sample = [source.text(name, row) for row in range(0, source.rows, 1 + source.rows // 500)]
    return 10 * sum(" " in text.strip() for text in sample) <= len(sample)


def _rich(source: Source, free: Sequence[str]) -> list[str]:
    """Return columns with many different texts."""
    texts = [name for name in free if source.kind(name) == "text"]
    texts = [name for name in texts if _are_words(source, name)]
    return [name for name in texts if len(source.distinct(name, FEW + 1)) > FEW]


def _token_roles(
    source: Source, data: Any, label: str, free: list[str], listener: Listener
) -> Roles:
    series = _sentence(source, data.series, free, listener)
    free = [name for name in free if name != series]
    token = _token(source, data.token, free, listener)
    free = [name for name in free if name != token]
    label = _label(source, label, free, listener)
    unused = [name for name in free if name != label]
    if unused:
        listener(Note(f"not used: {listed(unused)}"))
    return Roles("tokens", label, token, series, group=data.group)


def _sentence(
    source: Source, asked: str | None, free: Sequence[str], listener: Listener
) -> str | None:
    if asked != "auto":
        return asked
    if isinstance(source, SentenceSource):
        return source.names[0]
    named = [name for name in free if is_called(name, SENTENCES)]
    repeated = [name for name in named if _repeats(source, name)]
    if not repeated:
        listener(
            Assumption("sentence", "one", "no column tells sentences apart", "--series COLUMN")
        )
        return None
    if len(repeated) > 1:  # that of the smaller units: a sentence rather than its document
        repeated.sort(key=lambda name: -len(source.codes(name)[1]))
    listener(Assumption("sentence", repeated[0], "by its name", "--series COLUMN"))
    return repeated[0]


def _repeats(source: Source, name: str) -> bool:
    """Say whether sentences of a column have several rows; blank cells belong to that above."""
    codes, names = source.codes(name)
    return 0 < len(names) < len(codes) and bool(len(codes)) and codes[0] >= 0


def _token(source: Source, asked: str, free: Sequence[str], listener: Listener) -> str:
    if asked != "auto":
        return asked
    named = [name for name in free if is_called(name, TOKENS)]
    candidates = named or _rich(source, free) or [n for n in free if source.kind(n) == "text"]
    if not candidates:
        raise DataError(f"{source.path}: no column of tokens", "name it: --text COLUMN")
    why = "by its name"
    if not named:
        candidates.sort(key=lambda name: -len(source.codes(name)[1]))
        why = "the column with the most different texts"
    elif len(named) > 1:
        raise DataError(
            f"{len(named)} columns could be the tokens: {listed(named)}",
            f"choose one: --text {shlex.quote(named[0])}",
        )
    listener(Assumption("token", candidates[0], why, "--text COLUMN"))
    return candidates[0]


def _label(source: Source, asked: str, free: Sequence[str], listener: Listener) -> str:
    if asked != "auto":
        return asked
    marks = [name for name in free if is_called(name, MARKS)]
    speech = [name for name in PARTS_OF_SPEECH if name in free] or [
        name for name in free if is_called(name, PARTS_OF_SPEECH)
    ]
    if "upos" in speech and "feats" in free:
        others = listed(name for name in ("xpos", "feats", "deprel") if name in free)
        return _told(source, "upos", f"as CoNLL-U is mostly tagged; others are {others}", listener)
    for found in (marks, speech, [name for name in free if _is_label_like(source, name)]):
        if len(found) == 1:
            why = "the one with few different values"
            why = "by its name" if found[0] in (*marks, *speech) else why
            return _told(source, found[0], why, listener)
        if len(found) > 1:
            raise DataError(
                f"{len(found)} columns could be the label: {listed(found)}",
                f"choose one: --label {shlex.quote(found[-1])}",
            )
    columns = listed(f"{name} ({source.kind(name)})" for name in source.names)
    raise DataError(
        f"{source.path}: no column looks like labels of tokens; found {columns}",
        "name it: --label COLUMN",
    )


def _told(source: Source, label: str, why: str, listener: Listener) -> str:
    count = len(source.codes(label)[1])
    listener(Assumption("label", label, f"{why}; {count:,} different values", "--label COLUMN"))
    return label


def _is_label_like(source: Source, name: str) -> bool:
    if source.kind(name) not in ("text", "boolean"):
        return False
    codes, names = source.codes(name)
    return 1 < len(names) <= max(2, 0.25 * float(np.sum(codes >= 0)))
