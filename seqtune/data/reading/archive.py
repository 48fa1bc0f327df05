"""A ZIP archive with a table in it: which member is read, and how it is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from seqtune.data.reading.compression import RATIO, bounded, most_bytes
from seqtune.data.reading.file_form import COMPRESSED_ENDINGS, TABLE_ENDINGS, TEXT_ENDING
from seqtune.data.reading.locate import readable
from seqtune.errors import DataError, literal, nearest

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin")
OPEN_DOCUMENT = "content.xml"
ENCRYPTED = 1
SHOWN = 8


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Args:
        name: Its name in the archive.
        others: How many further files there are.
    """

    name: str
    others: int

    @property
    def note(self) -> str:
        """Where the table came from."""
        beside = f"; {self.others} other files are not read" if self.others else ""
        return f"read from the archive: {literal(self.name)}{beside}"


def is_workbook(raw: IO[bytes]) -> bool:
    """Say whether an open ZIP archive is a spreadsheet, by the parts that it has."""
    try:
        with _opened(raw) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return any(part in names for part in WORKBOOK_PARTS) or (
        OPEN_DOCUMENT in names and "mimetype" in names
    )


def choose_member(raw: IO[bytes], path: Path, wanted: str) -> Member:
    """Return the one table of an archive, or the member that was asked for.

    Args:
        raw: The archive.
        path: Where it is.
        wanted: The name of a member, as in `sales.zip/january.csv`; "" for the only table.

    Raises:
        DataError: There is no table, there are several, or the one cannot be read.
    """
    with _opened(raw) as archive:
        files = {info.filename: info for info in archive.infolist() if not _is_passed_over(info)}
    if wanted and wanted not in files:
        guess = nearest(wanted, files)
        raise DataError(
            f"{path} has no member '{literal(wanted)}'; it holds {_some(list(files))}",
            f"did you mean {path / guess}?" if guess else f"name one, such as {path}/MEMBER",
        )
    name = wanted or _only_table(list(files), path)
    info = files[name]
    if info.flag_bits & ENCRYPTED:
        raise DataError(
            f"{path} is encrypted: '{literal(name)}' needs a password",
            f"unpack it first: unzip {path}",
        )
    _refuse_packed_twice(path, name)
    return Member(name, len(files) - 1)


def open_member(raw: IO[bytes], member: Member, path: Path) -> IO[bytes]:
    """Return the bytes of a member; far more than it is packed in are refused."""
    archive = _opened(raw)
    info = archive.getinfo(member.name)
    try:
        stream = archive.open(info)
    except UnicodeDecodeError as error:  # the name of the member before its bytes
        raise zipfile.BadZipFile(f"bad name of a member: {error.reason}") from error
    return bounded(stream, info.compress_size, path, f"unzip {path}")


def _opened(raw: IO[bytes]) -> zipfile.ZipFile:
    """Open an archive.

    Raises:
        zipfile.BadZipFile: It is damaged; also where `zipfile` lets out something else, as it does
            where the name of a member is not in the encoding that the archive says.
    """
    try:
        return zipfile.ZipFile(_Archive(raw))
    except (OverflowError, ValueError, struct.error) as error:
        raise zipfile.BadZipFile(f"bad list of members: {error}") from error


class _Archive(io.RawIOBase):
    """A file of pyarrow as `zipfile` takes it; it is not closed with the archive."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._raw.read() if size < 0 else self._raw.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        try:
            self._raw.seek(offset, whence)
        except ValueError as error:  # a place before its beginning
            raise OSError(str(error)) from error
        return self._raw.tell()

    def tell(self) -> int:
        return self._raw.tell()


def _is_passed_over(info: zipfile.ZipInfo) -> bool:
    """Say whether a member has no name, or is a folder or hidden, as what macOS adds is."""
    if not info.filename:
        return True
    parts = PurePosixPath(info.filename).parts
    return info.is_dir() or any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _only_table(names: list[str], path: Path) -> str:
    tables = [name for name in names if _ending(name) in TABLE_ENDINGS]
    texts = [name for name in names if _ending(name) == TEXT_ENDING]
    found = tables or texts or names
    if len(found) == 1:
        return found[0]
    if not found:
        raise DataError(f"{path} is an empty archive", "expected a table in it")
    if not tables and not texts:
        raise DataError(
            f"{path} holds no table: {_some(names)}",
            f"name the member that is one: {path}/{found[0]}",
        )
    raise DataError(
        f"{path} holds {len(found)} tables: {_some(found)}",
        f"name one: {path}/{literal(found[0])}, or unpack them and name the folder",
    )


def _ending(name: str) -> str:
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    if suffixes and suffixes[-1] in COMPRESSED_ENDINGS:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _refuse_packed_twice(path: Path, name: str) -> None:
    if PurePosixPath(name).suffix.lower() in (*COMPRESSED_ENDINGS, ".zip"):
        raise DataError(
            f"{path} holds a compressed file: {literal(name)}", f"unpack it first: unzip {path}"
        )


def _some(names: list[str]) -> str:
    shown = ", ".join(literal(name)[:60] for name in names[:SHOWN])
    return f"{shown}, … ({len(names):,} in all)" if len(names) > SHOWN else shown or "nothing"


def refuse_large_workbook(raw: IO[bytes], path: Path) -> None:
    """Refuse a workbook whose parts say that they unpack to far more than they are packed in.

    Raises:
        DataError: It would fill the memory, or is no archive at all.
    """
    with readable(path), _opened(raw) as archive:
        parts = archive.infolist()
    size, packed = (
        sum(getattr(part, key) for part in parts) for key in ("file_size", "compress_size")
    )
    if size > max(most_bytes(), RATIO * packed):
        raise DataError(
            f"{path} unpacks to {size / 1e6:,.0f} MB, over {RATIO} times its size:"
            " it may be made to fill the memory",
            "if you trust it, save the sheet as CSV and read that",
        )
