"""Two text files, line by line, as a table of two columns; or one, as a table of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from seqtune.data.reading.folder import fingerprint_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.errors import DataError


class Lines(Source):
    """A table whose rows are the lines of text files; a blank line is an empty cell.

    Attributes:
        encoding: The Python name of the encoding of the first file.
    """

    encoding = ""

    def renamed(self, names: Mapping[str, str]) -> Lines:
        """Return the same lines with other names of columns.

        Args:
            names: The new name of each.
        """
        table = self.table()
        found = Lines(
            self.path,
            table.rename_columns([names[name] for name in table.column_names]),
            lines=self.lines,
            notes=self.notes,
            fingerprint=self.fingerprint(),
        )
        found.encoding = self.encoding
        return found


def read_parallel(
    first: Path, second: Path, columns: tuple[str, str], options: ReadOptions
) -> Lines:
    """Read two text files of which each line of one belongs to the same line of the other.

    Args:
        first: A text file, compressed or not.
        second: Another.
        columns: What their columns are called.
        options: `encoding`, where the guess is wrong; each file is guessed by itself.

    Raises:
        DataError: A file is missing, empty or no text, or they have not as many lines.

    Example:
        >>> read_parallel(Path("train.de"), Path("train.en"), ("source", "target"), ReadOptions())
        ... # doctest: +SKIP
    """
    with OpenedFile(first) as one, OpenedFile(second) as other:
        lines = [_lines_of(each, options) for each in (one, other)]
        encoding = one.scan(options.encoding).encoding
        prints = fingerprint_of([(each.path.name, each.fingerprint()) for each in (one, other)])
    counts = [len(each) for each in lines]
    if counts[0] != counts[1]:
        raise DataError(
            f"{first} has {counts[0]:,} lines and {second} has {counts[1]:,}; expected as many, "
            "for each line of one belongs to a line of the other",
            f"compare what stands around line {min(counts):,} of both",
        )
    note = f"each line of {first} belongs to the same line of {second}"
    found = Lines(
        first,
        pa.table(dict(zip(columns, lines, strict=True))),
        options,
        lines=lambda row: row + 1,
        notes=(note,),
        fingerprint=prints,
    )
    found.encoding = encoding
    return found


def read_lines(file: OpenedFile, column: str, options: ReadOptions) -> Lines:
    """Read a text file as one column; a row for each line.

    Args:
        file: The file.
        column: What the column is called.
        options: `encoding`, where the guess is wrong.

    Raises:
        DataError: The file is empty, or no text.
    """
    note = f"each line is taken for a cell of '{column}'; a table needs that column"
    found = Lines(
        file.path,
        pa.table({column: _lines_of(file, options)}),
        options,
        lines=lambda row: row + 1,
        notes=(note,),
        fingerprint=file.fingerprint(),
    )
    found.encoding = file.scan(options.encoding).encoding
    return found


def _lines_of(file: OpenedFile, options: ReadOptions) -> list[str]:
    """Return the lines of a text, without what ends them; the last may have no end."""
    if not file.start:
        raise DataError(f"{file.path} is empty (0 bytes)", "expected text, a line for each case")
    text = "".join(file.texts(file.scan(options.encoding).encoding))
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]
