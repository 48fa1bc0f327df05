"""Labelled stretches of a text, and what they are for its words: B- and I- before their label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

Span = tuple[int, int, str]
Item = Union[list[Any], dict[str, Any]]

BEGINS = ("start", "start_offset", "begin")
ENDS = ("end", "end_offset")
LABELS = ("label", "type", "entity", "entity_group", "category")


@dataclass(frozen=True)
class Labelled:
    """The labels of words.

    Args:
        labels: (words,) "O", or B- or I- before the label of a stretch.
        widened: Stretches that began or ended within a word, and now take all of it.
        left_out: Stretches that overlap another, or hold no word.
    """

    labels: list[str]
    widened: int = 0
    left_out: int = 0


def span_of(item: Any, length: int) -> Span:
    """Return the stretch that an item of a JSON list says.

    Args:
        item: `[start, end, label]`, or an object with such keys.
        length: Characters of the text.

    Raises:
        ValueError: It is something else, or not within the text; says what.
    """
    parts: list[Any] = []
    if isinstance(item, dict):
        parts = [
            next((item[key] for key in keys if key in item), None)
            for keys in (BEGINS, ENDS, LABELS)
        ]
    elif isinstance(item, list) and len(item) == 3:
        parts = item
    if len(parts) != 3 or not _are_whole(parts[:2]) or not isinstance(parts[2], str):
        raise ValueError("expected [start, end, label]")
    begin, end, label = parts
    if not 0 <= begin < end <= length:
        raise ValueError(f"expected 0 <= start < end <= {length}, the characters of the text")
    if not label.strip():
        raise ValueError("its label is empty")
    return begin, end, label.strip()


def _are_whole(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def labels_of(spans: Sequence[Span], places: Sequence[tuple[int, int]]) -> Labelled:
    """Return the label of each word; of stretches that overlap, the longest stays.

    Args:
        spans: Stretches in characters.
        places: Where the words begin and end, in order.

    Example:
        >>> labels_of([(0, 8, "PER")], [(0, 3), (4, 9), (9, 10)])
        Labelled(labels=['B-PER', 'I-PER', 'O'], widened=1, left_out=0)
    """
    labels = ["O"] * len(places)
    widened = left_out = 0
    for begin, end, label in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        inside = _words_in(begin, end, places)
        if not inside or any(labels[at] != "O" for at in inside):
            left_out += 1
            continue
        first, last = places[inside[0]], places[inside[-1]]
        widened += first[0] < begin or end < last[1]
        for at in inside:
            labels[at] = f"{'B' if at == inside[0] else 'I'}-{label}"
    return Labelled(labels, widened, left_out)


def _words_in(begin: int, end: int, places: Sequence[tuple[int, int]]) -> range:
    """Return the numbers of the words that a stretch touches."""
    low, high = 0, len(places)
    while low < high:  # the first word that ends behind its beginning
        middle = (low + high) // 2
        low, high = (low, middle) if places[middle][1] > begin else (middle + 1, high)
    last = low
    while last < len(places) and places[last][0] < end:
        last += 1
    return range(low, last)


def spans_of(labels: Sequence[str], places: Sequence[tuple[int, int]]) -> list[Span]:
    """Return the stretches that labels of words say; an I- that goes on nothing begins one.

    Args:
        labels: (words,) "O" or "", or B-, I-, E- or S- before a label.
        places: Where the words begin and end.

    Example:
        >>> spans_of(["B-PER", "I-PER", "O", "I-LOC"], [(0, 3), (4, 9), (9, 10), (11, 13)])
        [(0, 9, 'PER'), (11, 13, 'LOC')]
    """
    found: list[Span] = []
    open_label, was = "", ""
    for label, (begin, end) in zip(labels, places, strict=True):
        mark, _, kind = label.partition("-")
        if not kind:
            mark, kind = ("", "") if label in ("", "O") else ("B", label)
        goes_on = mark in ("I", "E") and kind == open_label and was not in ("E", "S")
        if kind and goes_on:
            found[-1] = (found[-1][0], end, kind)
        elif kind:
            found.append((begin, end, kind))
        open_label, was = kind, mark
    return found


def as_items(spans: Sequence[Span], pattern: Any) -> list[Item]:
    """Return stretches as a JSON list has them.

    Args:
        spans: In order.
        pattern: An item whose form they take; a list where it is no object.
    """
    if not isinstance(pattern, dict):
        return [list(span) for span in spans]
    keys = [next((k for k in names if k in pattern), names[0]) for names in (BEGINS, ENDS, LABELS)]
    return [dict(zip(keys, span, strict=True)) for span in spans]
