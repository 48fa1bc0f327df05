"""What lies in a folder of texts, in the order of names: hidden files and links are passed over."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from seqtune.data.reading.file_form import COMPRESSED_ENDINGS, TABLE_ENDINGS, TEXT_ENDING
from seqtune.errors import DataError


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder and is not hidden, by name."""
    try:
        with os.scandir(folder) as found:
            shown = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        raise DataError(
            f"{folder} may not be read: {error.strerror or error}", f"try: chmod u+rx {folder}"
        ) from error
    return sorted(shown, key=lambda entry: entry.name)


def below(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield all that is not a folder, at any depth, in order."""
    waiting = list(reversed(entries(folder)))
    while waiting:
        entry = waiting.pop()
        if is_folder(entry):
            waiting.extend(reversed(entries(Path(entry.path))))
        else:
            yield entry


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry is a folder of its own, not a link to one."""
    return entry.is_dir(follow_symlinks=False)


def is_text(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry is a text file by its name, not a link to one."""
    return entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(TEXT_ENDING)


def printable(name: str) -> str:
    """Return a file name without the half characters that stand for bytes that are not UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def fingerprint_of(files: Iterable[tuple[str, str]]) -> str:
    """Return the sha256 of a folder.

    Args:
        files: Name, relative to the folder, and sha256 of each file, in order.
    """
    digest = hashlib.sha256()
    for name, fingerprint in files:
        digest.update(f"{printable(name)}\0{fingerprint}\n".encode())
    return digest.hexdigest()


def stem_of(name: str) -> str:
    """Return a file name without its ending, also without that of its compression.

    Example:
        >>> stem_of("north/a.csv.gz"), stem_of("2024.01.csv")
        ('north/a', '2024.01')
    """
    path = PurePosixPath(name)
    if path.suffix.lower() in COMPRESSED_ENDINGS:
        path = path.with_suffix("")
    return path.with_suffix("").as_posix() if path.suffix else path.as_posix()


def is_table(name: str) -> bool:
    """Say whether a file is a table by its name."""
    path = PurePosixPath(name)
    if path.suffix.lower() in COMPRESSED_ENDINGS:
        path = path.with_suffix("")
    return path.suffix.lower() in TABLE_ENDINGS
