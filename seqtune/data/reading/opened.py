"""A data file that is opened once: its bytes without compression, its encoding and its form.

The first bytes show the compression, not the name: a gzip file called `sales.csv` opens too.
Errors name the file and the way out.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import pyarrow as pa

from seqtune.data.reading.archive import (
    EMPTY_ZIP,
    ZIP,
    Member,
    choose_member,
    is_workbook,
    open_member,
)
from seqtune.data.reading.compression import BLOCK_BYTES, TOOLS, Lent, compression_of, unpacked
from seqtune.data.reading.encoding import Scan, line_feeds, scan_blocks
from seqtune.data.reading.file_form import (
    START_BYTES,
    WORKBOOK_ENDINGS,
    form_by_bytes,
    form_by_name,
)
from seqtune.data.reading.locate import check_file, on_disk, readable
from seqtune.data.reading.spool import is_stream
from seqtune.errors import DataError


class OpenedFile:
    """A file that can be read from its beginning as often as needed; each pass goes block by block.

    It stays open from here to the end of the `with`. What is read later, such as the line of a
    faulty cell, opens it again for that pass alone.

    Args:
        path: The file; the standard input, a pipe, or a member of a ZIP archive, such as
            `sales.zip/january.csv`, are read as files are.

    Attributes:
        path: The file for messages; of an archive, the member that is read.
        start: Its first bytes, as they lie on disk; empty if the file is.
        compression: "gzip", "bzip2", "xz", "zstd", "zip", or "" for none.
        bytes: How many it has on disk.
        notes: Where in the file the table was found.

    Raises:
        DataError: There is no such file, or it cannot be read.

    Example:
        >>> with OpenedFile(Path("data/airline.csv")) as file:  # doctest: +SKIP
        ...     print(file.form, file.scan().encoding)
        delimited utf-8
    """

    def __init__(self, path: Path) -> None:
        self._member: Member | None = None
        self._is_workbook = False
        with readable(path):
            self._disk, wanted = on_disk(path)
            check_file(self._disk, path)
            file = _open(self._disk)
            self.start = file.read(START_BYTES)
            self.bytes = self._disk.stat().st_size
            self._file: IO[bytes] | None = file
            self.path = path
            self.compression = compression_of(self.start)
            if self.start.startswith((ZIP, EMPTY_ZIP)):
                self._look_into(file, wanted)
        self._scans: dict[str, Scan] = {}
        self._fingerprint = ""

    def _look_into(self, file: IO[bytes], wanted: str) -> None:
        """Tell a workbook from an archive, and choose the member of an archive."""
        self._is_workbook = not wanted and is_workbook(file)
        if not self._is_workbook:
            self._member = choose_member(file, self._disk, wanted)
            self.compression = "zip"
            self.path = Path(f"{self._disk}/{self._member.name}")  # a name may begin with a slash

    def __enter__(self) -> OpenedFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()
            self._file = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Where in the file the table was found."""
        return (self._member.note,) if self._member else ()

    @property
    def form(self) -> str:
        """What the content, or else the name, shows.

        "parquet", "feather", "stream", "orc", "hdf5", "workbook", "sqlite", "duckdb",
        "midi", "abc", "json_lines", "text" or "delimited".
        """
        is_zip = self._head.startswith(ZIP)
        if self._is_workbook or (is_zip and self.path.suffix.lower() in WORKBOOK_ENDINGS):
            return "workbook"
        shown = form_by_bytes(self._head)
        if shown or not is_stream(self.path):
            return shown or form_by_name(self.path, self.compression)
        return "json_lines" if self._head.lstrip()[:1] in (b"{", b"[") else "text"

    @cached_property
    def _head(self) -> bytes:
        """The first bytes without compression."""
        if not self.compression:
            return self.start
        with self._stream() as file:
            return file.read(START_BYTES)

    def whole_path(self) -> Path:
        """Return where the file lies on disk, for a reader that opens it itself.

        Raises:
            DataError: It is compressed, or in an archive.
        """
        if self.compression:
            tool = TOOLS.get(self.compression, "unzip")
            raise DataError(
                f"{self.path} is compressed; a file of this form is read as it lies on disk",
                f"unpack it first: {tool} {self._disk}",
            )
        return self._disk

    def scan(self, encoding: str = "auto") -> Scan:
        """Decode the whole file once, trying encodings if none is named; see `scan_blocks`."""
        if encoding not in self._scans:
            self._scans[encoding] = scan_blocks(self.path, self._hashed_blocks, encoding)
        return self._scans[encoding]

    def fingerprint(self) -> str:
        """Return the sha256 of the file as it lies on disk; the scan has computed it on its way."""
        if not self._fingerprint:
            digest = hashlib.sha256()
            with self._raw() as file:
                while block := file.read(BLOCK_BYTES):
                    digest.update(block)
            self._fingerprint = digest.hexdigest()
        return self._fingerprint

    @contextmanager
    def arrow_stream(self) -> Iterator[Any]:
        """Give the bytes without compression, from the beginning, to a reader of pyarrow.

        It reads ahead in threads of its own, which go on for a while after it has failed: the file
        is then left to it, and opened anew for what comes next.
        """
        with readable(self.path):
            raw, self._file = self._file or _open(self._disk), None
            raw.seek(0)
            yield self._decompressed(raw)
            self._file = raw

    @contextmanager
    def _stream(self) -> Iterator[IO[bytes]]:
        with self._raw() as raw:
            yield self._decompressed(raw)

    @contextmanager
    def _raw(self) -> Iterator[IO[bytes]]:
        """Give the bytes as they lie on disk, from the beginning."""
        with readable(self.path):
            if self._file is None:
                with _open(self._disk) as file:
                    yield file
            else:
                self._file.seek(0)
                yield self._file

    @contextmanager
    def text(self, encoding: str) -> Iterator[IO[str]]:
        """Give the characters, from the beginning; line ends stay as they are."""
        with self._stream() as file:
            text = io.TextIOWrapper(file, encoding=encoding, newline="")
            try:
                yield text
            finally:
                with suppress(ValueError):  # somebody else has closed it
                    text.detach()  # or it would close the file

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes without compression, about a mebibyte at a time."""
        with self._stream() as file:
            while block := file.read(BLOCK_BYTES):
                yield block

    def texts(self, encoding: str) -> Iterator[str]:
        """Yield the characters in blocks, with line feeds and without a byte order mark."""
        with self.text(encoding) as file:
            yield from line_feeds(iter(lambda: file.read(BLOCK_BYTES), ""))

    def _hashed_blocks(self) -> Iterator[bytes]:
        if self._member:  # it is unpacked from any place of the archive
            yield from self.blocks()
            return
        with self._raw() as raw:
            hashed = _Hashed(raw)
            file = self._decompressed(cast("IO[bytes]", hashed))
            while block := file.read(BLOCK_BYTES):
                yield block
            self._fingerprint = hashed.finish()

    def _decompressed(self, raw: IO[bytes]) -> IO[bytes]:
        if self._member:
            return open_member(raw, self._member, self._disk)
        return unpacked(raw, self.compression, self.bytes, self._disk)


def _open(path: Path) -> IO[bytes]:
    """Open a file for pyarrow, which then reads it as lean as if it had opened it itself."""
    file: Any = pa.OSFile(os.fsencode(path), "rb")
    return cast("IO[bytes]", file)


class _Hashed(Lent):
    """A file whose bytes are hashed while they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._digest = hashlib.sha256()

    def read(self, count: int = BLOCK_BYTES) -> bytes:
        """Return the next bytes."""
        block = super().read(count)
        self._digest.update(block)
        return block

    def finish(self) -> str:
        """Return the sha256 of the whole file: also of bytes behind the compressed ones."""
        while self.read():
            pass
        return self._digest.hexdigest()
