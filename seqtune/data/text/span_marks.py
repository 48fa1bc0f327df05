"""Spans in tags: IOB1, BIO and BIOES recognised, read, made legal, and turned into each other.

A tag of a span is a letter, a hyphen and what kind the span is: `B-city`. `O` is outside of all.

    bio    B begins a span, I goes on with it (IOB2)
    iob1   I begins a span; B only one that touches another span of its kind
    bioes  B begins, I goes on, E ends a span of several; S is a span of one

Source:
    Ramshaw & Marcus 1995, "Text chunking using transformation-based learning", arXiv cmp-lg/9505040
    (IOB1); Tjong Kim Sang & Veenstra 1999, "Representing text chunks", EACL (IOB2, IOE).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Scheme = Literal["none", "iob1", "bio", "bioes"]
Offsets = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MARK = re.compile(r"([BIES])-(.+)", re.DOTALL)
OUTSIDE = "O"
LETTERS = "OBIES"
O, B, I, E, S = range(len(LETTERS))  # noqa: E741


class Spans(NamedTuple):
    """Spans, in their order.

    Args:
        start: (spans,) first position of each.
        end: (spans,) the position behind its last.
        kind: (spans,) its kind.
    """

    start: Codes
    end: Codes
    kind: Sequence[str]

    def triples(self) -> list[tuple[int, int, str]]:
        """Return them one by one."""
        return list(zip(self.start.tolist(), self.end.tolist(), self.kind, strict=True))


class Legal(NamedTuple):
    """Which tags may stand where.

    Args:
        begin: (tags,) may begin a sequence.
        follow: (tags, tags) the second may follow the first.
        end: (tags,) may end a sequence.
    """

    begin: Flags
    follow: Flags
    end: Flags


class _Parts(NamedTuple):
    """Tags taken apart: the letter (positions,), the kind's number (positions,), all kinds."""

    letter: Codes
    kind: Codes
    kinds: list[str]
    is_known: Flags
    is_first: Flags


def recognise(tags: Sequence[str], offsets: Offsets) -> Scheme:
    """Say how tags mark spans; "none" where one is neither O nor of a span.

    Args:
        tags: (positions,), "" where there is none.
        offsets: (sequences + 1,), where each sequence begins.

    Example:
        >>> recognise(["O", "B-city", "I-city"], np.array([0, 3]))
        'bio'
    """
    different = set(tags) - {"", OUTSIDE}
    if not different or not all(map(MARK.fullmatch, different)):
        return "none"
    if any(each[0] in "ES" for each in different):
        return "bioes"
    parts = _taken_apart(tags, offsets)
    goes_on = _touches(parts, (B, I))
    begins_freely = (parts.letter == B) & ~goes_on
    is_orphan = (parts.letter == I) & ~goes_on
    return "iob1" if is_orphan.any() and not begins_freely.any() else "bio"


def spans_of(tags: Sequence[str], offsets: Offsets, scheme: Scheme) -> Spans:
    """Return the spans that are marked as the scheme wants; what is not legal is none.

    Args:
        tags: (positions,).
        offsets: (sequences + 1,), where each sequence begins.
        scheme: How they mark spans; "none" has no spans.

    Example:
        >>> spans_of(["B-x", "I-x", "I-y"], np.array([0, 3]), "bio").triples()
        [(0, 2, 'x')]
    """
    if scheme == "none":
        none = np.zeros(0, np.int64)
        return Spans(none, none, [])
    if scheme == "iob1":
        tags, scheme = converted(tags, offsets, "iob1", "bio"), "bio"
    parts = _taken_apart(tags, offsets)
    inner = (I,) if scheme == "bio" else (I, E)
    goes_on = np.isin(parts.letter, inner) & _touches(parts, (B, I))
    start = np.flatnonzero(parts.letter == B)
    end = _next(~goes_on, start)
    if scheme == "bioes":
        is_closed = parts.letter[end - 1] == E
        single = np.flatnonzero(parts.letter == S)
        start, end = (
            np.concatenate(each)
            for each in ((start[is_closed], single), (end[is_closed], single + 1))
        )
        order = np.argsort(start, kind="stable")
        start, end = start[order], end[order]
    return Spans(start, end, [parts.kinds[kind] for kind in parts.kind[start]])


def repaired(tags: Sequence[str], offsets: Offsets, scheme: Scheme) -> tuple[list[str], Codes]:
    """Make tags legal: what goes on with nothing begins a span, and what does not end, ends.

    Args:
        tags: (positions,), "" where there is none.
        offsets: (sequences + 1,), where each sequence begins.
        scheme: "bio" or "bioes"; with "none" and "iob1" all tags are legal.

    Returns:
        The tags, and the positions that were changed.

    Example:
        >>> repaired(["O", "I-x"], np.array([0, 2]), "bio")
        (['O', 'B-x'], array([1]))
    """
    if scheme in ("none", "iob1"):
        return list(tags), np.zeros(0, np.int64)
    parts = _taken_apart(tags, offsets)
    made = _written(parts, _begins(parts), scheme)
    return made, np.array([at for at, (a, b) in enumerate(zip(tags, made)) if a != b], np.int64)  # noqa: B905


