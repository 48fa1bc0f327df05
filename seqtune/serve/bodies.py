"""Rows from the body of a request: JSON, CSV or Parquet, all of it hostile until checked."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from seqtune.serve.media import CSV, JSON, PARQUET
from seqtune.serve.problem import Problem
from seqtune.tasks._requests import RequestTable

MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
MOST_CELLS = 5_000_000
MOST_TEXT_BYTES = 1 << 28
"""Bytes that the texts of a Parquet request may have when its dictionaries are written out."""

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)

SMALL_CODECS = ("UNCOMPRESSED", "SNAPPY")
"""Compressions that cannot make gigabytes of a few bytes."""

ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_rows(body: bytes, media: str, numbers: Collection[str] = ()) -> RequestTable:
    """Return the rows of a request; none where there is no body.

    Args:
        body: The body.
        media: Its media type, one of `FORMS`.
        numbers: Columns of numbers, which CSV writes as texts.

    Raises:
        Problem: It cannot be read, or has too many rows or columns.

    Example:
        >>> read_rows(b'[{"month": "1961-01", "passengers": 450}]', JSON).columns
        {'month': ['1961-01'], 'passengers': [450]}
    """
    if not body or body.isspace():
        return RequestTable({}, 0)
    if media == PARQUET:
        return _parquet(body)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(
            400, f"the byte {error.start + 1} of the body is 0x{body[error.start]:02x}, which is "
            "no UTF-8"
        ) from None  # fmt: skip
    return READERS[media](text, numbers)


def _json(text: str, numbers: Collection[str]) -> RequestTable:
    try:
        found = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Problem(
            400, f"line {error.lineno}, column {error.colno} of the body is not JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise Problem(400, "the brackets of the JSON are nested too deep") from None
    except ValueError:
        raise Problem(400, "a number of the JSON has too many digits") from None
    if ESCAPED_SURROGATE.search(text):
        _refuse_surrogates(found)
    rows = [found] if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise Problem(422, f"found {_kind(rows)}, expected a list of objects, one for each row")
    for place, row in enumerate(rows):
        if type(row) is not dict:
            raise Problem(422, f"row {place + 1} is {_kind(row)}, expected an object", place + 1)
    if not rows or (len(rows) == 1 and not rows[0]):
        return RequestTable({}, 0)
    _check_size(len(rows), len(rows[0]))
    keys = rows[0].keys()
    if all(row.keys() == keys for row in rows):
        return RequestTable({name: [row[name] for row in rows] for name in keys}, len(rows))
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
        _check_size(len(rows), len(names))
    return RequestTable({name: [row.get(name) for row in rows] for name in names}, len(rows))


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise Problem(422, f"the key {twice[:60]!r} is used twice in one object", column=twice[:60])
    return record


def _refuse_constant(word: str) -> None:
    raise Problem(422, f"found {word}, which is no JSON; expected a number, or null for none")


DECODER = json.JSONDecoder(object_pairs_hook=_record, parse_constant=_refuse_constant)


def _refuse_surrogates(found: Any) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Problem(400, "an escape of the JSON is half a character") from None


def _kind(value: Any) -> str:
    names = {list: "a list", dict: "an object", str: "a text", bool: "a truth value"}
    return "null" if value is None else names.get(type(value), "a number")


def _csv(text: str, numbers: Collection[str]) -> RequestTable:
    if "\0" in text:
        raise Problem(400, "the CSV holds a zero byte")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    names: list[str] = []
    try:
        for cells in reader:
            if not cells:
                continue
            if not names:
                names = [cell.strip() for cell in cells]
                _check_size(0, len(names))
                _check_names(names)
                continue
            if len(cells) != len(names):
                raise Problem(
                    400,
                    f"row {len(rows) + 1} has {len(cells)} cells, the header {len(names)}",
                    len(rows) + 1,
                )
            rows.append(cells)
            _check_size(len(rows), len(names))
    except csv.Error as error:
        raise Problem(400, f"line {reader.line_num} of the body is not CSV: {error}") from None
    if not rows:
        raise Problem(422, "the CSV has a header and no rows")
    columns: dict[str, Sequence[Any]] = {}
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        texts = [cell or None for cell in column]
        columns[name] = _numbers_of(texts) if name in numbers else texts
    return RequestTable(columns, len(rows))


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if not name or names.count(name) > 1:
            what = f"has the column {name[:60]!r} twice" if name else "has a column without a name"
            raise Problem(422, f"the header of the CSV {what}", column=name[:60])


def _numbers_of(cells: Sequence[str | None]) -> Sequence[Any]:
    """Return the numbers that cells write in one way only; else the texts."""
    if all(cell is None or NUMBER.fullmatch(cell) for cell in cells):
        return [None if cell is None else float(cell) for cell in cells]
    return cells


def _parquet(body: bytes) -> RequestTable:
    try:
        return _of_arrow(_parquet_table(body))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = "".join((str(error).splitlines() or [""])[0][:200])
        raise Problem(400, f"the body is no readable Parquet: {reason}") from None


def _parquet_table(body: bytes) -> Any:
    metadata = parquet.read_metadata(pa.BufferReader(body))
    _check_size(metadata.num_rows, metadata.num_columns)
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            codec = metadata.row_group(group).column(column).compression
            if codec not in SMALL_CODECS:
                raise Problem(
                    415,
                    f"found Parquet compressed by {codec}, expected {' or '.join(SMALL_CODECS)}",
                )
    schema = metadata.schema.to_arrow_schema()
    texts = [field.name for field in schema if _is_text(field.type)]
    for field in schema:
        if not _is_plain(field.type):
            raise Problem(
                422, f"column '{field.name[:60]}' is {str(field.type)[:60]}; expected numbers, "
                "texts, truth values or times", column=field.name[:60],
            )  # fmt: skip
    opened = parquet.ParquetFile(pa.BufferReader(body), read_dictionary=texts)
    table = opened.read(use_threads=False)
    table.validate(full=True)
    _check_size(table.num_rows, table.num_columns)
    if len(set(table.column_names)) < table.num_columns:
        raise Problem(422, "two columns of the Parquet share a name")
    return table


def _of_arrow(table: Any) -> RequestTable:
    """Return a table whose texts are written out, once it is known how long they get."""
    columns = {}
    size = 0
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            for chunk in column.chunks:
                lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
                size += pc.sum(lengths).as_py() or 0
            if size > MOST_TEXT_BYTES:
                raise Problem(
                    413, f"the texts of the Parquet have more than {MOST_TEXT_BYTES:,} bytes"
                )
            column = column.cast(column.type.value_type)
        elif pa.types.is_temporal(column.type):
            column = _times_as_texts(column)
        columns[name] = column.to_pylist()
    return RequestTable(columns, table.num_rows)


def _times_as_texts(column: Any) -> Any:
    """Return times in ISO 8601, where they have no zone and no parts of seconds."""
    if getattr(column.type, "tz", None):
        return column
    try:
        return pc.strftime(column.cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%S")
    except pa.ArrowInvalid:
        return column


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_plain(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    tests = (_is_text, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    times = (pa.types.is_timestamp, pa.types.is_date, pa.types.is_null)
    return any(test(kind) for test in (*tests, *times))


def _check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise Problem(413, f"found {rows:,} rows or more, expected at most {MOST_ROWS:,}")
    if columns > MOST_COLUMNS:
        raise Problem(422, f"found {columns:,} columns, expected at most {MOST_COLUMNS:,}")
    if rows * columns > MOST_CELLS:
        raise Problem(413, f"found {rows * columns:,} cells, expected at most {MOST_CELLS:,}")


READERS: dict[str, Callable[[str, Collection[str]], RequestTable]] = {JSON: _json, CSV: _csv}
