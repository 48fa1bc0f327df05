"""A table, which a page can sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from seqtune.figures.value import MOST_POINTS, Figure, Number, Text, Value, check_length

if TYPE_CHECKING:
    from typing_extensions import Self


class Heading(Value):
    """The head of a column.

    Args:
        text: What it holds, with the unit.
        is_numeric: Whether it holds numbers, which are aligned right.
    """

    text: Text
    is_numeric: bool = False


class Grid(Figure):
    """A table.

    Args:
        headings: One per column.
        rows: (rows, columns), as people read them.
        keys: (rows, columns), numbers that a page sorts by; () where the texts do.
        marked: Numbers of the rows that stand out, such as the winner's.
        faint: Numbers of the rows that stand back, such as those of simple methods.
    """

    kind: Literal["grid"] = "grid"
    headings: Annotated[tuple[Heading, ...], Field(min_length=1, max_length=100)]
    rows: Annotated[tuple[tuple[Text, ...], ...], Field(max_length=MOST_POINTS)]
    keys: Annotated[tuple[tuple[Number, ...], ...], Field(max_length=MOST_POINTS)] = ()
    marked: tuple[int, ...] = ()
    faint: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        for number, row in enumerate(self.rows):
            check_length(f"cells of row {number}", row, len(self.headings))
        if self.keys:
            check_length("rows of keys", self.keys, len(self.rows))
        for number, keys in enumerate(self.keys):
            check_length(f"keys of row {number}", keys, len(self.headings))
        for number in (*self.marked, *self.faint):
            if not 0 <= number < len(self.rows):
                raise ValueError(f"found a mark of row {number}, expected one of {len(self.rows)}")
        return self
