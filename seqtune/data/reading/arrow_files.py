"""Files that hold columns with types: Parquet, Feather (Arrow) and ORC, read by pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from seqtune.data.reading.compression import check_size
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError

NAMES = {
    "parquet": "Parquet",
    "feather": "Feather (Arrow)",
    "stream": "Arrow stream",
    "orc": "ORC",
}
CELL_BYTES = 8
FEATHER_START = 8
"""Bytes before the stream of record batches that a Feather file is."""


def read_arrow_file(file: OpenedFile) -> Any:
    """Return the table of a Parquet, Feather, Arrow stream or ORC file.

    Args:
        file: The file; its `form` is one of `NAMES`.

    Raises:
        DataError: It is damaged, it has no rows or columns, two columns share a name, or it
            claims to have far more cells than its size allows.
    """
    with _readable(file), file.arrow_stream() as stream:
        table = READERS[file.form](file, stream)
        table.validate(full=True)
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(
            f"{file.path} has {table.num_rows} rows and {table.num_columns} columns",
            "expected at least one of each",
        )
    return flattened(table)


def flattened(table: Any) -> Any:
    """Return a table in which each field of a nested column is a column of its own.

    The column `fields` with the keys `temp` and `wind` becomes `fields.temp` and `fields.wind`.
    """
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    return table


@contextmanager
def _readable(file: OpenedFile) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        if error.__cause__ is None:
            raise
        raise _unreadable(file, error.__cause__) from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: OpenedFile, error: BaseException) -> DataError:
    reason = (str(error).splitlines() or [""])[0][:200]
    return DataError(
        f"{file.path} is not a readable {NAMES[file.form]} file: {reason}",
        "it may be cut short; copy it again",
    )


def _parquet(file: OpenedFile, stream: Any) -> Any:
    from pyarrow.parquet import ParquetFile  # loads clients of networks

    opened = ParquetFile(stream)
    _check_cells(file, opened.metadata.num_rows, opened.metadata.num_columns)
    return opened.read()


def _feather(file: OpenedFile, stream: Any) -> Any:
    if file.start.startswith(b"FEA1"):
        raise DataError(
            f"{file.path} is a Feather file of version 1; version 2 is expected",
            "in pandas: pandas.read_feather(FILE).to_parquet('table.parquet')",
        )
    stream.read(FEATHER_START)  # a stream follows; the table behind it may be damaged
    return _stream(file, stream)


def _stream(file: OpenedFile, stream: Any) -> Any:
    """Read batch by batch, so that one that is far too large is met before the next."""
    found, size = [], 0
    reader = pa.ipc.open_stream(stream)
    for batch in reader:
        size += batch.nbytes
        check_size(size, file.bytes, file.path, "pass it to seqtune.fit as a DataFrame")
        found.append(batch)
    return pa.Table.from_batches(found, reader.schema)


def _orc(file: OpenedFile, stream: Any) -> Any:
    from pyarrow import orc

    opened = orc.ORCFile(stream)
    _check_cells(file, opened.nrows, len(opened.schema))
    return opened.read()


def _check_cells(file: OpenedFile, rows: int, columns: int) -> None:
    check_size(
        rows * columns * CELL_BYTES, file.bytes, file.path, "pass it to seqtune.fit as a DataFrame"
    )


READERS: dict[str, Callable[[OpenedFile, Any], Any]] = {
    "parquet": _parquet,
    "feather": _feather,
    "stream": _stream,
    "orc": _orc,
}
