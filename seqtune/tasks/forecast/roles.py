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
)
from seqtune.data.reading.source import Source
from seqtune.data.reading.target_column import guess_target, without_measurement
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks._panels import named_columns, refuse_two_roles

FLAGS = ("time", "series", "target", "past", "future", "static")


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
    found, why = guess_target(source, free, listener)
    listener(Assumption("target", found, why, "--target COLUMN"))
    return (found,)


def _past(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(names_of(asked))
    numeric = tuple(name for name in free if source.kind(name) in NUMERIC)
    numeric = without_measurement(source, numeric, listener)
    ignored = [name for name in free if source.kind(name) not in NUMERIC]
    if numeric:
        listener(
            Assumption(
                "past covariates", ", ".join(numeric), "numeric columns left over", "--past COLUMN"
            )
        )
    if ignored:
        listener(Note(f"not used, because not numeric: {', '.join(ignored)}"))
    return numeric
