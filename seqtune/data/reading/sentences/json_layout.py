"""What the objects of a JSON file hold: lists of tokens and labels, or texts with stretches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKEN_KEYS = ("tokens", "words", "token", "word")
TEXT_KEYS = ("text", "sentence", "content", "utterance")
SPAN_KEYS = ("spans", "entities", "label", "labels", "annotations")


@dataclass(frozen=True)
class JsonLayout:
    """Which keys hold what.

    Args:
        tokens: The key of a list of tokens; "" for texts.
        text: The key of a text; "" for lists of tokens.
        spans: The key of the labelled stretches of a text, which some objects may lack.
    """

    tokens: str = ""
    text: str = ""
    spans: str = SPAN_KEYS[0]


def layout_of(
    objects: Sequence[Mapping[str, Any]], *, known: str, is_asked: bool
) -> JsonLayout | None:
    """Return what objects hold; None where they are the rows of a table.

    Args:
        objects: The first of a file.
        known: The column of tokens of a run, for which texts alone will do; "" before there is one.
        is_asked: Whether tokens are wanted, for which one list will do.

    Example:
        >>> layout_of([{"tokens": ["a"], "tags": ["X"]}], known="", is_asked=True).tokens
        'tokens'
    """
    for key in TOKEN_KEYS:
        found = [each[key] for each in objects if key in each]
        if found and isinstance(found[0], list):
            beside = any(_lists_beside(each, key) for each in objects)
            return JsonLayout(tokens=key) if beside or is_asked or known else None
    for key in TEXT_KEYS:
        if not all(isinstance(each.get(key), str) for each in objects):
            continue
        spans = [name for name in SPAN_KEYS if _are_spans(objects, name)]
        if spans:
            return JsonLayout(text=key, spans=spans[0])
        if known and known != key:
            return JsonLayout(text=key)
    return None


def _lists_beside(values: Mapping[str, Any], key: str) -> bool:
    """Say whether an object has another list as long as one of its lists."""
    tokens = values.get(key)
    size = len(tokens) if isinstance(tokens, list) else -1
    return any(
        isinstance(value, list) and len(value) == size
        for name, value in values.items()
        if name != key
    )


def _are_spans(objects: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Say whether objects have lists of lists or objects under a key, and not all are empty."""
    found = [value for each in objects if isinstance(value := each.get(name), list)]
    items = [item for value in found for item in value]
    return bool(items) and all(isinstance(item, (list, dict)) for item in items)
