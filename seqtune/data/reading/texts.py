"""Reading text files as they are: a file, or a folder of them, block by block.

A file may be larger than memory: it is decoded in one pass that proves its encoding and counts its
characters, and read again, a block at a time, whenever its text is wanted.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from seqtune.data.reading.encoding import scan_text
from seqtune.data.reading.files import check_file, compression, fingerprint, open_text
from seqtune.data.reading.source import ReadOptions, Source
from seqtune.errors import DataError, literal

ENDING = ".txt"
BLOCK = 1 << 20
"""Characters that are read at a time."""

MARK = "\ufeff"


@dataclass(frozen=True)
class TextFile:
    """A text on disk.

    Args:
        path: The file, compressed or not.
        encoding: The Python name of its encoding.
        characters: How many it has; line ends count as one.
    """

    path: Path
    encoding: str
    characters: int

    def blocks(self) -> Iterator[str]:
        """Yield the text in blocks; line ends are line feeds, a byte order mark is left out."""
        yield from _blocks(self.path, self.encoding)


class TextSource(Source):
    """Texts that stand in files of their own; as a table, a row per file.

    Args:
        path: The file or the folder.
        files: The texts.
        options: How they were to be read.
        notes: What was decided while reading.
        fingerprint: sha256 of the bytes.
    """

    def __init__(
        self,
        path: Path,
        files: Sequence[TextFile],
        options: ReadOptions,
        *,
        notes: tuple[str, ...] = (),
        fingerprint: str = "",
    ) -> None:
        names = [_printable(file.path.name) for file in files]
        super().__init__(
            path, pa.table({"file": names}), options, notes=notes, fingerprint=fingerprint
        )
        self.files = tuple(files)

    def where(self, row: int) -> str:
        """Say where a row stands: its file."""
        return str(self.files[row].path)


def is_text(path: Path) -> bool:
    """Tell by the name whether a path is a text, or a folder with one at any depth.

    Example:
        >>> is_text(Path("tales.txt")), is_text(Path("tales.csv"))
        (True, False)
    """
    if path.is_dir():
        return next(_below(path), None) is not None
    endings = [ending.lower() for ending in path.suffixes]
    is_packed = path.is_file() and bool(compression(path))
    return endings[-1:] == [ENDING] or (is_packed and endings[-2:-1] == [ENDING])


def read_texts(path: str | Path, options: ReadOptions | None = None) -> TextSource:
    """Open a text file, or all of a folder in the order of their names.

    Files and folders whose names begin with a dot, and symbolic links, are passed over.

    Args:
        path: A `.txt` file, compressed or not, or a folder of them.
        options: `encoding`, where the guess is wrong; each file is guessed by itself.

    Raises:
        DataError: There is no such file, it is empty, or it cannot be decoded; says where.

    Example:
        >>> read_texts("data/tales.txt").files[0].encoding  # doctest: +SKIP
        'utf-8'
    """
    path, options = Path(path), options or ReadOptions()
    if path.is_dir():
        found, digest = list(_below(path)), hashlib.sha256()
        if not found:
            raise DataError(
                f"{path} has no {ENDING} file", "name a text file, or a folder that holds some"
            )
    else:
        if path.is_file() and not path.stat().st_size:
            raise DataError(f"{path} is empty (0 bytes)", "expected text")
        check_file(path)
        found = [path]
    files, notes = [], []
    for each in found:
        if not each.stat().st_size:
            notes.append(f"{literal(_printable(each.name))} is empty: not read")
            continue
        try:
            scan = scan_text(each, options.encoding)
        except DataError as error:
            raise _undecodable(error) from error
        notes += [f"{note} of {literal(_printable(each.name))}" for note in scan.notes]
        characters = sum(map(len, _blocks(each, scan.encoding)))
        files.append(TextFile(each, scan.encoding, characters))
    if not sum(file.characters for file in files):
        raise DataError(f"{path} is empty: it has no characters", "expected text")
    if path.is_dir():
        for file in files:
            name = file.path.relative_to(path).as_posix()
            digest.update(f"{_printable(name)}\0{fingerprint(file.path)}\n".encode())
        print_of = digest.hexdigest()
    else:
        print_of = fingerprint(path)
    return TextSource(path, files, options, notes=tuple(notes), fingerprint=print_of)


def _undecodable(error: DataError) -> DataError:
    hint = error.hint
    if error.__cause__ is None and "binary" in error.message:
        hint = "save it again as text in UTF-8"
    elif "--set data.encoding" not in hint:
        hint = "--set data.encoding=utf-8, utf-16, cp1252, latin-1 …"
    return DataError(error.message, hint)


def _blocks(path: Path, encoding: str) -> Iterator[str]:
    rest, is_first = "", True
    with open_text(path, encoding) as file:
        while block := file.read(BLOCK):
            if is_first:
                block, is_first = block.removeprefix(MARK), False
            block = rest + block
            rest = "\r" if block.endswith("\r") else ""  # half of a line end, perhaps
            yield block.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
    if rest:
        yield "\n"


def _below(folder: Path) -> Iterator[Path]:
    """Yield the text files in a folder, at any depth, in the order of their names."""
    try:
        with os.scandir(folder) as entries:
            shown = sorted(
                (entry for entry in entries if not entry.name.startswith(".")),
                key=lambda entry: entry.name,
            )
    except OSError as error:
        raise DataError(
            f"{folder} may not be read: {error.strerror or error}", f"try: chmod u+rx {folder}"
        ) from error
    for entry in shown:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))
        elif entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(ENDING):
            yield Path(entry.path)


def _printable(name: str) -> str:
    """Return a file name without the half characters that stand for bytes that are not UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
