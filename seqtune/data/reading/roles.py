"""Which column is the time and which one names the series: from the recipe, or inferred.

The tasks that read a table of series share it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener

TIME_NAMES = ("ds", "date", "datetime", "timestamp", "time", "step", "t", "period", "index", "year")
SERIES_NAMES = ("unique_id", "series", "series_id", "item_id", "id", "item", "store", "sku")
NUMERIC = ("number", "integer", "boolean")


def find_time(source: Source, asked: Any, named: set[str], listener: Listener) -> str | None:
    """Return the time column, None for the order of the rows.

    Args:
        source: The table.
        asked: The recipe's value: a column, None, or "auto".
        named: Columns that have a role already.
        listener: Hears of the guess.

    Raises:
        DataError: Two columns suit equally well.
    """
    if asked != "auto":
        return None if asked is None else str(asked)
    free = [name for name in source.names if name not in named]
    dated = [name for name in free if source.kind(name) == "time"]
    whole = [name for name in free if source.kind(name) == "integer"]
    counted = [name for name in whole if name.lower() in TIME_NAMES]
    found = one_of(dated, TIME_NAMES, "time") or one_of(counted, TIME_NAMES, "time")
    if found is None:
        listener(
            Assumption("time", "row order", "no column has dates or counts steps", "--time COLUMN")
        )
        return None
    why = "dates" if found in dated else "counts steps"
    listener(Assumption("time", found, why, "--time COLUMN"))
    return found


def find_series(
    source: Source, asked: Any, time: str | None, free: Sequence[str], listener: Listener
) -> str | None:
    """Return the column that names the series, None where there is one series.

    Args:
        source: The table.
        asked: The recipe's value: a column, None, or "auto".
        time: The time column.
        free: Columns without a role so far.
        listener: Hears of the guess.

    Raises:
        DataError: Two columns suit equally well.
    """
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
        found = one_of(fitting, SERIES_NAMES, "series")
        why = "each time occurs once in each of its values"
    else:
        named = [name for name in (*ids, *labels) if name.lower() in SERIES_NAMES]
        found = one_of([name for name in named if _repeats(source, name)], SERIES_NAMES, "series")
        why = "by its name"
    if found is not None:
        count = len(source.codes(found)[1])
        listener(Assumption("series", found, f"{why}; {count} series", "--series COLUMN"))
    return found


def one_of(candidates: Sequence[str], customary: Sequence[str], role: str) -> str | None:
    """Return the one candidate, or the one with a customary name; refuse to choose blindly."""
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    by_name = [name for name in candidates if name.lower() in customary]
    if len(by_name) == 1:
        return by_name[0]
    equal = by_name or list(candidates)
    raise DataError(
        f"{len(equal)} columns could be the {role}: {', '.join(equal)}",
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


def check_numeric(source: Source, names: Iterable[str]) -> None:
    """Refuse columns that do not hold numbers, naming the line, or hold nothing."""
    for name in names:
        if source.kind(name) not in (*NUMERIC, "empty"):
            source.numbers(name)  # raises with the line and the value that is no number
        if source.kind(name) == "empty":
            raise DataError(
                f"{source.path}: column {name!r} has no values at all",
                "choose another column, or leave this one out",
            )


def names_of(value: Any) -> list[str]:
    """Return the columns that a recipe's value names, none for "auto" and null."""
    if value is None or value == "auto":
        return []
    return [value] if isinstance(value, str) else list(value)
