"""The keys that the recipes of tasks share whose data has a row per step of time."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from seqtune.recipe.compounds import OneOrMany, Or
from seqtune.recipe.keys import Auto, OptionalColumn, TimeColumns
from seqtune.recipe.kinds import Flag, Text, Whole, Word
from seqtune.recipe.reading import Reading
from seqtune.recipe.section import Section

Seasons = Annotated[
    int | tuple[int, ...] | Auto, Or(("auto",), OneOrMany(Whole(minimum=1), "whole numbers"))
]
"""The length of a season in steps, several of them, or auto."""


class SteppedReading(Reading):
    """How the file is read, and how time runs through its rows."""

    time: TimeColumns = Field(
        "auto",
        description="The column that holds the time, or the columns that do together, such as a "
        "date and a clock. With auto it is found; null counts the rows instead.",
    )
    series: OptionalColumn = Field(
        "auto",
        description="The column that says which series a row belongs to. With auto it is found; "
        "null takes the whole file as one series.",
    )
    wide: Annotated[bool | Auto, Or(("auto",), Flag())] = Field(
        "auto",
        description="Whether columns that are named by dates or months are read as rows. With auto "
        "they are, unless one of them is named for a role.",
    )
    frequency: Annotated[str, Or(("auto",), Text("a frequency such as h, D, W or MS"))] = Field(
        "auto",
        description="Distance between two steps as a pandas alias, such as h, 30min, D, W or MS. "
        "With auto it is found from the times.",
    )
    duplicates: Annotated[str, Word(("auto", "mean", "first", "last", "sum", "error"))] = Field(
        "auto",
        description="How several rows of one series at the same time become one: mean, first, "
        "last, sum, or error. With auto it is the mean, unless every time comes equally often.",
    )


class Split(Section):
    """How many of the last steps a part of the data takes."""

    steps: Annotated[int | Auto, Or(("auto",), Whole(minimum=1))] = Field(
        "auto",
        description="Number of steps that this part takes. With auto it follows from the length of "
        "the data and, where there is one, the horizon.",
    )
