"""Which column is time, target, series and covariate: what the recipe says, or a stated guess."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqtune.data.panel import PanelRoles
from seqtune.data.source import Source
from seqtune.errors import DataError
from seqtune.progress import Guess, Listener, Note

TIME_NAMES = ("ds", "date", "datetime", "timestamp", "time", "step", "t", "period", "index", "year")
TARGET_NAMES = ("y", "target", "value", "values")
SERIES_NAMES = ("unique_id", "series", "series_id", "item_id", "id", "item", "store", "sku")
NUMERIC = ("number", "integer", "boolean")


def infer_roles(source: Source, data: Any, listener: Listener) -> PanelRoles:
    """Return the role of each column.

    Args:
        source: The table.
        data: The recipe's `data` section: each role is a column, a list, null, or "auto".
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: Two columns suit a role equally well, none does, or a named one is missing.
    """
    for role in ("time", "target", "series", "past", "future", "static"):
        for name in _names(getattr(data, role)):
            source.require(name, f"--{role}")
    named = {
        name
        for role in ("time", "target", "series", "past", "future", "static")
        for name in _names(getattr(data, role))
    }
    time = _time(source, data.time, named, listener)
    free = [name for name in source.names if name not in named and name != time]
    series = _series(source, data.series, time, free, listener)
    free = [name for name in free if name != series]
    targets = _targets(source, data.target, free, listener)
    future, static = tuple(_names(data.future)), tuple(_names(data.static))
    free = [name for name in free if name not in targets]
    past = _past(source, data.past, free, listener)
    roles = PanelRoles(
        time=time, targets=targets, series=series, past=past, future=future, static=static
    )
    _check_once(roles)
    _check_numeric(source, (*targets, *past, *future))
    return roles


def _time(source: Source, asked: Any, named: set[str], listener: Listener) -> str | None:
    if asked != "auto":
        return None if asked is None else str(asked)
    free = [name for name in source.names if name not in named]
    dated = [name for name in free if source.kind(name) == "time"]
    whole = [name for name in free if source.kind(name) == "integer"]
    counted = [name for name in whole if name.lower() in TIME_NAMES]
    found = _one_of(dated, TIME_NAMES, "time") or _one_of(counted, TIME_NAMES, "time")
    if found is None:
        listener(Guess("time", "row order", "no column has dates or counts steps", "--time COLUMN"))
        return None
    why = "dates" if found in dated else "counts steps"
    listener(Guess("time", found, why, "--time COLUMN"))
    return found


def _series(
    source: Source, asked: Any, time: str | None, free: Sequence[str], listener: Listener
) -> str | None:
    if asked != "auto":
        return None if asked is None else str(asked)
    labels = [name for name in free if source.kind(name) in ("text", "boolean")]
    ids = [
        name
        for name in free
        if source.kind(name) == "integer"
        and name.lower() in SERIES_NAMES
        and _repeats(source, name)
    ]
    if time is not None and _is_repeated(source, time, None):
        fitting = [name for name in (*ids, *labels) if not _is_repeated(source, time, name)]
        fitting = fitting or [name for name in (*ids, *labels) if name.lower() in SERIES_NAMES]
        found = _one_of(fitting, SERIES_NAMES, "series")
        why = "each time occurs once in each of its values"
    else:
        named = [name for name in (*ids, *labels) if name.lower() in SERIES_NAMES]
        found = _one_of([name for name in named if _repeats(source, name)], SERIES_NAMES, "series")
        why = "by its name"
    if found is not None:
        count = len(source.codes(found)[1])
        listener(Guess("series", found, f"{why}; {count} series", "--series COLUMN"))
    return found


def _targets(
    source: Source, asked: Any, free: Sequence[str], listener: Listener
) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(_names(asked))
    numeric = [name for name in free if source.kind(name) in ("number", "integer")]
    if not numeric:
        columns = ", ".join(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no numeric column to forecast; found {columns}",
            "name the column with --target, or clean it so that it holds numbers",
        )
    found = _one_of(numeric, TARGET_NAMES, "target")
    why = "the only numeric column" if len(numeric) == 1 else "by its name"
    listener(Guess("target", str(found), why, "--target COLUMN"))
    return (str(found),)


def _past(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(_names(asked))
    numeric = tuple(name for name in free if source.kind(name) in NUMERIC)
    ignored = [name for name in free if name not in numeric]
    if numeric:
        listener(
            Guess(
                "past covariates", ", ".join(numeric), "numeric columns left over", "--past COLUMN"
            )
        )
    if ignored:
        listener(Note(f"not used, because not numeric: {', '.join(ignored)}"))
    return numeric


def _one_of(candidates: Sequence[str], customary: Sequence[str], role: str) -> str | None:
    """Return the one candidate, or the one with a customary name; refuse to choose blindly."""
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    by_name = [name for name in candidates if name.lower() in customary]
    if len(by_name) == 1:
        return by_name[0]
    equal = by_name or list(candidates)
    raise DataError(
        f"{len(equal)} columns suit as {role} equally well: {', '.join(equal)}",
        f"choose one: --{role} {shlex.quote(equal[0])}",
    )


def _is_repeated(source: Source, time: str, series: str | None) -> bool:
    """Say whether most moments occur more than once, within each series if one is given.

    A few doubled rows, or the hour that a clock repeats in autumn, are not several series.
    """
    times = (
        source.times(time).astype(np.int64) if source.kind(time) == "time" else source.numbers(time)
    )
    moments, different = pd.factorize(times)  # hashing: ten times faster than sorting
    if series is None:
        return len(different) < 0.8 * len(moments)
    codes, labels = source.codes(series)
    pairs = moments.astype(np.int64) * (len(labels) + 1) + codes + 1
    return len(pd.unique(pairs)) < 0.8 * len(pairs)


def _repeats(source: Source, name: str) -> bool:
    """Say whether the values of a column occur three times or more on average."""
    return 3 * len(source.codes(name)[1]) <= source.rows


def _check_once(roles: PanelRoles) -> None:
    used = [name for name in (roles.time, roles.series) if name]
    used += [*roles.targets, *roles.past, *roles.future, *roles.static]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise DataError(
            f"column {twice[0]!r} has two roles",
            "give each column to one of --time, --series, --target, --past, --future, --static",
        )


def _check_numeric(source: Source, names: Iterable[str]) -> None:
    for name in names:
        if source.kind(name) not in (*NUMERIC, "empty"):
            source.numbers(name)  # raises with the line and the value that is no number
        if source.kind(name) == "empty":
            raise DataError(
                f"{source.path}: column {name!r} has no values at all",
                "choose another column, or leave this one out",
            )


def _names(value: Any) -> list[str]:
    if value is None or value == "auto":
        return []
    return [value] if isinstance(value, str) else list(value)
