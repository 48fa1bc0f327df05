"""Where a file is on disk, and the errors that say why it cannot be read from there."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqtune.data.reading.compression import DAMAGED
from seqtune.data.reading.spool import is_stream, spooled
from seqtune.errors import DataError, literal, nearest

EXPECTED = "expected a table, such as a CSV, Parquet or JSON Lines file"


def on_disk(path: Path) -> tuple[Path, str]:
    """Return the file that holds what a path names, and the member of it that is meant.

    Args:
        path: A file, a stream, or a member behind the path of an archive.

    Returns:
        The file; and the name of the member, "" for none.
    """
    if is_stream(path):
        return spooled(path), ""
    if not path.exists():
        for parent in path.parents:
            if parent.is_file():
                return parent, path.relative_to(parent).as_posix()
    return path, ""


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what the operating system and the decompressors raise into a DataError.

    A file of few bytes can ask for gigabytes: the dictionary of xz takes what its header says.
    """
    try:
        yield
    except PermissionError as error:
        raise DataError(
            f"{path} cannot be read: permission denied", f"try: chmod u+r {path}"
        ) from error
    except DAMAGED as error:
        raise DataError(
            f"{path} is damaged: it cannot be decompressed ({literal(error)[:150]})",
            "it may be cut short; copy or download it again",
        ) from error
    except MemoryError as error:
        raise DataError(
            f"{path} needs more memory to be read than there is",
            "it may be damaged; copy it again, or free some memory",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}", "copy it again"
        ) from error


def check_file(path: Path, asked: Path) -> None:
    """Refuse what is no file that can be read.

    Args:
        path: Where it should be.
        asked: What was asked for.

    Raises:
        DataError: It is a folder, it is not there, or it is a device.
    """
    if path.is_dir():
        raise folder_error(path)
    if not path.exists():
        raise _missing(path)
    if path != asked and not is_stream(asked) and not zipfile.is_zipfile(path):
        raise DataError(f"{asked} does not exist: {path} is a file", "check the name")
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
