"""Which column is time, target, series and covariate: what the recipe says, or a stated guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqtune.data.panel.panel import PanelRoles
from seqtune.data.reading.roles import (
    NUMERIC,
    check_numeric,
    find_series,
    find_time,
    names_of,
    one_of,
)
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks._panels import named_columns, refuse_two_roles

FLAGS = ("time", "series", "target", "past", "future", "static")

TARGET_NAMES = ("y", "target", "value", "values")


def infer_roles(source: Source, data: Any, listener: Listener) -> PanelRoles:
    """Return the role of each column.

    Args:
        source: The table.
        data: The recipe's `data` section: each role is a column, a list, null, or "auto".
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: Two columns suit a role equally well, none does, or a named one is missing.
    """
    named = named_columns(source, data, FLAGS)
    time = find_time(source, data.time, named, listener)
    free = [name for name in source.names if name not in named and name != time]
    series = find_series(source, data.series, time, free, listener)
    free = [name for name in free if name != series]
    targets = _targets(source, data.target, free, listener)
    future, static = tuple(names_of(data.future)), tuple(names_of(data.static))
    free = [name for name in free if name not in targets]
    past = _past(source, data.past, free, listener)
    roles = PanelRoles(
        time=time, targets=targets, series=series, past=past, future=future, static=static
    )
    refuse_two_roles((time, series, *targets, *past, *future, *static), FLAGS)
    check_numeric(source, (*targets, *past, *future))
    return roles


def _targets(
    source: Source, asked: Any, free: Sequence[str], listener: Listener
) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(names_of(asked))
    numeric = [name for name in free if source.kind(name) in ("number", "integer")]
    if not numeric:
        columns = ", ".join(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no numeric column to forecast; found {columns}",
            "name the column with --target, or clean it so that it holds numbers",
        )
    found = one_of(numeric, TARGET_NAMES, "target")
    why = "the only numeric column" if len(numeric) == 1 else "by its name"
    listener(Assumption("target", str(found), why, "--target COLUMN"))
    return (str(found),)


def _past(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(names_of(asked))
    numeric = tuple(name for name in free if source.kind(name) in NUMERIC)
    ignored = [name for name in free if name not in numeric]
    if numeric:
        listener(
            Assumption(
                "past covariates", ", ".join(numeric), "numeric columns left over", "--past COLUMN"
            )
        )
    if ignored:
        listener(Note(f"not used, because not numeric: {', '.join(ignored)}"))
    return numeric
