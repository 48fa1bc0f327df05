"""Reading text files as they are: a file, or a folder of them, block by block.

A file may be larger than memory: one pass proves its encoding and counts its characters, and its
text is read again, a block at a time, whenever it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from seqtune.data.reading.file_form import TEXT_ENDING
from seqtune.data.reading.folder import below, fingerprint_of, is_text, printable
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, literal


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
        with OpenedFile(self.path) as file:
            yield from file.texts(self.encoding)


class TextSource(Source):
    """Texts in files of their own; as a table, a row per file.

    Args:
        path: The file or the folder.
        files: The texts.
        options: How they were to be read.
        notes: What was decided while reading.
        fingerprint: sha256 of the bytes.
    """

    rows_are_files = True

    def __init__(
        self,
        path: Path,
        files: Sequence[TextFile],
        options: ReadOptions,
        *,
        notes: tuple[str, ...] = (),
        fingerprint: str = "",
    ) -> None:
        names = [printable(file.path.name) for file in files]
        super().__init__(
            path, pa.table({"file": names}), options, notes=notes, fingerprint=fingerprint
        )
        if not any(file.characters for file in files):
            raise DataError(f"{path} is empty: it has no characters", "expected text")
        self.files = tuple(files)

    def where(self, row: int) -> str:
        """Return the place of a row for messages: its file."""
        return str(self.files[row].path)


def read_text(file: OpenedFile, options: ReadOptions) -> TextSource:
    """Take a file as one text.

    Args:
        file: The file, compressed or not.
        options: `encoding`, where the guess is wrong.

    Raises:
        DataError: It is empty, or it cannot be decoded; says where.
    """
    if not file.start:
        raise DataError(f"{file.path} is empty (0 bytes)", "expected text")
    text, notes = _scanned(file, options)
    notes = (*file.notes, *notes)
    return TextSource(file.path, [text], options, notes=notes, fingerprint=file.fingerprint())


def read_texts(path: str | Path, options: ReadOptions | None = None) -> TextSource:
    """Open a text file, or all of a folder in the order of their names.

    Files and folders whose names begin with a dot, and symbolic links, are passed over.

    Args:
        path: A text file, compressed or not, or a folder of `.txt` files at any depth.
        options: `encoding`, where the guess is wrong; each file is guessed by itself.

    Raises:
        DataError: There is no such file, it is empty, or it cannot be decoded; says where.

    Example:
        >>> read_texts("data/tales.txt").files[0].encoding  # doctest: +SKIP
        'utf-8'
    """
    path, options = Path(path), options or ReadOptions()
    if not path.is_dir():
        with OpenedFile(path) as file:
            return read_text(file, options)
    found = [Path(entry.path) for entry in below(path) if is_text(entry)]
    if not found:
        raise DataError(
            f"{path} has no {TEXT_ENDING} file", "name a text file, or a folder that holds some"
        )
    files, notes, prints = [], [], []
    for each in found:
        with OpenedFile(each) as file:
            if not file.start:
                notes.append(f"{literal(printable(each.name))} is empty: not read")
                continue
            text, guesses = _scanned(file, options)
            files.append(text)
            notes += guesses
            prints.append((each.relative_to(path).as_posix(), file.fingerprint()))
    return TextSource(path, files, options, notes=tuple(notes), fingerprint=fingerprint_of(prints))


def _scanned(file: OpenedFile, options: ReadOptions) -> tuple[TextFile, tuple[str, ...]]:
    """Return a file as a text, and what was guessed."""
    try:
        scan = file.scan(options.encoding)
    except DataError as error:
        raise _undecodable(error) from error
    name = literal(printable(file.path.name))
    text = TextFile(file.path, scan.encoding, scan.characters)
    return text, tuple(f"{note} of {name}" for note in scan.notes)


def _undecodable(error: DataError) -> DataError:
    hint = error.hint
    if error.__cause__ is None and "binary" in error.message:
        hint = "save it again as text in UTF-8"
    elif "--set data.encoding" not in hint:
        hint = "--set data.encoding=utf-8, utf-16, cp1252, latin-1 …"
    return DataError(error.message, hint)
