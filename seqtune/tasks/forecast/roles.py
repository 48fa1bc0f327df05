"""Which column is time, target, series and covariate: what the recipe says, or a stated guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqtune.data.panel.panel import PanelRoles
from seqtune.data.reading.column_use import no_measurement
from seqtune.data.reading.naming_columns import is_constant_in
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
from seqtune.tasks._columns import refuse_two_roles
from seqtune.tasks._panels import named_columns

FLAGS = ("time", "series", "target", "past", "future", "static")

MAX_GUESSED = 20
"""A column of more different words is no covariate unless it is named as one."""


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
    if data.past == "auto" and series is not None:
        guessed = _static(source, series, free, listener)
        static, free = (*static, *guessed), [name for name in free if name not in guessed]
    past = _past(source, data.past, free, listener)
    roles = PanelRoles(
        time=time, targets=targets, series=series, past=past, future=future, static=static
    )
    refuse_two_roles((time, series, *targets, *past, *future, *static), FLAGS)
    check_numeric(source, targets)
    for name in (*past, *future):
        if not are_words(source, name):
            check_numeric(source, [name])
    return roles


def _targets(
    source: Source, asked: Any, free: Sequence[str], listener: Listener
) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(names_of(asked))
    found, why = guess_target(source, free)
    listener(Assumption("target", found, why, "--target COLUMN"))
    return (found,)


def _static(
    source: Source, series: str, free: Sequence[str], listener: Listener
) -> tuple[str, ...]:
    """Return columns that never change in a series: numbers that measure, and few words."""
    constant = [name for name in free if is_constant_in(source, name, series)]
    numeric = [
        name
        for name in constant
        if source.kind(name) in NUMERIC and not no_measurement(source, name)
    ]
    words = [name for name in constant if are_words(source, name, MAX_GUESSED)]
    taken = tuple(name for name in constant if name in (*numeric, *words))
    if taken:
        why = f"constant in each {series}"
        listener(Assumption("static covariates", ", ".join(taken), why, "--past COLUMN"))
    return taken


def _past(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(names_of(asked))
    found = [name for name in free if source.kind(name) in NUMERIC]
    numeric = without_measurement(source, found, listener)
    words = [name for name in free if are_words(source, name, MAX_GUESSED)]
    taken = tuple(name for name in free if name in (*numeric, *words))
    ignored = [name for name in free if name not in (*found, *words)]
    if taken:
        kinds = [("numeric columns", numeric), ("columns of few words", words)]
        why = f"{' and '.join(kind for kind, some in kinds if some)} left over"
        listener(Assumption("past covariates", ", ".join(taken), why, "--past COLUMN"))
    if ignored:
        reason = "neither numeric nor of few words that repeat"
        listener(Note(f"not used, because {reason}: {', '.join(ignored)}"))
    return taken


def are_words(source: Source, name: str, most: int | None = None) -> bool:
    """Say whether a column holds words that repeat, each three times or more on average.

    Args:
        source: The table.
        name: The column.
        most: With more different words it does not; any number if None.
    """
    if source.kind(name) != "text":
        return False
    labels = len(source.codes(name)[1])
    if most is not None and not 2 <= labels <= most:
        return False
    return 3 * labels <= source.rows
