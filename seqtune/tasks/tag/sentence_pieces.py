"""Tagged sentences in pieces that can be read: spans with kinds, or tokens with tags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.data.text.tag_scheme import Spans
from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.report_sentences import (
    NOTHING,
    Piece,
    SentencesReport,
    TaggedSentence,
)
from seqtune.tasks.tag.tag_errors import cut

SHOWN = 6
MOST_TOKENS = 40
"""Tokens of a sentence that are shown."""

LENGTHS = (4, 30)
"""Sentences of so many tokens are shown, where there are any."""

BACKGROUND = 0.5
"""A tag that more of the positions have than this is not written."""


def tagged_sentences(found: TaggedSequences, tokens: Sequence[str], title: str) -> SentencesReport:
    """Choose sentences from the best to the worst and cut them into pieces.

    Args:
        found: Sentences with their tags.
        tokens: (positions,) the tokens.
        title: Where they are from.
    """
    background = _background(found)
    sentences = [
        _sentence(found, tokens, number, background) for number in _chosen(found, background)
    ]
    name = "" if found.tags.has_spans or background < 0 else found.tags.names[background]
    return SentencesReport(title, sentences, name)


def _background(found: TaggedSequences) -> int:
    """Return the tag that most positions have, -1 where none has most."""
    if not len(found):
        return -1
    counts = np.bincount(found.predicted, minlength=len(found.tags))
    return int(counts.argmax()) if counts.max() > BACKGROUND * len(found) else -1


def _chosen(found: TaggedSequences, background: int) -> list[int]:
    """Return sentences of a readable length that have something to show, the best first."""
    lengths = np.diff(found.offsets)
    sums = np.concatenate([[0], np.cumsum(found.wrong)])
    wrong = sums[found.offsets[1:]] - sums[found.offsets[:-1]]
    telling = found.wrong | (found.predicted != background)
    tells = np.unique(found.sequence[telling])
    of_size = (lengths >= LENGTHS[0]) & (lengths <= LENGTHS[1])
    candidates = tells[of_size[tells]] if of_size[tells].any() else tells
    order = candidates[np.argsort((wrong / np.maximum(1, lengths))[candidates], kind="stable")]
    places = np.unique(np.linspace(0, len(order) - 1, min(SHOWN, len(order))).astype(np.int64))
    return [int(order[place]) for place in places]


def _sentence(
    found: TaggedSequences, tokens: Sequence[str], number: int, background: int
) -> TaggedSentence:
    start, end = int(found.offsets[number]), int(found.offsets[number + 1])
    stop = min(end, start + MOST_TOKENS)
    make = _of_spans if found.tags.has_spans else _of_tokens
    return TaggedSentence(
        found.where(start),
        make(found, tokens, start, stop, background),
        end - start,
        int(found.wrong[start:end].sum()),
    )


def _of_tokens(
    found: TaggedSequences, tokens: Sequence[str], start: int, stop: int, background: int
) -> list[Piece]:
    pieces = []
    for place in range(start, stop):
        tag, is_wrong = int(found.predicted[place]), bool(found.wrong[place])
        name = "" if tag == background and not is_wrong else found.tags.names[tag]
        truth = found.name_of(int(found.targets[place])) if is_wrong else ""
        pieces.append(Piece(cut([tokens[place]]), name, truth))
    return pieces


def _of_spans(
    found: TaggedSequences, tokens: Sequence[str], start: int, stop: int, background: int
) -> list[Piece]:
    """Return spans, those missed among them, and the tokens between them one by one."""
    here = _between(found.spans, start, stop)
    spans = zip(found.spans.start[here], found.spans.end[here], found.spans.kind[here], strict=True)
    given = {
        (int(first), int(end)): (kind, bool(is_right))
        for (first, end, kind), is_right in zip(spans, found.right[here], strict=True)
    }
    there = _between(found.true_spans, start, stop)
    truth = [
        (int(first), min(int(end), stop), kind)
        for first, end, kind in zip(
            found.true_spans.start[there],
            found.true_spans.end[there],
            found.true_spans.kind[there],
            strict=True,
        )
    ]
    pieces: dict[tuple[int, int], Piece] = {}
    for (first, end), (kind, is_right) in given.items():
        words = cut(tokens[first : min(end, stop)])
        known = bool((found.targets[first:end] >= 0).all())
        right = "" if is_right or not known else _truth(first, end, truth, tokens)
        pieces[first, min(end, stop)] = Piece(words, kind, right)
    for first, end, kind in truth:
        if not any(first < other_end and end > other for other, other_end in given):
            pieces[first, end] = Piece(cut(tokens[first:end]), "", kind)
    covered = {place for first, end in pieces for place in range(first, end)}
    for place in range(start, stop):
        if place not in covered:
            pieces[place, place + 1] = Piece(cut([tokens[place]]))
    return [pieces[key] for key in sorted(pieces)]


def _between(spans: Spans, start: int, stop: int) -> slice:
    """Return which of the spans, ascending, begin between two positions."""
    first, last = np.searchsorted(spans.start, [start, stop]).tolist()
    return slice(first, last)


def _truth(
    first: int, end: int, truth: Sequence[tuple[int, int, str]], tokens: Sequence[str]
) -> str:
    """Say which true spans stand where a wrong one was found."""
    there = [each for each in truth if each[0] < end and each[1] > first]
    return (
        ", ".join(
            kind
            if (begin, stop) == (first, end)
            else f"[{' '.join(cut(tokens[begin:stop]))}]/{kind}"
            for begin, stop, kind in there
        )
        or NOTHING
    )
