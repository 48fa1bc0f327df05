"""The lines of a delimited file that hold rows: without comments, totals and notes."""

from __future__ import annotations

from collections.abc import Iterator

from seqtune.data.reading.dialect import Dialect
from seqtune.data.reading.encoding import Scan
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.physical_lines import split_blanks

BLOCK_CHARACTERS = 1 << 20


def body_lines(file: OpenedFile, scan: Scan, dialect: Dialect) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of every line that may belong to a row, with its line end.

    Args:
        file: The file.
        scan: Its encoding.
        dialect: Where the rows are.
    """
    with file.text(scan.encoding) as text:
        for number, line in enumerate(text, start=1):
            if number <= dialect.skip_lines:
                continue
            if dialect.end_line and number >= dialect.end_line:
                return
            if dialect.comment and line.startswith(dialect.comment):
                continue
            yield number, line


class BodyStream:
    """The same lines as bytes of UTF-8, for a reader that knows neither comments nor blanks.

    Args:
        file: The file.
        scan: Its encoding.
        dialect: Where the rows are; of columns that stand apart by blanks, tabs are made.
    """

    closed = False

    def __init__(self, file: OpenedFile, scan: Scan, dialect: Dialect) -> None:
        self._lines = body_lines(file, scan, dialect)
        self._is_blank = dialect.separator == " "
        self._rest = b""

    def read(self, count: int = BLOCK_CHARACTERS) -> bytes:
        """Return the next bytes."""
        while len(self._rest) < count:
            part = self._next()
            if not part:
                break
            self._rest += part
        found, self._rest = self._rest[:count], self._rest[count:]
        return found

    def _next(self) -> bytes:
        texts, size = [], 0
        for _, line in self._lines:
            if self._is_blank:
                line = "\t".join(split_blanks(line)) + "\n"
            texts.append(line)
            size += len(line)
            if size >= BLOCK_CHARACTERS:
                break
        return "".join(texts).encode()

    def close(self) -> None:
        """Leave the file open."""
