"""From the rows of a table to sentences of tokens, or series of steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.encoding import encodable
from seqtune.data.reading.sentences.sentence_source import SentenceSource
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._columns import require_fitted
from seqtune.tasks.tag.check_tags import check_tags
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Floats, Rows, Sequences

ALL = "all"
"""What the one sequence of a table is called that has no column for them."""

LONG_TOKEN = 1_000
"""Characters from which on a token is rather a text, and said."""


def read_sequences(
    source: Source, roles: Roles, *, with_labels: bool, to_learn: bool = True
) -> Sequences:
    """Read the sequences of a table, in the order in which they begin.

    Values that are missing stay so (NaN); `gaps.filled` fills them.

    Args:
        source: The table, a row for each token or step.
        roles: Which column is what.
        with_labels: Whether labels are read, and checked.
        to_learn: Whether these are to be learnt, and so dealt out by groups, or only compared with.

    Raises:
        DataError: A column is missing or cannot be read, a row has no sequence, a sequence has two
            groups, or the labels cannot be learnt: there are none, or but one, or one for each
            sequence.

    Example:
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"s": [1, 1, 2], "token": ["a", "b", "c"], "tag": ["X", "O", "O"]})
        >>> found = read_sequences(
        ...     Source.from_frame(rows), Roles("tokens", "tag", "token", "s"), with_labels=True
        ... )
        >>> found.offsets.tolist(), found.tags
        ([0, 2, 3], ['X', 'O', 'O'])
    """
    roles = aligned(source, roles)
    group = roles.group if with_labels and to_learn else None
    require_fitted(source, [*roles.inputs, *([roles.label, group] if with_labels else [])])
    notes: list[str] = []
    codes, names = _sequence_of_row(source, roles, notes)
    if roles.kind == "tokens":
        _tell_torn(source, roles, codes, len(names), notes)
    rows = _in_order(source, roles, codes, notes)
    offsets = np.searchsorted(codes[rows], np.arange(len(names) + 1)).astype(np.int64)
    tokens: list[str] = []
    values: Floats | None = None
    if roles.kind == "tokens":
        tokens = _tokens(source, roles, rows, notes)
    else:
        values = _values(source, roles, notes)[rows]
    tags = _tags(source, roles.label, rows) if with_labels else []
    groups = _groups(source, group, codes, names)
    found = Sequences(offsets, rows, tokens, values, tags, names, groups, tuple(notes))
    return check_tags(source, roles, found, to_learn=to_learn) if with_labels else found


def aligned(source: Source, roles: Roles) -> Roles:
    """Return roles with the columns that a file of another form has for them.

    A run that was fitted on a table reads CoNLL-U, whose tokens are called `form`.

    Args:
        source: The table.
        roles: Those of the fitted data.
    """
    if not isinstance(source, SentenceSource) or roles.kind != "tokens":
        return roles
    return replace(
        roles,
        series=source.names[0],
        token=roles.token if roles.token in source.names else source.token_column,
        label=roles.label if roles.label in source.names else source.label_column or roles.label,
    )


def _sequence_of_row(
    source: Source, roles: Roles, notes: list[str]
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the sequence of each row, (rows,), and what each is called."""
    if roles.series is None:
        return np.zeros(source.rows, np.int64), [ALL]
    found, names = source.codes(roles.series)
    codes = found.astype(np.int64)
    absent = codes < 0
    if not absent.any():
        return codes, names
    if roles.kind == "tokens" and not absent[0]:
        last = np.maximum.accumulate(np.where(absent, 0, np.arange(len(codes))))
        notes.append(
            f"blank cells of column {roles.series!r}: {int(absent.sum()):,}, taken to say what "
            f"stands above them, the first at {source.where(int(absent.argmax()))}"
        )
        return codes[last], names
    what = "sentence" if roles.kind == "tokens" else "series"
    raise DataError(
        f"{source.where(int(absent.argmax()))}: column {roles.series!r} is empty, expected the "
        f"{what}",
        "fill it in, or leave the row out",
    )


def _tell_torn(
    source: Source, roles: Roles, codes: npt.NDArray[np.int64], names: int, notes: list[str]
) -> None:
    """Say which sentences have rows that do not stand together."""
    begins = np.append(True, codes[1:] != codes[:-1]) if len(codes) else np.zeros(0, bool)
    if int(begins.sum()) <= names:
        return
    place = np.flatnonzero(begins)
    _, first = np.unique(codes[place], return_index=True)
    again = np.delete(place, first)
    notes.append(
        f"rows of sentences that do not stand together are joined: {len(again):,} times, the first "
        f"at {source.where(int(again[0]))}; where column {roles.series!r} counts anew in each "
        "document, one that tells all sentences apart is needed (--series COLUMN)"
    )


