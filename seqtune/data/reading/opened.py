"""A data file that is opened once: its bytes without compression, its encoding and its form.

The first bytes show the compression, not the name: a gzip file called `sales.csv` opens too.
Errors name the file and the way out.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import pyarrow as pa

from seqtune.data.reading.encoding import Scan, line_feeds, scan_blocks
from seqtune.errors import DataError, nearest

BLOCK_BYTES = 1 << 20
TEXT_ENDING = ".txt"
JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
ZIP, OLD_SPREADSHEET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class OpenedFile:
    """A file that can be read from its beginning as often as needed; each pass goes block by block.

    It stays open from here to the end of the `with`. What is read later, such as the line of a
    faulty cell, opens it again for that pass alone.

    Args:
        path: The file.

    Attributes:
        start: Its first bytes, as they lie on disk; empty if the file is.
        compression: "gzip", "bzip2", "xz", "zstd", or "" for none.

    Raises:
        DataError: There is no such file, or it cannot be read.

    Example:
        >>> with OpenedFile(Path("data/airline.csv")) as file:  # doctest: +SKIP
        ...     print(file.form, file.scan().encoding)
        delimited utf-8
    """

    def __init__(self, path: Path) -> None:
        with _readable(path):
            _check(path)
            file = _open(path)
            self.start = file.read(16)
        self._file: IO[bytes] | None = file
        self.path = path
        self.compression = next((name for magic, name in MAGIC.items() if self._begins(magic)), "")
        self._scans: dict[str, Scan] = {}
        self._fingerprint = ""

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
    def form(self) -> str:
        """What the content, or else the name, shows: parquet, json_lines, text or delimited."""
        endings = [ending.lower() for ending in self.path.suffixes]
        if self._begins(b"PAR1") or endings[-1:] == [".parquet"]:
            return "parquet"
        shown = endings[-2:] if self.compression else endings[-1:]
        if not {*JSON_ENDINGS}.isdisjoint(shown):
            return "json_lines"
        return "text" if TEXT_ENDING in shown else "delimited"

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
        with _readable(self.path):
            raw, self._file = self._file or _open(self.path), None
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
        with _readable(self.path):
            if self._file is None:
                with _open(self.path) as file:
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
        with self._raw() as raw:
            hashed = _Hashed(raw)
            file = self._decompressed(cast("IO[bytes]", hashed))
            while block := file.read(BLOCK_BYTES):
                yield block
            self._fingerprint = hashed.finish()

    def _begins(self, magic: bytes) -> bool:
        return self.start.startswith(magic)

    def _decompressed(self, raw: IO[bytes]) -> IO[bytes]:
        match self.compression:
            case "gzip":
                return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb"))
            case "bzip2":
                return cast("IO[bytes]", bz2.BZ2File(raw, "rb"))
            case "xz":
                return cast("IO[bytes]", lzma.LZMAFile(raw, "rb"))
            case "zstd":
                stream: Any = pa.CompressedInputStream(pa.PythonFile(_Lent(raw), "r"), "zstd")
                return cast("IO[bytes]", stream)
            case _:
                return raw


def _open(path: Path) -> IO[bytes]:
    """Open a file for pyarrow, which then reads it as lean as if it had opened it itself."""
    file: Any = pa.OSFile(os.fsencode(path), "rb")
    return cast("IO[bytes]", file)


class _Lent:
    """A file that whoever reads it does not close."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, count: int = BLOCK_BYTES) -> bytes:
        """Return the next bytes."""
        return self._file.read(count)

    def close(self) -> None:
        """Leave the file open."""


class _Hashed(_Lent):
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


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what the operating system and the decompressors raise into a DataError."""
    try:
        yield
    except PermissionError as error:
        raise DataError(
            f"{path} cannot be read: permission denied", f"try: chmod u+r {path}"
        ) from error
    except DAMAGED as error:
        raise DataError(
            f"{path} is damaged: it cannot be decompressed ({error})",
            "it may be cut short; copy or download it again",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}", "copy it again"
        ) from error


def _check(path: Path) -> None:
    if path.is_dir():
        raise folder_error(path)
    if not path.exists():
        raise _missing(path)
    if not path.is_file():
        raise DataError(f"{path} is not a regular file", "save the data to a file first")


def folder_error(path: Path) -> DataError:
    """Return the error that a path is a folder where a file is expected."""
    tables = sorted(
        entry.name for entry in path.iterdir() if entry.suffix in {".csv", ".tsv", ".parquet"}
    )
    example = f"name a file, for example {path / tables[0]}" if tables else "name a file in it"
    return DataError(f"{path} is a folder; expected a CSV, Parquet or JSON Lines file", example)


def _missing(path: Path) -> DataError:
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    guess = nearest(path.name, names)
    if guess:
        return DataError(f"{path} does not exist", f"did you mean {folder / guess}?")
    where = "check the name" if folder.is_dir() else f"the folder {folder} does not exist either"
    return DataError(f"{path} does not exist", where)
