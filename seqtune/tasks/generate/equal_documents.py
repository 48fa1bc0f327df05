"""Equal documents stay in one part: a model has learnt by heart what it trained on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.data.text.blocks import rejoined
from seqtune.progress import Listener, Note
from seqtune.tasks.generate.corpus import MANY_DOCUMENTS, PARTS, Corpus, Segment

Ints = npt.NDArray[np.int64]

MIN_LINE = 40
"""Shorter lines come again by chance: a heading, a refrain, "he said"."""

TOLD_SHARE = 0.1
"""Share of the characters of a test part from which it is told that training has them too."""


def keep_together(corpus: Corpus, listener: Listener) -> tuple[Corpus, Ints]:
    """Return the documents that are divided into parts, and the group of each.

    Where many differ, equal ones are one group, which belongs to a part as a whole. Where few do,
    the text is cut in its order, and those that are equal to an earlier one are left out.

    Args:
        corpus: All documents.
        listener: Hears how many are equal, and what becomes of them.

    Returns:
        The documents, and (documents,) the number of each one's group.
    """
    groups = numbers_of_equal(corpus)
    count = np.bincount(groups)
    if len(count) == len(groups):
        return corpus, groups
    total = len(groups)
    if len(count) >= MANY_DOCUMENTS:
        equal = int((count[groups] > 1).sum())
        what = f"{equal:,} of {total:,} documents are equal to another one"
        listener(Note(f"{what}: equal documents stay in one part"))
        return corpus, groups
    first = np.unique(groups, return_index=True)[1]
    left = total - len(first)
    verb = "is" if left == 1 else "are"
    what = f"{left:,} of {total:,} documents {verb} equal to an earlier one"
    listener(Note(f"{what}: left out, as the text is divided in its order"))
    kept = [corpus.documents[number] for number in np.sort(first).tolist()]
    return replace(corpus, documents=kept), np.arange(len(kept))


def numbers_of_equal(corpus: Corpus) -> Ints:
    """Return a number for each document, (documents,), the same for equal ones.

    They are equal where they differ in blanks and line ends alone.
    """
    if len(corpus.documents) < 2:
        return np.arange(len(corpus.documents))
    known: dict[bytes, int] = {}
    numbers = [
        known.setdefault(_digest(document.blocks()), len(known)) for document in corpus.documents
    ]
    return np.array(numbers, np.int64)


def tell_repeats(corpus: Corpus, segments: Sequence[Segment], listener: Listener) -> None:
    """Say how much of the test part stands line for line in what comes before it.

    A long text, and documents that are nearly equal, may say the same on both sides of a border.
    Nothing is taken out of them.

    Args:
        corpus: The documents.
        segments: Their parts.
        listener: Hears of the share, where it is more than chance.
    """
    tested = Counter(_lines(corpus, segments, PARTS[-1:]))  # of the smallest part: it is kept
    characters = sum(length * often for (_, length), often in tested.items())
    if not characters:
        return
    seen = tested.keys() & _lines(corpus, segments, PARTS[:-1])
    share = sum(line[1] * tested[line] for line in seen) / characters
    if share >= TOLD_SHARE:
        what = f"lines of {MIN_LINE} characters and more"
        listener(
            Note(
                f"{share:.0%} of the test part stands word for word in the text before it ({what}):"
                " its figures flatter by what was learnt by heart"
            )
        )


def _lines(
    corpus: Corpus, segments: Iterable[Segment], parts: Container[str]
) -> Iterator[tuple[int, int]]:
    """Yield hash and length of each line of some parts that is long enough."""
    for segment in segments:
        if segment.part in parts:
            for piece in rejoined(corpus.read(segment)):
                for line in map(str.strip, piece.split("\n")):
                    if len(line) >= MIN_LINE:
                        yield hash(line), len(line)


def _digest(blocks: Iterable[str]) -> bytes:
    """Return a hash of all characters that are no white space."""
    digest = hashlib.blake2b(digest_size=16)
    for block in blocks:
        digest.update("".join(block.split()).encode("utf-8", "surrogatepass"))
    return digest.digest()
