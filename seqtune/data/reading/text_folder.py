"""Reading a folder that holds a sub-folder of `.txt` files per label, as one table."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from seqtune.data.reading.encoding import scan_text
from seqtune.data.reading.files import fingerprint, open_text
from seqtune.data.reading.source import ReadOptions, Source
from seqtune.errors import DataError, literal

ENDING = ".txt"
LAYOUT = "expected a sub-folder per label with .txt files in it, such as positive/1.txt"


class FolderSource(Source):
    """The texts of a folder; messages name the file of a row."""

    def where(self, row: int) -> str:
        """Say where a row stands: `reviews/positive/1.txt`."""
        return str(self.path / self.text("file", row))


@dataclass
class _Found:
    """What a walk through a folder met: paths relative to it, with `/`."""

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)  # .txt files beside the sub-folders
    others: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def is_text_folder(path: str | Path) -> bool:
    """Tell whether a path is a folder with a `.txt` file in one of its sub-folders."""
    path = Path(path)
    try:
        labels = filter(_is_folder, _entries(path)) if path.is_dir() else ()
        return any(_is_text(entry) for label in labels for entry in _below(label))
    except DataError:
        return False


def read_text_folder(path: str | Path, options: ReadOptions | None = None) -> Source:
    """Read the texts of a folder, in the order of their labels and names.

    Files and folders whose names begin with a dot are passed over, and so are symbolic links: a
    text that is met twice would stand in the training and the test part.

    Args:
        path: A folder with a sub-folder per label; a text that lies deeper has the label of the
            outermost one.
        options: `encoding`, where the guess is wrong; each file is guessed by itself.

    Returns:
        Columns `text` (as it is written, line ends made line feeds), `label` and `file` (relative
        to the folder).

    Raises:
        DataError: There is no such folder, sub-folder or text, or a file cannot be read.

    Example:
        >>> read_text_folder("reviews").names  # doctest: +SKIP
        ('text', 'label', 'file')
    """
    path, options = Path(path), options or ReadOptions()
    found = _walk(path)
    if not found.texts:
        raise _nothing(path, found)
    texts, digest = [], hashlib.sha256()
    assumptions: dict[str, list[str]] = {}
    for name in found.texts:
        file = path / name
        text, guess = _read(file, options.encoding)
        texts.append(text)
        if guess:
            assumptions.setdefault(guess, []).append(name)
        digest.update(f"{_printable(name)}\0{fingerprint(file)}\n".encode())
    names = [_printable(name) for name in found.texts]
    table = pa.table(
        {"text": texts, "label": [name.split("/", 1)[0] for name in names], "file": names}
    )
    notes = (*_guess_notes(assumptions), *_notes(found))
    return FolderSource(path, table, options, notes=notes, fingerprint=digest.hexdigest())


def _walk(path: Path) -> _Found:
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "does not exist"
        raise DataError(f"{path} {what}", LAYOUT)
    found = _Found()
    for entry in _entries(path):
        if _is_folder(entry):
            found.labels.append(entry.name)
            for file in _below(entry):
                _sort(file, path, found.texts, found)
        else:
            _sort(entry, path, found.outside, found)
    return found


def _sort(entry: os.DirEntry[str], path: Path, texts: list[str], found: _Found) -> None:
    """Put what is not a folder where it belongs."""
    name = Path(entry.path).relative_to(path).as_posix()
    if entry.is_symlink():
        found.links.append(name)
    else:
        (texts if _is_text(entry) else found.others).append(name)


def _below(folder: os.DirEntry[str]) -> Iterator[os.DirEntry[str]]:
    """Yield all that is not a folder, at any depth, in order."""
    waiting = [folder]
    while waiting:
        entry = waiting.pop()
        if _is_folder(entry):
            waiting.extend(reversed(_entries(Path(entry.path))))
        else:
            yield entry


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder and is not hidden, by name."""
    try:
        with os.scandir(folder) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        raise DataError(
            f"{folder} may not be read: {error.strerror or error}", f"try: chmod u+rx {folder}"
        ) from error
    return sorted(shown, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_text(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(ENDING)


def _read(path: Path, encoding: str) -> tuple[str, str]:
    """Return the text of a file, and its encoding where that was guessed and is not UTF-8."""
    try:
        scan = scan_text(path, encoding)
    except DataError as error:
        if error.__cause__ is None:  # bytes that are no text at all
            error.hint = "remove the file, or save it again as text in UTF-8"
        raise
    if scan.whole:
        text = scan.start
    else:
        with open_text(path, scan.encoding) as file:
            text = file.read().removeprefix("\ufeff")
    guess = scan.encoding if scan.notes else ""
    return text.replace("\r\n", "\n").replace("\r", "\n"), guess


def _printable(name: str) -> str:
    """Return a file name without the half characters that stand for bytes that are not UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _guess_notes(assumptions: dict[str, list[str]]) -> Iterator[str]:
    for encoding, names in assumptions.items():
        yield (
            f"encoding {encoding} of {_some(names, 'file')}"
            " (guessed; --set data.encoding=... overrides)"
        )


def _notes(found: _Found) -> Iterator[str]:
    if found.outside:
        yield f"{_some(found.outside, 'text')} in no label's folder: not read"
    if found.others:
        yield f"{_some(found.others, 'file')} not ending in {ENDING}: not read"
    if found.links:
        yield f"{_some(found.links, 'symbolic link')}: not followed"
    counts = Counter(name.split("/", 1)[0] for name in found.texts)
    without = [label for label in found.labels if not counts[label]]
    if without:
        yield f"{_some(without, 'folder')} without a text: no such label"


def _some(names: list[str], noun: str) -> str:
    """Count names and show the first.

    Example:
        >>> _some(["a.txt", "b.txt"], "file")
        '2 files (a.txt, …)'
    """
    first = literal(_printable(names[0]))
    if len(names) == 1:
        return f"1 {noun} ({first})"
    return f"{len(names):,} {noun}s ({first}, …)"


def _nothing(path: Path, found: _Found) -> DataError:
    kinds = {
        "sub-folder": found.labels,
        "text": found.outside,
        "symbolic link": found.links,
        "other file": found.others,
    }
    seen = [_some(names, noun) for noun, names in kinds.items() if names]
    lack = "no .txt file in a sub-folder" if found.labels else "no sub-folder"
    return DataError(f"{path} has {lack}; found {', '.join(seen) or 'nothing'}", LAYOUT)
