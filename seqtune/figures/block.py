"""A block of a report: a heading, what there is to say, and the figures that show it."""

from __future__ import annotations

from typing import Annotated, Union

from pydantic import Field, TypeAdapter

from seqtune.figures.bars import Bars
from seqtune.figures.facts import Facts
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.figures.listing import Listing
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Parallel
from seqtune.figures.passage import Passage
from seqtune.figures.points import Points
from seqtune.figures.value import Text, Value

AnyFigure = Annotated[
    Union[Lines, Bars, Matrix, Points, Parallel, Passage, Grid, Listing, Facts],
    Field(discriminator="kind"),
]


class Block(Value):
    """A block.

    Args:
        key: A word that links to it, such as "confusion"; no two blocks of a page share one.
        title: Its heading.
        sentences: What there is to say, a paragraph each.
        figures: What shows it. Several small charts stand beside each other where there is room.
        is_gallery: Whether the figures are many of a kind, drawn small.
    """

    key: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,39}$")]
    title: Text
    sentences: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    figures: Annotated[tuple[AnyFigure, ...], Field(max_length=100)] = ()
    is_gallery: bool = False


BLOCKS: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])
"""Reads the blocks that a run keeps in `evidence.json`, and checks them."""