def converted(tags: Sequence[str], offsets: Offsets, old: Scheme, new: Scheme) -> list[str]:
    """Return tags in another scheme; those that are not legal are made so.

    Args:
        tags: (positions,), "" where there is none.
        offsets: (sequences + 1,), where each sequence begins.
        old: Their scheme.
        new: The scheme that is wanted.

    Example:
        >>> converted(["I-x", "I-x", "B-x"], np.array([0, 3]), "iob1", "bio")
        ['B-x', 'I-x', 'B-x']
    """
    if old == new or "none" in (old, new):
        return list(tags)
    parts = _taken_apart(tags, offsets)
    return _written(parts, _begins(parts), new)


def legal(names: Sequence[str], scheme: Scheme) -> Legal:
    """Return which tags may stand where.

    Args:
        names: (tags,).
        scheme: "bio" or "bioes"; with "none" and "iob1" every tag may stand everywhere.

    Example:
        >>> legal(["O", "B-x", "I-x"], "bio").begin.tolist()
        [True, True, False]
    """
    count = len(names)
    if scheme in ("none", "iob1"):
        every = np.ones(count, bool)
        return Legal(every, np.ones((count, count), bool), every.copy())
    parts = _taken_apart(names, np.array([0, count]))
    goes_on = np.isin(parts.letter, (I, E))
    is_open = np.isin(parts.letter, (B, I))
    same = parts.kind[:, None] == parts.kind[None, :]
    follow = ~goes_on[None, :] | (is_open[:, None] & same)
    end = np.ones(count, bool)
    if scheme == "bioes":
        follow &= ~is_open[:, None] | goes_on[None, :]
        end = ~is_open
    return Legal(~goes_on, follow, end)


def _taken_apart(tags: Sequence[str], offsets: Offsets) -> _Parts:
    different, codes = np.unique(np.array(tags, dtype=object).astype(str), return_inverse=True)
    found = [MARK.fullmatch(each) for each in different.tolist()]
    kinds = sorted({match[2] for match in found if match})
    letter = np.array([LETTERS.index(match[1]) if match else O for match in found], np.int64)
    kind = np.array([kinds.index(match[2]) if match else -1 for match in found], np.int64)
    is_first = np.zeros(len(tags) + 1, bool)
    is_first[offsets] = True
    known = np.array([bool(each) for each in different.tolist()], bool)
    if not len(tags):
        none = np.zeros(0, np.int64)
        return _Parts(none, none, kinds, none.astype(bool), none.astype(bool))
    return _Parts(letter[codes], kind[codes], kinds, known[codes], is_first[:-1])


def _touches(parts: _Parts, letters: Sequence[int]) -> Flags:
    """Say where the position before has one of the letters, and the same kind."""
    before = np.roll(parts.letter, 1), np.roll(parts.kind, 1)
    found: Flags = ~parts.is_first & np.isin(before[0], letters) & (before[1] == parts.kind)
    return found


def _begins(parts: _Parts) -> Flags:
    """Say where a span begins, however it is marked."""
    is_inside = parts.letter != O
    begins: Flags = is_inside & (np.isin(parts.letter, (B, S)) | ~_touches(parts, (B, I)))
    return begins


def _written(parts: _Parts, begins: Flags, scheme: Scheme) -> list[str]:
    """Return tags of a scheme for spans that begin at some positions and reach to the next gap."""
    is_inside = parts.letter != O
    letter = np.where(begins, B, np.where(is_inside, I, O))
    after = np.append(begins | ~is_inside, True)[1:]  # whether a span ends before the next position
    if scheme == "bioes":
        letter = np.where(is_inside & after, np.where(begins, S, E), letter)
    if scheme == "iob1":
        inside_before = np.append(False, is_inside)[:-1] & ~parts.is_first
        same = inside_before & (np.roll(parts.kind, 1) == parts.kind)
        letter = np.where(begins & ~same, I, letter)
    names = [
        [f"{each}-{kind}" for kind in parts.kinds] if each != OUTSIDE else [] for each in LETTERS
    ]
    return [
        (names[at][kind] if at else OUTSIDE) if known else ""
        for at, kind, known in zip(
            letter.tolist(), parts.kind.tolist(), parts.is_known.tolist(), strict=True
        )
    ]


def _next(is_stop: Flags, after: Codes) -> Codes:
    """Return the first position behind each that is a stop, or the end."""
    stops = np.append(np.flatnonzero(is_stop), len(is_stop))
    found: Codes = stops[np.searchsorted(stops, after, side="right")]
    return found
