"""Reading JSON: an object per line, one array of objects, or objects over several lines.

The keys are the columns; those of an object within an object are joined by a point. pyarrow reads
the plain case. What it refuses is read again line by line, slower, so that a fault gets its line
number and columns of mixed types become text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.json as arrow_json

from seqtune.data.reading.arrow_files import flattened
from seqtune.data.reading.encoding import Scan, encodable
from seqtune.data.reading.json_structure import check_depth, object_lines, open_brackets
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError

EXAMPLE = 'expected an object per line, such as {"time": "2020-01-01", "value": 2}'
BLOCK_BYTES = 4 << 20
MAX_BLOCK_BYTES = 1 << 30


@dataclass(frozen=True)
class ObjectLines:
    """Where the objects of a JSON file are: on which line, or the number of each.

    Args:
        file: The file.
        scan: What a pass over it showed.
        rows: How many there are.
        is_by_line: Whether each is on a line of its own.
    """

    file: OpenedFile
    scan: Scan
    rows: int
    is_by_line: bool = True

    def __call__(self, row: int) -> int:
        """Return the 1-based line of data row `row`; blank lines hold none."""
        if not self.is_by_line or self.scan.lines == self.rows:
            return row + 1
        with self.file.text(self.scan.encoding) as file:
            filled = -1
            for number, line in enumerate(file, start=1):
                filled += bool(line.strip())
                if filled == row:
                    return number
        return self.scan.lines


@dataclass(frozen=True)
class _Objects:
    """The objects of a file, a line each."""

    file: OpenedFile
    scan: Scan
    is_by_line: bool

    @contextmanager
    def stream(self) -> Iterator[Any]:
        """Give the bytes to a reader of pyarrow."""
        if self.is_by_line:
            with self.file.arrow_stream() as stream:
                yield stream
        else:
            yield pa.BufferReader(b"".join(self._blocks()))

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Yield each object with its line, or with its number where it has no line of its own."""
        if self.is_by_line:
            with self.file.text(self.scan.encoding) as lines:
                yield from ((at, line) for at, line in enumerate(lines, start=1) if line.strip())
        else:
            yield from enumerate(_filled_lines(self._blocks()), start=1)

    def _blocks(self) -> Iterator[bytes]:
        return object_lines(self.file.path, self.file.texts(self.scan.encoding))

    def place(self, number: int) -> str:
        """Return where an object is, for messages."""
        return (
            f"{self.file.path}:{number}"
            if self.is_by_line
            else (f"{self.file.path}: object {number:,}")
        )


def read_json_lines(file: OpenedFile, scan: Scan) -> tuple[Any, ObjectLines]:
    """Read the objects of a file.

    Args:
        file: The file, compressed or not.
        scan: What a pass over it showed.

    Returns:
        A pyarrow table, and the map from rows to lines.

    Raises:
        DataError: Something in it is no JSON object, or is nested too deep.
    """
    ascii_like = scan.encoding.startswith(("utf-8", "cp", "latin", "iso"))
    has_null = check_depth(
        file.path,
        file.blocks() if ascii_like else (t.encode() for t in file.texts(scan.encoding)),
        outer=int(scan.start.lstrip().startswith("[")),
    )
    objects = _Objects(file, scan, _is_by_line(scan))
    table = None if has_null else _read_fast(objects, scan)
    if table is None:
        table = _read_slowly(objects)
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(f"{file.path} holds no values", EXAMPLE)
    _refuse_columns(file, table)
    table = flattened(table)
    return table, ObjectLines(file, scan, table.num_rows, objects.is_by_line)


def _is_by_line(scan: Scan) -> bool:
    """Say whether the first line that is not blank is whole: it closes all that it opens."""
    start = scan.start.lstrip()
    line, *rest = start.split("\n", 1)
    return not start.startswith("[") and (not rest or open_brackets(line) == 0)


def _read_fast(objects: _Objects, scan: Scan) -> Any | None:
    if objects.is_by_line and scan.encoding != "utf-8":
        return None
    block = BLOCK_BYTES
    while True:
        try:
            with objects.stream() as stream:
                # in one thread: no block is parsed behind one that is no JSON
                options = arrow_json.ReadOptions(use_threads=False, block_size=block)
                return arrow_json.read_json(stream, options)
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error) or block >= MAX_BLOCK_BYTES:
                return None
            block *= 16


def _read_slowly(objects: _Objects) -> Any:
    columns: dict[str, list[str | None]] = {}
    rows = 0
    for number, line in objects.numbered():
        for key, value in _cells(_object(objects.place(number), line.removeprefix("\ufeff"))):
            column = columns.setdefault(encodable(key), [])
            column.extend([None] * (rows - len(column)))
            if len(column) > rows:
                raise DataError(
                    f"{objects.place(number)}: the key '{key[:60]}' is used twice",
                    "rename one of them",
                )
            column.append(_cell(value))
        rows += 1
    for column in columns.values():
        column.extend([None] * (rows - len(column)))
    arrays = [pa.array(column, pa.string()) for column in columns.values()]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _cells(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of an object, those of objects in it under joined keys."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _cells(value, f"{above}{key}.")
        else:
            yield above + key, value


def _object(place: str, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{place}: not JSON: {error.msg} (column {error.colno})", EXAMPLE
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise DataError(f"{place}: a number has too many digits", EXAMPLE) from error
    if not isinstance(value, dict):
        found = "null" if value is None else type(value).__name__
        raise DataError(f"{place}: {found} found, an object expected", EXAMPLE)
    return value


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return encodable(value if isinstance(value, str) else json.dumps(value))


def _refuse_columns(file: OpenedFile, table: Any) -> None:
    """Refuse one object that holds whole columns, as pandas writes it where it is not asked."""
    if table.num_rows > 1:
        return
    kinds = table.schema.types
    is_index = all(map(pa.types.is_struct, kinds)) and _is_index(
        [tuple(field.name for field in kind) for kind in kinds]
    )
    if all(map(pa.types.is_list, kinds)) or is_index:
        raise DataError(
            f"{file.path} holds one object, whose keys are {', '.join(table.column_names)[:150]};"
            " expected an object per row",
            "in pandas: frame.to_json(FILE, orient='records', lines=True); or jq -c '.KEY[]'",
        )


def _filled_lines(blocks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from (line.decode("utf-8") for line in lines if line.strip())
    if rest.strip():
        yield rest.decode("utf-8")


def _is_index(keys: list[tuple[str, ...]]) -> bool:
    """Say whether the keys of nested objects are those of rows: the same in all, or numbers."""
    is_same = len(set(keys)) == 1 and len(keys) > 1 and len(keys[0]) > 1
    return is_same or all(key.isdecimal() for each in keys for key in each)
