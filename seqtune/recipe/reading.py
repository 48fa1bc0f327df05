"""How the data file is read: the section `data` of every task."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seqtune.recipe.compounds import Many, Or
from seqtune.recipe.kinds import Encoding, Mark, Text, Whole, Word
from seqtune.recipe.section import Section

CASES = (MIXED, KEPT) = ("mixed", "kept")
"""Which cases are held out: any, or the last ones of the data."""


class Reading(Section):
    """How the data file is read, the same for every task."""

    missing: Annotated[tuple[str, ...], Many(Mark(), "words or numbers")] = Field(
        (),
        description="Further words or numbers that mean a missing value, such as -999. Blank, NA "
        "and NaN always do.",
    )
    encoding: Annotated[str, Or(("auto",), Encoding())] = Field(
        "auto",
        description="Encoding of a text file, such as utf-8 or latin-1. With auto it is detected.",
    )
    separator: Annotated[str, Or(("auto",), Text("text between two columns"))] = Field(
        "auto",
        description="The separator of two columns of a text file, such as ';' or a tab. With "
        "auto it is detected.",
    )
    decimal: Annotated[str, Word(("auto", ".", ","))] = Field(
        "auto",
        description="The decimal mark of numbers in a text file. With auto it is detected.",
    )
    dates: Annotated[str, Text("auto, day_first, month_first, or a form such as %Y%m%d")] = Field(
        "auto",
        description="How dates are written: day_first, month_first, or a form as strptime takes "
        "it, such as %d.%m.%Y. With auto it is detected.",
    )
    header: Annotated[str, Word(("auto", "first_line", "none"))] = Field(
        "auto",
        description="Whether the first line names the columns. With auto, a first line that is "
        "like those below it is data.",
    )
    skip: Annotated[int | Literal["auto"], Or(("auto",), Whole(minimum=0))] = Field(
        "auto",
        description="Number of lines above the header that are no part of the table, such as a "
        "title. With auto they are found.",
    )
    footer: Annotated[int | Literal["auto"], Or(("auto",), Whole(minimum=0))] = Field(
        "auto",
        description="Number of lines at the end that are no part of the table, such as a total. "
        "With auto they are found.",
    )
    comment: Annotated[str, Text("auto, none, or what begins a comment, such as #")] = Field(
        "auto",
        description="What begins a line that is left out as a comment, such as #. With auto it is "
        "found; none reads every line.",
    )
    quoting: Annotated[str, Word(("auto", "standard", "none"))] = Field(
        "auto",
        description="Whether a cell may stand in double quotes (standard), or quotes are text "
        "(none). With auto they are text where they would swallow lines.",
    )
    sheet: Annotated[str, Text("the name of a sheet, or auto")] = Field(
        "auto",
        description="The sheet of a workbook that holds the table. With auto it is the first that "
        "is not empty.",
    )
    folder: Annotated[str, Word(("auto", "series", "parts"))] = Field(
        "auto",
        description="What the files of a folder of tables are. series: a series, or a case, each; "
        "parts: one table in several files, such as one for each month. With auto, files whose "
        "times follow one another are parts.",
    )
