"""Reading a folder that holds a sub-folder of `.txt` files per label, as one table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from seqtune.data.reading.case_labels import find_labels
from seqtune.data.reading.encoding import line_feeds
from seqtune.data.reading.file_form import TEXT_ENDING
from seqtune.data.reading.folder import (
    below,
    entries,
    fingerprint_of,
    is_folder,
    is_text,
    printable,
)
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.errors import DataError, literal

LAYOUT = "expected a sub-folder per label with .txt files in it, such as positive/1.txt"


class FolderSource(Source):
    """The texts of a folder; messages name the file of a row."""

    def where(self, row: int) -> str:
        """Return the place of a row for messages: `reviews/positive/1.txt`."""
        return str(self.path / self.text("file", row))


@dataclass
class Found:
    """What a walk through a folder met: names relative to it, with `/`.

    Args:
        path: The folder.
        texts: Text files in sub-folders.
        labels: Sub-folders.
        outside: Text files beside the sub-folders.
        others: Other files.
        links: Symbolic links.
    """

    path: Path
    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def walk(path: Path) -> Found:
    """Look through a folder.

    Files and folders whose names begin with a dot are passed over, and so are symbolic links: a
    text that is met twice would stand in the training and the test part.

    Raises:
        DataError: There is no such folder, or a part of it cannot be read.
    """
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "does not exist"
        raise DataError(f"{path} {what}", LAYOUT)
    found = Found(path)
    for entry in entries(path):
        if is_folder(entry):
            found.labels.append(entry.name)
            for file in below(Path(entry.path)):
                _sort(file, found.texts, found)
        else:
            _sort(entry, found.outside, found)
    return found


def read_text_folder(path: str | Path, options: ReadOptions | None = None) -> Source:
    """Look through a folder and read its texts; see `read_labelled`.

    Example:
        >>> read_text_folder("reviews").names  # doctest: +SKIP
        ('text', 'label', 'file')
    """
    return read_labelled(walk(Path(path)), options or ReadOptions())


def read_labelled(found: Found, options: ReadOptions) -> Source:
    """Read the texts of a folder, in the order of their labels and names.

    Args:
        found: A folder with a sub-folder per label; a text that lies deeper has the label of the
            outermost one.
        options: `encoding`, where the guess is wrong; each file is guessed by itself.

    Returns:
        Columns `text` (as it is written, line ends made line feeds), `label` and `file` (relative
        to the folder).

    Raises:
        DataError: There is no sub-folder or no text in one, or a file cannot be read.
    """
    if not found.texts:
        raise _nothing(found)
    texts, guessed, prints = _read_all(found.path, found.texts, options)
    names = [printable(name) for name in found.texts]
    table = pa.table(
        {"text": texts, "label": [name.split("/", 1)[0] for name in names], "file": names}
    )
    notes = (*guessed, *_notes(found))
    return FolderSource(found.path, table, options, notes=notes, fingerprint=fingerprint_of(prints))


def read_texts_beside(
    found: Found, tables: Sequence[str], options: ReadOptions
) -> FolderSource | None:
    """Read the texts of a folder with a table that names them; None if no table does.

    Args:
        found: A folder with texts, and no sub-folder that has any.
        tables: The tables in it.
        options: How texts and tables are read.

    Returns:
        Columns `text` and `file`, and those of the table.

    Raises:
        DataError: A file cannot be read.
    """
    sources = []
    for name in tables:
        with OpenedFile(found.path / name) as file:
            sources.append(read_table(file, options))
    labels = find_labels(sources, [*tables, *found.outside])
    if labels is None:
        return None
    texts, guessed, prints = _read_all(found.path, found.outside, options)
    place, said = labels
    said = replace(said, rows=said.rows[len(tables) - 1 :])
    names = [printable(name) for name in found.outside]
    columns = said.columns([1] * len(names), ("text", "file"))
    table = pa.table({"text": texts, "file": names, **columns})
    prints.append((tables[place], sources[place].fingerprint()))
    notes = (f"{len(names):,} texts", *said.notes(names), *guessed)
    return FolderSource(found.path, table, options, notes=notes, fingerprint=fingerprint_of(prints))


def _read_all(
    path: Path, names: Sequence[str], options: ReadOptions
) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return the texts, which encodings were guessed, and the sha256 of each file."""
    texts, prints = [], []
    guesses: dict[str, list[str]] = {}
    for name in names:
        with OpenedFile(path / name) as file:
            text, guess = _read(file, options.encoding)
            texts.append(text)
            if guess:
                guesses.setdefault(guess, []).append(name)
            prints.append((name, file.fingerprint()))
    return texts, list(_guess_notes(guesses)), prints


def _sort(entry: os.DirEntry[str], texts: list[str], found: Found) -> None:
    """Put what is not a folder where it belongs."""
    name = Path(entry.path).relative_to(found.path).as_posix()
    if entry.is_symlink():
        found.links.append(name)
    else:
        (texts if is_text(entry) else found.others).append(name)


def _read(file: OpenedFile, encoding: str) -> tuple[str, str]:
    """Return the text of a file, and its encoding where that was guessed and is not UTF-8."""
    try:
        scan = file.scan(encoding)
    except DataError as error:
        if error.__cause__ is None:  # bytes that are no text at all
            error.hint = "remove the file, or save it again as text in UTF-8"
        raise
    blocks = line_feeds([scan.start]) if scan.is_whole else file.texts(scan.encoding)
    return "".join(blocks), scan.encoding if scan.notes else ""


def _guess_notes(guesses: dict[str, list[str]]) -> Iterator[str]:
    for encoding, names in guesses.items():
        yield (
            f"encoding {encoding} of {_some(names, 'file')}"
            " (guessed; --set data.encoding=... overrides)"
        )


def _notes(found: Found) -> Iterator[str]:
    if found.outside:
        yield f"{_some(found.outside, 'text')} outside the label folders: not read"
    if found.others:
        yield f"{_some(found.others, 'file')} not ending in {TEXT_ENDING}: not read"
    if found.links:
        yield f"{_some(found.links, 'symbolic link')}: not followed"
    counts = Counter(name.split("/", 1)[0] for name in found.texts)
    without = [label for label in found.labels if not counts[label]]
    if without:
        yield f"{_some(without, 'folder')} without a text: no such label"


def left_out(found: Found, tables: Sequence[str]) -> Iterator[str]:
    """Say what of a folder of tables is not read.

    Args:
        found: What lies in it.
        tables: Those that are read.
    """
    others = [name for name in found.others if name not in tables]
    if others:
        yield f"{_some(others, 'file')} with another ending than tables have: not read"
    if found.links:
        yield f"{_some(found.links, 'symbolic link')}: not followed"


def _some(names: list[str], noun: str) -> str:
    """Count names and show the first.

    Example:
        >>> _some(["a.txt", "b.txt"], "file")
        '2 files (a.txt, …)'
    """
    first = literal(printable(names[0]))
    if len(names) == 1:
        return f"1 {noun} ({first})"
    return f"{len(names):,} {noun}s ({first}, …)"


def _nothing(found: Found) -> DataError:
    kinds = {
        "sub-folder": found.labels,
        "text": found.outside,
        "symbolic link": found.links,
        "other file": found.others,
    }
    seen = ", ".join(_some(names, noun) for noun, names in kinds.items() if names) or "nothing"
    lack = "no .txt file in a sub-folder" if found.labels else "no sub-folder"
    return DataError(f"{found.path} has {lack}; found {seen}", LAYOUT)
