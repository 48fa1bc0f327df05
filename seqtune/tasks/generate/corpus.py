"""Documents one after the other, and where training ends and validation and test begin.

one text        |------ training ------|-- validation --|-- test --|    in its order
many documents  each of them belongs to one part as a whole
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from seqtune.tasks.generate.step_tokens import Layout

MANY_DOCUMENTS = 20
"""From so many documents on, each belongs to one part as a whole."""

PARTS = ("train", "validation", "test")


AUTO = "auto"
"""Asks for the column that looks like one of texts."""


class Document(Protocol):
    """A text that can be read more than once."""

    @property
    def characters(self) -> int:
        """How many it has."""

    def blocks(self) -> Iterator[str]:
        """Yield it, a block at a time."""


@dataclass(frozen=True)
class Cell:
    """A document that stands in a cell of a table."""

    text: str

    @property
    def characters(self) -> int:
        """How many it has."""
        return len(self.text)

    def blocks(self) -> Iterator[str]:
        """Yield it whole."""
        yield self.text


@dataclass(frozen=True)
class Segment:
    """A document, or a piece of one, that belongs to a part.

    Args:
        document: Its number.
        part: "train", "validation" or "test".
        begin: Its first character.
        end: The character after its last.
    """

    document: int
    part: str
    begin: int
    end: int


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are learnt from.

    Args:
        text: The column of texts; "auto" finds it.
        events: The columns whose cells are an event; () for texts.
        series: The column that says which sequence an event belongs to; None for one sequence.
    """

    text: str = AUTO
    events: tuple[str, ...] = ()
    series: str | None = None


@dataclass(frozen=True)
class Corpus:
    """Documents, in the order of the source.

    Args:
        documents: The documents, none of them empty.
        columns: The columns that they stand in; the text is "auto" for files.
        layout: What a step of events is made of; None for texts.
        parts: The part of each document, where the source says it; else ().
    """

    documents: Sequence[Document]
    columns: Columns = Columns()
    layout: Layout | None = None
    parts: Sequence[str] = ()

    @property
    def column(self) -> str | None:
        """The column of texts; None for files and events."""
        return None if self.columns.text == AUTO else self.columns.text

    @property
    def characters(self) -> int:
        """Characters of all documents."""
        return sum(document.characters for document in self.documents)

    def read(self, segment: Segment) -> Iterator[str]:
        """Yield the text of a segment, a block at a time."""
        place = 0
        for block in self.documents[segment.document].blocks():
            first, last = max(segment.begin - place, 0), segment.end - place
            if last <= 0:
                return
            if first < len(block):
                yield block[first:last]
            place += len(block)


def divide(
    lengths: Sequence[int],
    validation: float,
    test: float,
    *,
    is_mixed: bool,
    seed: int,
    groups: Sequence[int] | None = None,
) -> list[Segment]:
    """Divide documents into parts, training first and test last.

    Args:
        lengths: Characters of each document.
        validation: Share of all characters for the validation part.
        test: Share of all characters for the test part.
        is_mixed: Whether many documents come in a new order.
        seed: Start of the random numbers that give it.
        groups: (documents,) group of each of many documents, which stays in one part; None where
            each is one of its own.

    Example:
        >>> [(each.part, each.begin, each.end) for each in
        ...  divide([100], 0.1, 0.2, is_mixed=False, seed=0)]
        [('train', 0, 70), ('validation', 70, 80), ('test', 80, 100)]
    """
    total = sum(lengths)
    borders = [int(total * (1 - validation - test)), int(total * (1 - test)), total]
    if len(lengths) >= MANY_DOCUMENTS:
        numbers = np.arange(len(lengths)) if groups is None else np.asarray(groups)
        return _whole(lengths, borders, numbers, is_mixed=is_mixed, seed=seed)
    segments, place = [], 0
    for number, length in enumerate(lengths):
        begin = 0
        for part, border in zip(PARTS, borders, strict=True):
            end = min(border - place, length)
            if end > begin:
                segments.append(Segment(number, part, begin, end))
                begin = end
        place += length
    return segments


def divide_texts(
    corpus: Corpus,
    shares: tuple[float, float],
    *,
    is_mixed: bool,
    seed: int,
    groups: Sequence[int],
) -> list[Segment]:
    """Divide documents into parts; see `divide`."""
    lengths = [document.characters for document in corpus.documents]
    return divide(lengths, *shares, is_mixed=is_mixed, seed=seed, groups=groups)


def _whole(
    lengths: Sequence[int],
    borders: Sequence[int],
    groups: npt.NDArray[np.int64],
    *,
    is_mixed: bool,
    seed: int,
) -> list[Segment]:
    """Give groups of documents to the parts; each stands where the first of it does."""
    place = np.unique(groups, return_index=True)[1]  # (groups,) its first document
    if is_mixed:
        mixed = np.random.default_rng(seed).permutation(len(lengths))
        place = np.argsort(mixed)[place]
    order = np.argsort(place)
    rank = np.argsort(order)  # (groups,) its place among the groups
    ends = np.cumsum(np.bincount(groups, weights=lengths)[order])
    first, second = (int(np.searchsorted(ends, border, "right")) for border in borders[:2])
    second = min(max(second, 2), len(order) - 1)
    first = min(max(first, 1), second - 1)
    places = rank[groups]  # (documents,)
    return [
        Segment(number, PARTS[int(places[number] >= first) + int(places[number] >= second)], 0,
                lengths[number])
        for number in np.argsort(places, kind="stable").tolist()
    ]  # fmt: skip


def training_text(corpus: Corpus, segments: Iterable[Segment]) -> Iterator[str]:
    """Yield the text of the training part, a block at a time."""
    for segment in segments:
        if segment.part == "train":
            yield from corpus.read(segment)
