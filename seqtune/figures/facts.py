"""Facts: names and what they are, one per line."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seqtune.figures.value import Figure, Text


class Facts(Figure):
    """A list of names with their values.

    Args:
        pairs: Name and value, with its unit.
    """

    kind: Literal["facts"] = "facts"
    pairs: Annotated[tuple[tuple[Text, Text], ...], Field(max_length=500)]
