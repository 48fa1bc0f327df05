"""A matrix of coloured cells: confusion, attention, errors by hour and weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from seqtune.figures.value import Figure, Number, Text, check_length

if TYPE_CHECKING:
    from typing_extensions import Self

Row = Annotated[tuple[Number, ...], Field(max_length=200)]


class Matrix(Figure):
    """A value per row and column.

    Args:
        rows, columns: What they stand for.
        values: (rows, columns); None leaves a cell empty.
        texts: (rows, columns), what stands in the cells; () for the values where they have room.
        row_title, column_title: What rows and columns are.
        unit: What the values measure.
        scale: "sequential" from zero up, or "diverging" around zero.
        is_expected_diagonal: Whether the diagonal is what is right, as in a confusion matrix.
    """

    kind: Literal["matrix"] = "matrix"
    rows: Annotated[tuple[Text, ...], Field(max_length=200)]
    columns: Annotated[tuple[Text, ...], Field(max_length=200)]
    values: Annotated[tuple[Row, ...], Field(max_length=200)]
    texts: Annotated[tuple[tuple[Text, ...], ...], Field(max_length=200)] = ()
    row_title: Text = ""
    column_title: Text = ""
    unit: Text = ""
    scale: Literal["sequential", "diverging"] = "sequential"
    is_expected_diagonal: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        for what, table in (("values", self.values), ("texts", self.texts)):
            if what == "texts" and not table:
                continue
            check_length(f"rows of {what}", table, len(self.rows))
            for number, row in enumerate(table):
                check_length(f"{what} of row {number}", row, len(self.columns))
        return self
