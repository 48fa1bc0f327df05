"""A text of which some parts stand out: a sample, the surprise of each word, a wrong tag."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seqtune.figures.value import MOST_POINTS, Figure, Text, Value


class Piece(Value):
    """A part of a text.

    Args:
        text: The words, line breaks included.
        weight: How much it stands out: 0 not at all, 1 most.
        note: What it is, for whoever looks closer: a tag, a probability; empty for none.
        role: "right", "wrong" or "given" (by the user), which gives it its look besides.
    """

    text: Text
    weight: Annotated[float, Field(ge=0, le=1)] = 0.0
    note: Text = ""
    role: Literal["plain", "right", "wrong", "given"] = "plain"


class Passage(Figure):
    """A text.

    Args:
        pieces: Its parts, in their order.
        legend: What standing out means.
    """

    kind: Literal["passage"] = "passage"
    pieces: Annotated[tuple[Piece, ...], Field(max_length=MOST_POINTS)]
    legend: Text = ""