def _in_order(source: Source, roles: Roles, codes: npt.NDArray[np.int64], notes: list[str]) -> Rows:
    """Return the rows, those of each sequence together, in the order of their time."""
    if roles.time is None:
        return np.argsort(codes, kind="stable").astype(np.int64)
    times: npt.NDArray[Any]
    is_time = source.kind(roles.time) == "time"
    times = source.times(roles.time) if is_time else source.exact_numbers(roles.time)
    rows = np.lexsort((times, codes)).astype(np.int64)
    absent = times != times  # neither NaN nor NaT is itself
    if absent.any():
        first = source.where(int(absent.argmax()))
        notes.append(
            f"rows without a time, which come last in their series: {int(absent.sum()):,}, the "
            f"first at {first}"
        )
    if (np.diff(rows) < 0).any():
        notes.append(f"rows are brought in the order of column {roles.time!r}")
    same = (times[rows][1:] == times[rows][:-1]) & (codes[rows][1:] == codes[rows][:-1])
    if same.any():
        notes.append(
            "rows that repeat the time of another of their series, and keep the order of the "
            f"table: {int(same.sum()):,}, the first at {source.where(int(rows[1:][same].min()))}"
        )
    return rows


def _tokens(source: Source, roles: Roles, rows: Rows, notes: list[str]) -> list[str]:
    texts = [encodable(text) for text in source.texts(roles.token)]
    empty = [row for row, text in enumerate(texts) if not text.strip()]
    if len(empty) == len(texts):
        raise DataError(
            f"{source.path}: column {roles.token!r} has no values; expected tokens",
            "name another column: --text COLUMN",
        )
    if empty:
        notes.append(f"empty tokens: {len(empty):,}, the first at {source.where(empty[0])}")
    lengthy = [row for row, text in enumerate(texts) if len(text) > LONG_TOKEN]
    if lengthy:
        most = max(len(texts[row]) for row in lengthy)
        notes.append(
            f"tokens of more than {LONG_TOKEN:,} characters (up to {most:,}): {len(lengthy):,}, "
            f"the first at {source.where(lengthy[0])}"
        )
    return [texts[row] for row in rows.tolist()]


def _values(source: Source, roles: Roles, notes: list[str]) -> Floats:
    """Return (rows, channels), NaN where a value is missing."""
    values = np.column_stack([source.numbers(name) for name in roles.channels])
    missing = np.isnan(values)
    if missing.all():
        shown = ", ".join(roles.channels[:5]) + (" …" if len(roles.channels) > 5 else "")
        raise DataError(
            f"{source.path}: no value in {shown}, expected numbers",
            "name other columns: --past COLUMN",
        )
    if missing.any():
        first = int(missing.any(axis=1).argmax())
        notes.append(
            f"missing values, filled from those around them in their series: "
            f"{int(missing.sum()):,}, the first at {source.where(first)}"
        )
    return values


def _tags(source: Source, label: str, rows: Rows) -> list[str]:
    codes, names = source.codes(label)
    texts = np.array([*map(encodable, names), ""], object)
    found: list[str] = texts[codes[rows]].tolist()
    return found


def _groups(
    source: Source, group: str | None, codes: npt.NDArray[np.int64], names: list[str]
) -> Rows | None:
    """Return the group of each sequence; it may stand in some of its rows, but only one.

    Raises:
        DataError: A sequence has two.
    """
    if group is None:
        return None
    of_row, groups = source.codes(group)
    found = np.full(len(names), -1, np.int64)
    known = np.flatnonzero(of_row >= 0)
    found[codes[known[::-1]]] = of_row[known[::-1]]  # the first stays
    other = known[found[codes[known]] != of_row[known]]
    if len(other):
        row, at = int(other[0]), int(codes[other[0]])
        raise DataError(
            f"{source.where(row)}: {names[at]!r} has the group {groups[of_row[row]]!r}, and "
            f"{groups[found[at]]!r} before; expected one group for each",
            "correct the group, or name another column: --group COLUMN",
        )
    absent = found < 0
    own = found.max(initial=0) + 1 + np.cumsum(absent)
    return np.where(absent, own, found)
