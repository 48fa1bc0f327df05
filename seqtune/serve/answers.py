"""Prediction tables as bytes: JSON records, CSV or Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqtune.serve.media import CSV, JSON
from seqtune.tasks._requests import Separated

NOT_FINITE = "the model predicts values that are not finite for these rows"


def to_bytes(tables: Separated, media: Sequence[str]) -> Iterator[bytes | None]:
    """Yield prediction tables as clients take them.

    Args:
        tables: The tables.
        media: The media type of each, one of `FORMS`.

    Yields:
        JSON is `{"predictions": [{…}, …]}`, times in ISO 8601, null where nothing is. None of a
        table with infinities.
    """
    table, edges = tables.table, tables.edges.tolist()
    infinite = np.isinf(table.select_dtypes("float").to_numpy(np.float64)).any(axis=1)
    rows = _rows(table) if JSON in media else []
    for place, kind in enumerate(media):
        begin, end = edges[place], edges[place + 1]
        if infinite[begin:end].any():
            yield None
        elif kind == JSON:
            yield json.dumps({"predictions": rows[begin:end]}, allow_nan=False).encode()
        elif kind == CSV:
            yield table.iloc[begin:end].to_csv(index=False).encode("utf-8", "replace")
        else:
            buffer = io.BytesIO()
            table.iloc[begin:end].to_parquet(buffer, index=False)
            yield buffer.getvalue()


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    columns = [_values(column) for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series[Any]) -> list[Any]:
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else ""
    if kind == "M" or isinstance(column.dtype, pd.DatetimeTZDtype):
        places, times = pd.factorize(column)  # many rows have the same few; NaT is place -1
        texts = [*(time.isoformat() for time in pd.Index(times)), None]
        return [texts[place] for place in places.tolist()]
    values: list[Any] = column.tolist()
    if kind in ("i", "u"):
        return values
    if kind == "f":
        return [value if value == value else None for value in values]
    absent = column.isna()
    if absent.any():
        return [None if gone else value for value, gone in zip(values, absent, strict=True)]
    return values
