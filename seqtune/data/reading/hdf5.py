"""Reading a table from an HDF5 file: a compound dataset, a matrix, or columns that lie together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from seqtune.data.reading.compression import check_size
from seqtune.data.reading.encoding import encodable
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.python_rows import array_of
from seqtune.errors import DataError, literal

WAY = "export it, for example in pandas: pandas.read_hdf(FILE).to_parquet('table.parquet')"
PANDAS = "pandas_type"


def read_hdf5(file: OpenedFile) -> tuple[Any, tuple[str, ...]]:
    """Return the table of an HDF5 file, and where in it it was.

    Args:
        file: It holds one dataset of records (a column per field) or one matrix (a column per
            column), or datasets of one dimension and of equal length (a column each). Texts are
            of a fixed length.

    Raises:
        DataError: It holds none of these, several, or what pandas wrote in a form of its own.
    """
    import h5py

    path = file.whole_path()
    try:
        with h5py.File(path, "r") as opened:
            return _read(file, opened, h5py)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        reason = (str(error).splitlines() or [""])[0][:200]
        raise DataError(f"{file.path} is not a readable HDF5 file: {reason}", WAY) from error


def _read(file: OpenedFile, opened: Any, h5py: Any) -> tuple[Any, tuple[str, ...]]:
    found: dict[str, Any] = {}
    is_of_pandas = False

    def look(name: str, entry: Any) -> None:  # links out of the file are not followed
        nonlocal is_of_pandas
        is_of_pandas |= PANDAS in entry.attrs
        if isinstance(entry, h5py.Dataset) and entry.ndim in (1, 2) and not _leads_out(entry):
            found[_text(name)] = entry

    opened.visititems(look)
    for name, entry in found.items():
        if _is_variable(entry.dtype, h5py):
            raise DataError(
                f"{file.path}: '{literal(name)}' holds values of variable length; expected numbers"
                " or texts of a fixed length",
                WAY,
            )
    if is_of_pandas:
        raise DataError(f"{file.path} was written by pandas.to_hdf, which is not read", WAY)
    _check_size(file, found)
    records = {name: entry for name, entry in found.items() if entry.dtype.names}
    lengths = {len(entry) for entry in found.values()}
    if len(found) == 1:
        ((name, entry),) = found.items()
        columns = _columns(name.rsplit("/", 1)[-1], entry)
        return _table(file.path, columns), (f"read from the dataset '{literal(name)}'",)
    if found and not records and len(lengths) == 1 and all(e.ndim == 1 for e in found.values()):
        columns = {name: _values(entry[()]) for name, entry in found.items()}
        return _table(file.path, columns), (f"a column for each of {len(found)} datasets",)
    names = ", ".join(literal(name) for name in list(found)[:8]) or "none of one or two dimensions"
    raise DataError(
        f"{file.path} holds no table: expected one dataset of records or one matrix, or datasets"
        f" of equal length; found {names}",
        WAY,
    )


def _text(name: Any) -> str:
    """Return a name as text; h5py gives one that is not UTF-8 as bytes."""
    return encodable(name if isinstance(name, str) else name.decode("utf-8", "replace"))


def _is_variable(dtype: Any, h5py: Any) -> bool:
    """Say whether values lie elsewhere in the file; a damaged file can make the library hang."""
    if dtype.names:
        return any(_is_variable(dtype[name], h5py) for name in dtype.names)
    return dtype.hasobject or h5py.check_dtype(vlen=dtype) is not None


def _leads_out(entry: Any) -> bool:
    """Say whether the values of a dataset are in another file."""
    return bool(entry.external) or bool(entry.is_virtual)


def _check_size(file: OpenedFile, found: dict[str, Any]) -> None:
    size = sum(entry.size * max(1, entry.dtype.itemsize) for entry in found.values())
    check_size(size, file.bytes, file.path, "pass it to seqtune.fit as a DataFrame")


def _columns(name: str, entry: Any) -> dict[str, Any]:
    values = entry[()]
    if values.dtype.names:
        return {field: _values(values[field]) for field in values.dtype.names}
    if values.ndim == 1:
        return {name: _values(values)}
    return {f"column_{place}": _values(column) for place, column in enumerate(values.T, start=1)}


def _values(values: Any) -> Any:
    if values.ndim != 1:
        raise ValueError(f"a column has values of shape {values.shape[1:]}")
    if values.dtype.kind in "biuf":
        return pa.array(np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="))))
    return array_of(values.tolist())


def _table(path: Path, columns: dict[str, Any]) -> Any:
    table = pa.Table.from_arrays(list(columns.values()), names=[*map(encodable, columns)])
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(
            f"{path} has {table.num_rows} rows and {table.num_columns} columns",
            "expected at least one of each",
        )
    return table
