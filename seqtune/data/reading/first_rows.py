"""The columns of a table by its first rows: what can be named before the table is read."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from seqtune.data.reading.dialect import sniff
from seqtune.data.reading.encoding import scan_blocks
from seqtune.data.reading.file_form import form_by_bytes, form_by_name
from seqtune.data.reading.read_options import ReadOptions

FIRST_BYTES = 1 << 15

DECOMPRESSORS: dict[bytes, Callable[[Any], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast(IO[bytes], bz2.BZ2File(file)),
}


def first_names(path: Path) -> tuple[str, ...]:
    """Return the names of the columns of a delimited or JSON Lines file, by its first rows.

    Args:
        path: The file, maybe compressed by gzip or bzip2.

    Returns:
        The names; nothing where the file is of another form, or has no header.

    Raises:
        OSError: It cannot be read.
        DataError: It is not text.
        ValueError: It is called JSON and is not.

    Example:
        >>> first_names(Path("data/airline.csv"))
        ('month', 'passengers')
    """
    if not path.is_file():  # a pipe would be waited for, and emptied
        return ()
    start, is_packed = _start_of(path)
    if form_by_bytes(start):
        return ()
    form = form_by_name(path, "packed" if is_packed else "")
    if form != "delimited":
        return tuple(_keys(start)) if form == "json_lines" else ()
    whole = start[: start.rfind(b"\n") + 1] or start  # a character may be cut in two at the end
    dialect = sniff(path, scan_blocks(path, lambda: iter([whole])), ReadOptions())
    return dialect.names


def _start_of(path: Path) -> tuple[bytes, bool]:
    """Return the first bytes, and whether the file is compressed."""
    with path.open("rb") as file:
        magic = file.read(3)
        file.seek(0)
        for mark, opened in DECOMPRESSORS.items():
            if magic.startswith(mark):
                return opened(file).read(FIRST_BYTES), True
        return file.read(FIRST_BYTES), False


def _keys(start: bytes) -> list[str]:
    """Return the keys of the first object of JSON Lines, or of a list of objects."""
    text = start.decode("utf-8-sig", "ignore").lstrip().removeprefix("[")
    found: Any = json.JSONDecoder().raw_decode(text.lstrip())[0]
    return list(found) if isinstance(found, dict) else []
