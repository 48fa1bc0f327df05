"""Opening a file of any compression as plain bytes, with errors that name the file and the way out.

Compression is told by the first bytes, not by the name: a gzip file called `sales.csv` opens too.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from seqtune.errors import DataError, nearest

BLOCK_BYTES = 1 << 20
DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}


def check_file(path: Path) -> None:
    """Refuse a path that is missing, a folder, unreadable or empty.

    Raises:
        DataError: With the nearest file name in the folder where the file is missing.
    """
    with _readable(path):
        _check_file(path)


def _check_file(path: Path) -> None:
    if path.is_dir():
        tables = sorted(
            entry.name for entry in path.iterdir() if entry.suffix in {".csv", ".tsv", ".parquet"}
        )
        example = f"name a file, for example {path / tables[0]}" if tables else "name a file in it"
        raise DataError(f"{path} is a folder; expected a CSV, Parquet or JSON Lines file", example)
    if not path.exists():
        raise _missing(path)
    if not path.is_file():
        raise DataError(f"{path} is not a regular file", "save the data to a file first")
    if not first_bytes(path):
        raise DataError(f"{path} is empty (0 bytes)", "expected a header line and rows below it")


def _missing(path: Path) -> DataError:
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    guess = nearest(path.name, names)
    if guess:
        return DataError(f"{path} does not exist", f"did you mean {folder / guess}?")
    where = "check the name" if folder.is_dir() else f"the folder {folder} does not exist either"
    return DataError(f"{path} does not exist", where)


def first_bytes(path: Path, count: int = 16) -> bytes:
    """Return the first raw bytes of a file, still compressed if it is."""
    with _readable(path), path.open("rb") as file:
        return file.read(count)


def compression(path: Path) -> str:
    """Name the compression that the first bytes show; "" for none."""
    start = first_bytes(path)
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), "")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what the operating system and the decompressors raise into a DataError."""
    try:
        yield
    except PermissionError as error:
        raise DataError(
            f"{path} may not be read: permission denied", f"try: chmod u+r {path}"
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


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open the decompressed bytes of a file for reading.

    Raises:
        DataError: The file cannot be read or its compression is damaged, also while reading.
    """
    with _readable(path), _opened(path) as file:
        yield file


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[IO[str]]:
    """Open the decompressed characters of a file; line ends stay as they are."""
    with open_bytes(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        yield text


def _opened(path: Path) -> IO[bytes]:
    match compression(path):
        case "gzip":
            return cast("IO[bytes]", gzip.open(path, "rb"))
        case "bzip2":
            return cast("IO[bytes]", bz2.open(path, "rb"))
        case "xz":
            return cast("IO[bytes]", lzma.open(path, "rb"))
        case "zstd":
            stream: Any = pa.input_stream(str(path), compression="zstd")
            return cast("IO[bytes]", stream)
        case _:
            return path.open("rb")


def blocks(path: Path) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file, about a mebibyte at a time."""
    with open_bytes(path) as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def fingerprint(path: Path) -> str:
    """Return the sha256 of the file as it lies on disk, in hexadecimal."""
    digest = hashlib.sha256()
    with _readable(path), path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
