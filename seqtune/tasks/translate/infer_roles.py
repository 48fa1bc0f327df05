"""Which columns hold sources and answers: what the recipe says, or a stated guess."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from seqtune.data.reading.parallel_texts import Lines
from seqtune.data.reading.roles import names_of
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks.translate.column_pairs import pair_by_name, partner_by_name
from seqtune.tasks.translate.number_roles import are_features, feature_roles, series_roles
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.symbols import kind_of_texts

FLAGS = {"channels": "--past"}


def infer_roles(source: Source, data: Any, listener: Listener) -> Roles:
    """Return the role of each column, and what sources and answers are.

    Args:
        source: The table.
        data: The recipe's `data` section.
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: Several columns suit a role equally well, none does, or a named one is missing.
    """
    if isinstance(source, Lines) and len(source.names) == 2:  # the recipe names a file, no column
        first, second = source.names
        kind = kind_of_texts(source, first, data.kind, "data.kind", listener)
        target_kind = kind_of_texts(source, second, data.target_kind, "data.target_kind", listener)
        return Roles(kind, target_kind, second, first)
    given = _checked(source, data)
    if data.kind in ("auto", "series"):
        found = series_roles(source, data, given, listener)
        if found is not None:
            return found
    if data.kind == "features" or (data.kind == "auto" and are_features(source, data, given)):
        return feature_roles(source, data, given, listener)
    first, second, why = _pair(source, data, given)
    if why:
        shown = f"{first} → {second}"
        listener(Assumption("source → target", shown, why, "--source COLUMN --target COLUMN"))
        unused = [name for name in source.names if name not in (first, second)]
        if unused:
            listener(Note(f"not used: {listed(unused)}"))
    kind = kind_of_texts(source, first, data.kind, "data.kind", listener)
    target_kind = kind_of_texts(source, second, data.target_kind, "data.target_kind", listener)
    return Roles(kind, target_kind, second, first)


def _checked(source: Source, data: Any) -> list[str]:
    """Return the columns that the recipe names; each must be there, and have one role."""
    named = []
    for role in ("source", "target", "series", "time", "channels"):
        for name in names_of(getattr(data, role)):
            source.require(name, FLAGS.get(role, f"--{role}"))
            named.append(name)
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            f"{source.path}: column {twice!r} has two roles",
            "give each column to one of --source, --target, --series, --time, --past",
        )
    return named


def _pair(source: Source, data: Any, given: Sequence[str]) -> tuple[str, str, str]:
    """Return source and target, and why they were taken; "" where both were asked for."""
    asked = data.source, data.target
    free = [name for name in source.names if name not in given]
    if "auto" not in asked:
        return (*asked, "")
    if asked == ("auto", "auto"):
        found = pair_by_name(free)
        if found is not None:
            return (*found, "by their names")
        texts = _texts(source, free)
        if len(texts) == 2:
            return texts[0], texts[1], f"the only two {_what(source)}{_doubt(source)}"
        raise _undecided(source, texts)
    is_source = data.target == "auto"
    known = data.source if is_source else data.target
    why = "by its name"
    partner = partner_by_name(known, free, is_source=is_source)
    if partner is None:
        texts, why = _texts(source, free), "the only other text"
        if len(texts) != 1:
            raise _undecided(source, texts, "target" if is_source else "source")
        partner = texts[0]
    return (known, partner, why) if is_source else (partner, known, why)


def _texts(source: Source, free: Sequence[str]) -> list[str]:
    """Return the columns of texts; those of numbers and dates too, where there are only two."""
    texts = [name for name in free if source.kind(name) == "text"]
    return list(free) if len(source.names) == 2 else texts


def _what(source: Source) -> str:
    return "columns" if len(source.names) == 2 else "columns of text"


def _doubt(source: Source) -> str:
    """Return what is to be said of a header whose words say nothing."""
    if source.lines is None or source.names[0] == "column_1" or source.line(0) < 2:
        return ""
    return "; the first line names them (--set data.header=none if it is data)"


def _undecided(source: Source, texts: Sequence[str], role: str = "") -> DataError:
    if len(texts) < 2 and not (role and texts):
        columns = listed(f"{name} ({source.kind(name)})" for name in source.names)
        return DataError(
            f"{source.path}: found {columns}; expected a column of sources and one of answers",
            "name them: --source COLUMN --target COLUMN",
        )
    if role:
        return DataError(
            f"{source.path}: {len(texts)} columns could be the {role}: {listed(texts)}",
            f"choose one: --{role} {shlex.quote(texts[0])}",
        )
    return DataError(
        f"{source.path}: {len(texts)} columns could be source and target: {listed(texts)}",
        f"choose two: --source {shlex.quote(texts[0])} --target {shlex.quote(texts[1])}",
    )
