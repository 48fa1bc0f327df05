"""Keys that the recipes of several tasks have: what they hold, and what they say of themselves.

A task gives each a name and a default, and another description where it has more to say:

    time: TimeColumns = "auto"
    text: Column = Field("auto", description="The column with the texts. With auto it is found.")
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seqtune.recipe.compounds import Many, OneOrMany, Or
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.kinds import Flag, Number, Text, Whole, Word
from seqtune.recipe.reading import CASES

Auto = Literal["auto"]

COLUMN = Text("the name of a column")

Column = Annotated[str, Or(("auto",), COLUMN)]
"""The name of a column, or auto."""

OptionalColumn = Annotated[str | None, Or(("auto", None), COLUMN)]
"""The name of a column, auto, or null where there is none."""

Columns = Annotated[tuple[str, ...] | Auto, Or(("auto",), Many(COLUMN, "columns"))]
"""Names of columns, none or several, or auto."""

TargetColumns = Annotated[str | tuple[str, ...], Or(("auto",), OneOrMany(COLUMN, "columns"))]
"""Names of columns, one or several, or auto."""

TimeColumns = Annotated[
    str | tuple[str, ...] | None,
    Or(("auto", None), OneOrMany(COLUMN, "columns")),
    Field(
        description="The column that orders the steps of a case, or the columns that do together. "
        "With auto it is found; null takes the order of the rows."
    ),
]
"""What orders rows: names of columns, one or several, auto, or null."""

CaseColumn = Annotated[
    OptionalColumn,
    Field(
        description="The column that says which case a row belongs to, where a series has a row "
        "per step. With auto it is found; null takes each row as one case."
    ),
]
"""What tells cases apart."""

GroupColumn = Annotated[
    str | None,
    Or((None,), COLUMN),
    Field(
        description="A column such as the person or the device: all rows of one value stay in one "
        "part of the data."
    ),
]
"""What no split tears apart, or null."""

HeldOutCases = Annotated[
    str,
    Word(CASES),
    Field(
        description="Which cases are held out. mixed: any, drawn at random; kept: the last of the "
        "data, for what stands last is newest."
    ),
]
"""One of `reading.CASES`."""

PartShare = Annotated[
    float | Auto,
    Or(("auto",), Number(above=0, below=0.5)),
    Field(description="Share of the cases. With auto a tenth of many, up to a quarter of few."),
]
"""How much of the data a part takes."""

EmbeddingSize = Annotated[
    Searchable[int],
    Search(Whole(minimum=1)),
    Field(description="Size of the vector that is learnt for each token."),
]

Tied = Annotated[
    Searchable[bool],
    Search(Flag()),
    Field(
        description="Whether the vectors that tokens are read with are those that they are "
        "predicted with (Press & Wolf, arXiv 1608.05859)."
    ),
]
"""Whether two tables of vectors are one."""

WordDropout = Annotated[
    Searchable[float],
    Search(Number(minimum=0, below=1)),
    Field(description="Share of tokens hidden at random while training."),
]
"""Word dropout."""

LabelSmoothing = Annotated[
    Searchable[float],
    Search(Number(minimum=0, below=1)),
    Field(
        description="Label smoothing: the share of each target that is spread over the other "
        "labels; keeps a network from being too sure."
    ),
]

Jitter = Annotated[
    Searchable[float],
    Search(Number(minimum=0)),
    Field(description="Noise added while training, in standard deviations of the scaled values."),
]

Stretch = Annotated[
    Searchable[float],
    Search(Number(minimum=0)),
    Field(
        description="How strongly cases are made larger or smaller at random while training: the "
        "standard deviation of the factor."
    ),
]
