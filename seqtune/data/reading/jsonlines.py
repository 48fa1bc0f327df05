"""Reading JSON Lines: an object per line, its keys the columns.

pyarrow reads the plain case. What it refuses is read again line by line, slower, so that a fault
gets its line number and columns of mixed types become text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json as arrow_json

from seqtune.data.reading.encoding import Scan, encodable
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError


@dataclass(frozen=True)
class ObjectLines:
    """Where the objects of a JSON Lines file are."""

    file: OpenedFile
    scan: Scan
    rows: int

    def __call__(self, row: int) -> int:
        """Return the 1-based line of data row `row`; blank lines hold none."""
        if self.scan.lines == self.rows:
            return row + 1
        with self.file.text(self.scan.encoding) as file:
            filled = -1
            for number, line in enumerate(file, start=1):
                filled += bool(line.strip())
                if filled == row:
                    return number
        return self.scan.lines


def read_json_lines(file: OpenedFile, scan: Scan) -> tuple[Any, ObjectLines]:
    """Read an object per line.

    Args:
        file: The file, compressed or not.
        scan: What a pass over it showed.

    Returns:
        A pyarrow table, and the map from rows to lines.

    Raises:
        DataError: A line is not a JSON object.
    """
    path = file.path
    if scan.start.lstrip().startswith("["):
        raise DataError(
            f"{path} holds one JSON array; expected JSON Lines, an object per line",
            f"jq -c '.[]' {path} > {path.with_suffix('.jsonl')}",
        )
    table = None
    if scan.encoding == "utf-8":
        try:
            with file.arrow_stream() as stream:
                table = arrow_json.read_json(stream)
        except pa.ArrowInvalid:
            table = None
    if table is None:
        table = _read_slowly(file, scan)
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(f"{path} holds no values", 'expected lines such as {"time": 1, "value": 2}')
    return table, ObjectLines(file, scan, table.num_rows)


def _read_slowly(file: OpenedFile, scan: Scan) -> Any:
    columns: dict[str, list[str | None]] = {}
    rows = 0
    with file.text(scan.encoding) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            for key, value in _object(file.path, number, line.removeprefix("\ufeff")).items():
                column = columns.setdefault(encodable(key), [])
                column.extend([None] * (rows - len(column)))
                column.append(_cell(value))
            rows += 1
    for column in columns.values():
        column.extend([None] * (rows - len(column)))
    arrays = [pa.array(column, pa.string()) for column in columns.values()]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}:{number}: not JSON: {error.msg} (column {error.colno})",
            'expected an object per line, such as {"time": "2020-01-01", "value": 2}',
        ) from error
    if not isinstance(value, dict):
        raise DataError(
            f"{path}:{number}: {type(value).__name__} found, an object expected",
            'expected an object per line, such as {"time": "2020-01-01", "value": 2}',
        )
    return value


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return encodable(value if isinstance(value, str) else json.dumps(value))
