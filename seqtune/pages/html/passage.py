"""A text of which some parts stand out."""

from __future__ import annotations

import math

from markupsafe import Markup

from seqtune.figures.passage import Passage, Piece
from seqtune.pages.markup import element, joined

SHADES = 6

WORDS = {"right": "right", "wrong": "wrong", "given": "given"}
"""What a role is called in the key."""


def draw(figure: Passage) -> Markup:
    """Return the text, with what standing out means."""
    text = element("p", *(_piece(piece) for piece in figure.pieces), class_="passage")
    return joined(text, _key(figure))


def _piece(piece: Piece) -> Markup | str:
    looks = [f"p{math.ceil(SHADES * piece.weight)}"] if piece.weight > 0 else []
    if piece.role != "plain":
        looks.append(piece.role)
    if not looks and not piece.note:
        return element("span", piece.text)
    said = element("span", f" [{piece.note}]", class_="unseen") if piece.note else None
    if piece.note:
        looks.append("noted")
    return element(
        "span", piece.text, said, class_=" ".join(looks) or None, data_note=piece.note or None
    )


def _key(figure: Passage) -> Markup | None:
    roles = [role for role in WORDS if any(piece.role == role for piece in figure.pieces)]
    has_weights = any(piece.weight > 0 for piece in figure.pieces)
    if not roles and not has_weights and not figure.legend:
        return None
    samples = [element("span", WORDS[role], class_=role) for role in roles]
    parts: list[object] = []
    if has_weights:
        shades = [element("i", class_=f"p{step}") for step in range(1, SHADES + 1)]
        parts += [element("span", *shades, class_="shades", aria_hidden="true"), " "]
    if figure.legend:
        parts.append(figure.legend)
    for sample in samples:
        parts += [" ", sample]
    return element("p", *parts, class_="key")
