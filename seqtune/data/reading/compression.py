"""Compressed bytes: what the first bytes show, how they are unpacked, and how far.

A small file can unpack to more than the machine holds. What unpacks to more than a quarter of the
free memory and to more than 200 times its size is refused; whoever trusts it unpacks it first.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from seqtune.errors import DataError
from seqtune.runtime.devices import free_memory

MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
TOOLS = {"gzip": "gunzip", "bzip2": "bunzip2", "xz": "unxz", "zstd": "unzstd"}
DAMAGED = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    NotImplementedError,
)
BLOCK_BYTES = 1 << 20
RATIO = 200
"""A table of numbers shrinks to a third or a tenth, one that repeats itself to a hundredth."""
LEAST_BOUND = 1 << 28
"""So many bytes may come out of any file."""


def compression_of(start: bytes) -> str:
    """Return how a file is compressed by its first bytes: "gzip", "bzip2", "xz", "zstd" or ""."""
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), "")


def unpacked(raw: IO[bytes], compression: str, packed: int, path: Path) -> IO[bytes]:
    """Return the bytes without compression, refused where they are far too many.

    Args:
        raw: The file at its beginning.
        compression: As `compression_of` names it; with "" the file itself is returned.
        packed: Its bytes.
        path: The file, for messages.
    """
    match compression:
        case "gzip":
            stream: Any = gzip.GzipFile(fileobj=raw, mode="rb")
        case "bzip2":
            stream = bz2.BZ2File(raw, "rb")
        case "xz":
            stream = lzma.LZMAFile(raw, "rb")  # noqa: SIM115 (whoever reads the bytes ends it)
        case "zstd":
            stream = pa.CompressedInputStream(pa.PythonFile(Lent(raw), "r"), "zstd")
        case _:
            return raw
    return bounded(stream, packed, path, f"{TOOLS[compression]} {path}")


def bounded(stream: IO[bytes], packed: int, path: Path, way: str) -> IO[bytes]:
    """Return a stream that refuses to give far more bytes than went into it.

    Args:
        stream: Unpacks as it is read.
        packed: The bytes that it unpacks.
        path: The file, for messages.
        way: A command that unpacks it.
    """
    return cast("IO[bytes]", _Bounded(stream, max(most_bytes(), RATIO * packed), path, way))


def check_size(size: int, packed: int, path: Path, way: str) -> None:
    """Refuse a size that is far too large for what it is packed in.

    Args:
        size: Bytes when it is unpacked.
        packed: Bytes as it lies on disk.
        path: The file, for messages.
        way: What to do where the file is trusted.

    Raises:
        DataError: It is more than `RATIO` times as large, and more than memory can be spared for.
    """
    bound = max(most_bytes(), RATIO * packed)
    if size > bound:
        raise _too_large(path, bound, way)


def most_bytes() -> int:
    """Return how many bytes may come out of a file, however small it is."""
    return max(LEAST_BOUND, free_memory() // 4)


def _too_large(path: Path, bound: int, way: str) -> DataError:
    return DataError(
        f"{path} unpacks to more than {bound / 1e6:,.0f} MB, over {RATIO} times its size:"
        " it may be made to fill the memory",
        f"if you trust it: {way}",
    )


class _Bounded(io.BufferedIOBase):
    """Counts what a stream gives, and ends where that is too much."""

    def __init__(self, stream: Any, bound: int, path: Path, way: str) -> None:
        self._stream, self._bound, self._path, self._way = stream, bound, path, way
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._stream.seekable())

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(BLOCK_BYTES), b""))
        block: bytes = self._stream.read(size)
        self._place += len(block)
        if self._place > self._bound:
            raise _too_large(self._path, self._bound, self._way)
        return block

    def read1(self, size: int = -1, /) -> bytes:
        return self.read(BLOCK_BYTES if size < 0 else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:  # the length is known once everything was unpacked, and counted
            while self.read(BLOCK_BYTES):
                pass
            offset, whence = self._place + offset, io.SEEK_SET
        self._place = int(self._stream.seek(offset, whence))
        return self._place

    def tell(self) -> int:
        return self._place


class Lent:
    """A file that whoever reads it does not close."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, count: int = BLOCK_BYTES) -> bytes:
        """Return the next bytes."""
        return self._file.read(count)

    def close(self) -> None:
        """Leave the file open."""
