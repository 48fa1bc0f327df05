"""Reading the vectors of wanted words from a GloVe or word2vec text file of any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.encoding import CONTROL
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError, literal

SAMPLE_BYTES = 1 << 16
MAX_LINE = 1 << 20
MAX_DIMENSIONS = 10_000
FORM = "expected a word and its numbers in each line, separated by spaces, as GloVe writes them"

_LOWER, _EXACT = 1, 2  # how well a line fits a word


def read_vectors(
    path: str | Path, words: Sequence[str]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Read the vectors of words; only these are kept in memory.

    A word that is not in the file as it is written takes the vector of its lower-case form. Of
    several lines for one word the first counts.

    Args:
        path: A text file, UTF-8, one word per line with its numbers behind it; compressed or
            not, with or without word2vec's first line "words dimensions". A word may hold
            spaces.
        words: The wanted words; a word may stand more than once.

    Returns:
        The vectors, (words, dimensions) float32, zeros where there is none; and whether there
        is one, (words,) bool.

    Raises:
        DataError: The file cannot be read, is binary, or a line of it is no vector, with the
            line; or it has fewer lines than its first line says.

    Example:
        >>> read_vectors("glove.6B.100d.txt", ["good", "bad"])[0].shape  # doctest: +SKIP
        (2, 100)
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(
            f"{path} is a folder; expected a file of word vectors", f"name a file: {FORM}"
        )
    with OpenedFile(path) as file:
        lines = _lines(path, _text_blocks(file))
        announced, dimensions, lines = _begin(path, lines)
        reader = _Reader(path, words, dimensions)
        last = count = 0
        for last, line in lines:
            count += reader.take(last, line)
    if announced is not None and count != announced:
        raise DataError(
            f"{path}:{last}: {count:,} words, expected {announced:,} as the first line says",
            "it may be cut short; copy or download it again",
        )
    return reader.matrix, reader.fits > 0


class _Reader:
    """Collects the vectors of wanted words from lines."""

    def __init__(self, path: Path, words: Sequence[str], dimensions: int) -> None:
        self.matrix = np.zeros((len(words), dimensions), np.float32)
        self.fits = np.zeros(len(words), np.int8)
        self._path, self._dimensions = path, dimensions
        self._rows: dict[bytes, list[tuple[int, int]]] = {}  # the rows a word of the file serves
        for row, word in enumerate(words):
            forms = {_bytes(word.lower()): _LOWER, _bytes(word): _EXACT}
            for form, fit in forms.items():
                self._rows.setdefault(form, []).append((row, fit))
        self._starts = {_start(form) for form in self._rows}

    def take(self, number: int, line: bytes) -> bool:
        """Take a line; return whether it is that of a word: a blank one is not."""
        fields = line.count(b" ") + line.count(b"\t")
        if fields < self._dimensions or line.endswith((b" ", b"\t", b"\r")):
            line = line.rstrip()
            if not line:
                return False
            fields = line.count(b" ") + line.count(b"\t")
        if fields < self._dimensions:
            raise DataError(
                f"{self._path}:{number}: {fields + 1} fields, expected a word and"
                f" {self._dimensions} numbers",
                "it may be cut short; copy or download it again",
            )
        if _start(line) in self._starts and not line[:1].isspace():  # white space is no word
            word, *numbers = line.rsplit(None, self._dimensions)
            if rows := self._rows.get(word):
                self._keep(rows, self._vector(number, word, numbers))
        return True

    def _keep(self, rows: list[tuple[int, int]], vector: npt.NDArray[np.float32]) -> None:
        for row, fit in rows:
            if fit > self.fits[row]:
                self.matrix[row], self.fits[row] = vector, fit

    def _vector(self, number: int, word: bytes, fields: list[bytes]) -> npt.NDArray[np.float32]:
        try:
            with np.errstate(over="ignore"):
                vector = np.array([float(field) for field in fields]).astype(np.float32)
        except ValueError as error:
            fault: object = error
        else:
            if len(vector) == self._dimensions and np.isfinite(vector).all():
                return vector
            fault = "a number is missing, infinite or too large"
        shown = literal(word.decode("utf-8", "replace"))[:40]
        raise DataError(f"{self._path}:{number}: the vector of '{shown}': {fault}", FORM)


def _text_blocks(file: OpenedFile) -> Iterator[bytes]:
    """Yield the bytes of a file; refuse what is no text."""
    path = file.path
    blocks = file.blocks()
    first = next(blocks, b"")
    sample = first[:SAMPLE_BYTES]
    if b"\0" in sample or len(sample) - len(sample.translate(None, CONTROL)) > len(sample) // 100:
        raise DataError(
            f"{path} is binary; expected word vectors as text",
            "convert it, for example with gensim: KeyedVectors.load_word2vec_format("
            "'file.bin', binary=True).save_word2vec_format('file.txt', binary=False)",
        )
    yield from chain([first], blocks)


def _lines(path: Path, blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file with their numbers, without their ends."""
    rest, number = b"", 0
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for number, line in enumerate(whole, number + 1):  # noqa: B020
            yield number, line
        if len(rest) > MAX_LINE:
            raise DataError(f"{path}:{number + 1}: a line of more than {MAX_LINE} bytes", FORM)
    if rest:
        yield number + 1, rest


def _begin(
    path: Path, lines: Iterator[tuple[int, bytes]]
) -> tuple[int | None, int, Iterator[tuple[int, bytes]]]:
    """Return the number of words and of dimensions, and the lines of words.

    Without a first line that says so, the words are not counted, and the dimensions are the
    numbers at the end of the first line.
    """
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        raise DataError(f"{path} has no words", FORM)
    fields = first[1].split()
    if len(fields) != 2 or not all(field.isdigit() and len(field) < 13 for field in fields):
        return None, _count_numbers(path, *first), chain([first], lines)
    words, dimensions = (int(field) for field in fields)
    second = next(lines, (first[0] + 1, b""))
    found = len(second[1].split()) - 1
    if not 1 <= dimensions <= min(found, MAX_DIMENSIONS):
        raise DataError(
            f"{path}:{second[0]}: {max(found, 0)} numbers, expected {dimensions} as line"
            f" {first[0]} says",
            "it may be cut short; copy or download it again",
        )
    return words, dimensions, chain([second], lines)


def _count_numbers(path: Path, number: int, line: bytes) -> int:
    """Count the numbers at the end of a line, its first field left out."""
    count = 0
    for field in reversed(line.split()[1:]):
        if not _is_number(field):
            break
        count += 1
    if not 0 < count <= MAX_DIMENSIONS:
        shown = literal(line[:40].decode("utf-8", "replace"))
        raise DataError(f"{path}:{number}: '{shown}' and {count} numbers are no word vector", FORM)
    return count


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def _start(text: bytes) -> Any:
    """Return the text up to the first white space: it rules out most lines at once."""
    return next(iter(text.split(None, 1)), b"")
