"""Prediction tables as bytes: JSON records, CSV or Parquet."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd

from seqtune.serve.media import CSV, JSON


def to_bytes(table: pd.DataFrame, media: str) -> bytes:
    """Return a prediction table as the client takes it.

    Args:
        table: The table.
        media: One of `FORMS`.

    Returns:
        JSON is `{"predictions": [{…}, …]}`, times in ISO 8601, null where nothing is.
    """
    if media == JSON:
        return records(table)
    if media == CSV:
        return table.to_csv(index=False).encode("utf-8", "replace")
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def records(table: pd.DataFrame) -> bytes:
    """Return a table as JSON records; characters beyond ASCII are escaped."""
    names = [str(name) for name in table.columns]
    columns = [_values(table.iloc[:, place]) for place in range(len(names))]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return json.dumps({"predictions": rows}, allow_nan=False).encode()


def _values(column: pd.Series[Any]) -> list[Any]:
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else ""
    if kind == "M" or isinstance(column.dtype, pd.DatetimeTZDtype):
        return [time.isoformat() if time == time else None for time in column]
    values: list[Any] = column.tolist()
    if kind in ("i", "u"):
        return values
    if kind == "f":
        return [value if value == value else None for value in values]
    absent = column.isna()
    if absent.any():
        return [None if gone else value for value, gone in zip(values, absent, strict=True)]
    return values
