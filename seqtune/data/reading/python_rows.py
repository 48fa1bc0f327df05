"""Columns from rows of Python values, as spreadsheets and databases give them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from seqtune.data.reading.encoding import encodable

BATCH_ROWS = 100_000
UNFIT = (pa.ArrowException, OverflowError, TypeError, ValueError)


def table_of_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """Return a pyarrow table; a column of mixed types is one of text.

    Args:
        names: The columns.
        rows: As many values each.
    """
    parts: list[list[Any]] = [[] for _ in names]
    batch: list[Sequence[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            _take(parts, batch)
            batch = []
    _take(parts, batch)
    return pa.Table.from_arrays([joined(arrays) for arrays in parts], names=list(names))


def array_of(values: Sequence[Any]) -> Any:
    """Return values as a pyarrow array of their type; as text where they have several.

    Example:
        >>> array_of([1, 2.5]).type, array_of([1, "n/a", None]).to_pylist()
        (DataType(double), ['1', 'n/a', None])
    """
    values = [_plain(value) for value in values]
    try:
        return pa.array(values)
    except UNFIT:
        return pa.array([None if value is None else text_of(value) for value in values])


def joined(arrays: Sequence[Any]) -> Any:
    """Return parts of a column as one chunked array; as text where their types do not go together.

    Args:
        arrays: Arrays or chunked arrays.
    """
    tables = [pa.table({"": array}) for array in arrays] or [pa.table({"": pa.nulls(0)})]
    try:
        column = pa.concat_tables(tables, promote_options="permissive").column(0)
        if pa.types.is_floating(column.type):  # a large whole number must not lose its digits
            _refuse_lost_digits(arrays)
        return column
    except UNFIT:
        texts = [
            pa.array([None if value is None else text_of(value) for value in array.to_pylist()],
                     pa.string())
            for array in arrays
        ]  # fmt: skip
        return pa.chunked_array(texts, pa.string())


def text_of(value: Any) -> str:
    """Return a value as a table would hold it: whole floats without `.0`, times in ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        is_date = value.tzinfo is None and value.time() == datetime.time()
        return str(value.date() if is_date else value)
    return encodable(str(value))


def _take(parts: list[list[Any]], batch: list[Sequence[Any]]) -> None:
    if batch:
        for arrays, values in zip(parts, zip(*batch, strict=True), strict=True):
            arrays.append(array_of(values))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return encodable(bytes(value).decode("utf-8", "replace"))
    return float(value) if isinstance(value, Decimal) else value


def _refuse_lost_digits(arrays: Sequence[Any]) -> None:
    for array in arrays:
        if pa.types.is_integer(array.type):
            array.cast(pa.float64())  # raises where a number does not fit
