"""Taking a pandas DataFrame for a table: its index, categories and mixed columns included."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import pyarrow as pa

from seqtune.data.reading.encoding import encodable
from seqtune.errors import DataError


def frame_to_table(frame: pd.DataFrame, name: str) -> Any:
    """Return a DataFrame as a pyarrow table.

    Args:
        frame: Any DataFrame; an index that is named or holds times becomes the first column.
        name: What messages call it.

    Raises:
        DataError: It has no rows or no columns.
    """
    if _index_matters(frame.index):
        frame = frame.rename_axis(index=_index_names(frame)).reset_index()
    if frame.shape[0] == 0 or frame.shape[1] == 0:
        raise DataError(
            f"{name} has {frame.shape[0]} rows and {frame.shape[1]} columns",
            "pass a DataFrame with at least one of each",
        )
    names = [
        "_".join(str(part) for part in column if str(part))
        if isinstance(column, tuple)
        else str(column)
        for column in frame.columns
    ]
    columns = [_column(frame.iloc[:, position]) for position in range(frame.shape[1])]
    return pa.Table.from_arrays(columns, names=names)


def digest_of(table: Any) -> str:
    """Return the sha256 of a pyarrow table."""
    digest = hashlib.sha256()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    digest.update(memoryview(sink.getvalue()))
    return digest.hexdigest()


def _index_matters(index: pd.Index[Any]) -> bool:
    if isinstance(index, pd.MultiIndex):
        return True
    return index.name is not None or isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex))


def _index_names(frame: pd.DataFrame) -> list[Any]:
    taken = {str(column) for column in frame.columns}
    names: list[Any] = []
    for level, name in enumerate(frame.index.names):
        fallback = "time" if level == 0 else f"level_{level}"
        name = fallback if name is None else name
        while str(name) in taken:
            name = f"{name}_"
        names.append(name)
    return names


def _column(series: pd.Series[Any]) -> Any:
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    try:
        return pa.array(series, from_pandas=True)
    except (
        pa.ArrowInvalid,
        pa.ArrowTypeError,
        pa.ArrowNotImplementedError,
        UnicodeEncodeError,
    ):
        present = series.notna()
        texts = series.astype(str).map(encodable).where(present, None)
        return pa.array(texts, pa.string(), from_pandas=True)
