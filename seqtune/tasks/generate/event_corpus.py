"""Documents of events: pieces of music, or the rows of a table, a sequence for each series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from seqtune.data.reading.music.piece import PieceSource
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Listener, Note
from seqtune.tasks.generate.corpus import PARTS, Columns, Corpus, Segment, divide
from seqtune.tasks.generate.step_tokens import MOST_COLUMNS, Layout, Steps

MOST_CELLS = 20_000_000
"""Cells of a table of events at most."""

MIN_STEPS = 60
"""Fewer cannot be learnt from, compared and tested."""


@dataclass(frozen=True)
class EventDocument:
    """A sequence of steps, as a text.

    Args:
        text: Its steps one after the other.
        ends: The character after each step.
    """

    text: str
    ends: tuple[int, ...]

    @property
    def characters(self) -> int:
        """How many its text has."""
        return len(self.text)

    @property
    def steps(self) -> int:
        """How many it has."""
        return len(self.ends)

    def place(self, step: int) -> int:
        """Return the character at which a step begins."""
        return self.ends[step - 1] if step else 0

    def blocks(self) -> Iterator[str]:
        """Yield its text whole."""
        yield self.text


def spelt(steps: Steps, layout: Layout) -> EventDocument:
    """Return steps as a text.

    Args:
        steps: Of each its notes, or its cells.
        layout: Which of both.
    """
    texts = [layout.spelt(step) for step in steps]
    return EventDocument("".join(texts), tuple(accumulate(map(len, texts))))


def pieces_corpus(source: PieceSource) -> Corpus:
    """Return pieces of music as documents, each with the part that its file gives it."""
    layout = Layout(per_beat=source.per_beat)
    documents = [spelt(piece.steps, layout) for piece in source.pieces]
    parts = tuple(piece.part for piece in source.pieces)
    return Corpus(documents, Columns(), layout, parts if all(parts) else ())


def rows_corpus(source: Source, columns: Columns) -> Corpus:
    """Return the rows of a table as documents: one for each series, in the order of its first row.

    Args:
        source: The table.
        columns: Which hold the events, and which the series.

    Raises:
        DataError: A column is not there, or there are too many.
    """
    for name in columns.events:
        source.require(name, "--events")
    if len(columns.events) > MOST_COLUMNS or source.rows * len(columns.events) > MOST_CELLS:
        raise DataError(
            f"{source.path} has {source.rows:,} rows of {len(columns.events)} columns; expected at "
            f"most {MOST_COLUMNS} columns and {MOST_CELLS:,} cells",
            "take fewer columns or rows",
        )
    layout = Layout(columns.events)
    rows = list(zip(*(source.texts(name) for name in columns.events), strict=True))
    owners = np.zeros(len(rows), np.int64)
    if columns.series is not None:
        source.require(columns.series, "--series")
        owners = source.codes(columns.series)[0].astype(np.int64)
    first = dict.fromkeys(owners.tolist())
    groups: dict[int, list[tuple[str, ...]]] = {owner: [] for owner in first}
    for owner, row in zip(owners.tolist(), rows, strict=True):
        groups[owner].append(row)
    return Corpus([spelt(each, layout) for each in groups.values()], columns, layout)


def steps_in(corpus: Corpus) -> int:
    """Return how many steps all sequences have."""
    return sum(each.steps for each in corpus.documents if isinstance(each, EventDocument))


def check_events(corpus: Corpus, path: str) -> None:
    """Refuse events that are too few to learn from.

    Raises:
        DataError: They are, or all are the same.
    """
    documents = [each for each in corpus.documents if isinstance(each, EventDocument)]
    total = steps_in(corpus)
    if total < MIN_STEPS:
        raise DataError(
            f"{path} has {total} steps, expected at least {MIN_STEPS} to learn from, to compare "
            "and to test",
            "give more of them, such as a folder of pieces",
        )
    if len({word for each in documents for word in each.text.split()}) < 2:
        raise DataError(
            f"{path} holds one event alone, so there is nothing to learn", "give other data"
        )


def given_parts(corpus: Corpus, listener: Listener) -> list[Segment]:
    """Divide sequences as their file does.

    Args:
        corpus: The sequences, with the part of each.
        listener: Hears how many are of each.

    Raises:
        DataError: A part has none.
    """
    counts = {part: list(corpus.parts).count(part) for part in PARTS}
    missing = [part for part, number in counts.items() if not number]
    if missing:
        raise DataError(
            f"the file gives its pieces parts, and none is of the part {missing[0]!r}",
            "give it one, or all pieces in one list without parts",
        )
    said = ", ".join(f"{number:,} for {part}" for part, number in counts.items())
    listener(Note(f"the file says which pieces are for what: {said}"))
    return [
        Segment(number, part, 0, corpus.documents[number].characters)
        for part in PARTS
        for number, own in enumerate(corpus.parts)
        if own == part
    ]


def divide_events(
    corpus: Corpus,
    shares: tuple[float, float],
    *,
    is_mixed: bool,
    seed: int,
    groups: Sequence[int],
) -> list[Segment]:
    """Divide sequences into parts, at steps; see `seqtune.tasks.generate.corpus.divide`."""
    documents = [each for each in corpus.documents if isinstance(each, EventDocument)]
    lengths = [each.steps for each in documents]
    segments = divide(lengths, *shares, is_mixed=is_mixed, seed=seed, groups=groups)
    return [
        replace(
            each,
            begin=documents[each.document].place(each.begin),
            end=documents[each.document].place(each.end),
        )
        for each in segments
    ]


def steps_of_parts(corpus: Corpus, segments: Sequence[Segment]) -> list[int]:
    """Return how many steps each part has."""
    counts = dict.fromkeys(PARTS, 0)
    for segment in segments:
        document = corpus.documents[segment.document]
        if isinstance(document, EventDocument):
            inside = np.searchsorted(document.ends, [segment.begin, segment.end], side="right")
            counts[segment.part] += int(inside[1] - inside[0])
    return [counts[part] for part in PARTS]
