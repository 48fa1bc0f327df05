"""Which column is the time and which one names the series: from the recipe, or inferred.

The tasks that read a table of series share it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqtune.data.reading.column_names import DATE, EPOCH, is_called, plain
from seqtune.data.reading.column_use import is_constant
from seqtune.data.reading.joined_time import find_parts, join_time
from seqtune.data.reading.naming_columns import name_the_same
from seqtune.data.reading.numbered_times import are_serial_days, epoch_unit
from seqtune.data.reading.source import Source
from seqtune.data.reading.timestamps import are_fiscal_years
from seqtune.errors import DataError, listed
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
    if isinstance(asked, (list, tuple)):
        return join_time(source, asked)
    if asked != "auto":
        return None if asked is None else str(asked)
    free = [name for name in source.names if name not in named]
    dated = [name for name in free if source.kind(name) == "time"]
    dated = [name for name in dated if not is_constant(source, name)] or dated
    found = one_of(dated, TIME_NAMES, "time")
    why = "dates"
    if found is None:
        found, why = _numbered(source, free)
    parts = find_parts(source, found, free) if why == "dates" else ()
    if len(parts) > 1:
        joined = join_time(source, parts)
        listener(
            Assumption("time", joined, f"{' and '.join(map(repr, parts))} joined", "--time COLUMN")
        )
        return joined
    if found is None:
        _refuse_fiscal(source, free)
        listener(
            Assumption("time", "row order", "no column has dates or counts steps", "--time COLUMN")
        )
        return None
    listener(Assumption("time", found, why, "--time COLUMN"))
    return found


def _numbered(source: Source, free: Sequence[str]) -> tuple[str | None, str]:
    """Return the column whose numbers are times, and why; None and "dates" if there is none."""
    numeric = [name for name in free if source.kind(name) in ("integer", "number")]
    epochs = [
        name
        for name in numeric
        if is_called(name, EPOCH) and epoch_unit(source.parse_numbers(name).values)
    ]
    found = one_of(epochs, TIME_NAMES, "time")
    if found is not None:
        return found, f"{epoch_unit(source.parse_numbers(found).values)} since 1970"
    if find_parts(source, None, free):
        return None, "dates"
    serial = [
        name
        for name in numeric
        if is_called(name, DATE) and are_serial_days(source.parse_numbers(name).values)
    ]
    if serial:
        return one_of(serial, TIME_NAMES, "time"), "days of a spreadsheet"
    counted = [
        name
        for name in numeric
        if plain(name) in TIME_NAMES
        and source.kind(name) == "integer"
        and not is_constant(source, name)
    ]
    found = one_of(counted, TIME_NAMES, "time")
    return found, "dates" if found is None else "counts steps"


def _refuse_fiscal(source: Source, free: Sequence[str]) -> None:
    """Refuse years that end in the next one, which say no day on which they begin."""
    for name in free:
        if source.kind(name) == "text" and are_fiscal_years(source.distinct(name, 100)):
            example = source.text(name, 0)
            raise DataError(
                f"{source.where(0)}: column '{name}' holds fiscal years such as '{example}', which "
                "begin on another day in each country; expected a date or a year",
                f"write the year in which each begins, such as {example[:4]}, and --time {name}",
            )


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
        found, others = _first_of_the_same(source, fitting)
        found = found or one_of(fitting, SERIES_NAMES, "series")
        why = "each time occurs once in each of its values"
        if others:
            why += f", as in those of {listed(others)}, which name the same"
    else:
        named = [name for name in (*ids, *labels) if name.lower() in SERIES_NAMES]
        found = one_of([name for name in named if _repeats(source, name)], SERIES_NAMES, "series")
        why = "by its name"
    if found is not None:
        count = len(source.codes(found)[1])
        listener(Assumption("series", found, f"{why}; {count} series", "--series COLUMN"))
    return found


def _first_of_the_same(source: Source, names: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return of columns that all name the same series one, a customary one first; and the others.

    Where they do not, or there is one alone, there is none.
    """
    if len(names) < 2 or not name_the_same(source, names):
        return None, []
    called = [name for name in names if name.lower() in SERIES_NAMES or plain(name) in SERIES_NAMES]
    first = (called or list(names))[0]
    return first, [name for name in names if name != first]


def one_of(candidates: Sequence[str], customary: Sequence[str], role: str) -> str | None:
    """Return the one candidate, or the one with a customary name; refuse to choose blindly."""
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    by_name = [name for name in candidates if plain(name) in customary or name.lower() in customary]
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
    is_dated = source.kind(time) == "time"
    times = source.times(time).astype(np.int64) if is_dated else source.exact_numbers(time)
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
