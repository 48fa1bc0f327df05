"""Columns that have a type of their own: brought to few types, and converted from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.columns import Parsed, beyond
from seqtune.data.reading.timestamps import nanoseconds

Array = np.ndarray[Any, Any]


def settled(column: Any) -> Any:
    """Bring rarer types to one of: text, integer, float, boolean, timestamp, null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64())
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("ms"))
    plain = (
        *(pa.types.is_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean),
        *(pa.types.is_timestamp, pa.types.is_null),
    )
    if any(check(kind) for check in plain):
        return column
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        texts = [None if value is None else str(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])


def is_text(column: Any) -> bool:
    """Say whether a column is one of text."""
    return bool(pa.types.is_string(column.type))


def as_text(column: Any) -> Any:
    """Return a column as strings; whole floats lose their `.0`, so that 1.0 is category "1"."""
    if is_text(column):
        return column
    if pa.types.is_floating(column.type):
        values = column.to_numpy()
        if np.all((np.abs(values) < 2**53) & (values == np.floor(values)) | np.isnan(values)):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
            column = column.cast(pa.int64())
    if pa.types.is_null(column.type):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])
    return column.cast(pa.string())


def whole_numbers(labels: Sequence[str]) -> dict[str, str]:
    """Return labels that are whole numbers written as reals without their point.

    Args:
        labels: Different texts.

    Returns:
        What each is to be called; nothing unless all are whole numbers, and one has a point.

    Example:
        >>> whole_numbers(["1.0000000e+00", "2.0"]), whole_numbers(["1", "2"])
        ({'1.0000000e+00': '1', '2.0': '2'}, {})
    """
    if not any(mark in label for label in labels[:1] for mark in ".eE"):
        return {}
    try:
        numbers = [float(label) for label in labels]
    except ValueError:
        return {}
    if not all(abs(number) < 2**53 and number == int(number) for number in numbers):
        return {}
    return {label: str(int(number)) for label, number in zip(labels, numbers, strict=True)}


def whole_or_none(column: Any) -> Array | None:
    """Return a column of whole numbers as (rows,) int64 with all their digits; None if it is none.

    Args:
        column: A pyarrow chunked array, of text or of numbers.
    """
    try:
        if column.null_count == 0:
            return np.array(pc.cast(column, pa.int64()).to_numpy(), np.int64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return None


def typed_numbers(column: Any, sentinels: Array) -> Parsed:
    """Return a column as float64.

    Args:
        column: No text.
        sentinels: Numbers that mean "missing".
    """
    if pa.types.is_timestamp(column.type):
        count = len(column) - column.null_count
        first = int(np.argmax(~column.is_null().to_numpy())) if count else -1
        return Parsed(np.full(len(column), np.nan), count, first)
    values = np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    if sentinels.size:
        values[np.isin(values, sentinels)] = np.nan
    faulty = beyond(values)
    if faulty is None:
        return Parsed(values)
    values[faulty] = np.nan
    count = int(faulty.sum())
    return Parsed(values, count, int(faulty.argmax()), count)


def typed_times(column: Any) -> Parsed:
    """Return a column as datetime64[ns] in UTC."""
    if not pa.types.is_timestamp(column.type):
        present = ~column.is_null(nan_is_null=True).to_numpy()
        count = int(present.sum())
        nothing = np.full(len(column), np.datetime64("NaT", "ns"), dtype="datetime64[ns]")
        return Parsed(nothing, count, int(present.argmax()) if count else -1)
    zone = column.type.tz
    values = column.cast(pa.timestamp(column.type.unit)).to_numpy()
    times = nanoseconds(values)
    faulty = np.isnat(times) & ~np.isnat(values)
    notes = (f"times of zone {zone} converted to UTC",) if zone not in (None, "UTC") else ()
    first = int(faulty.argmax()) if faulty.any() else -1
    return Parsed(times, int(faulty.sum()), first, notes=notes, in_utc=zone is not None)
