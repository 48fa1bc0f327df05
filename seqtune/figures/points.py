"""Points: two values each, such as the score of a trial by the time at which it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from seqtune.figures.value import (
    MOST_POINTS,
    Figure,
    Number,
    Place,
    Role,
    Text,
    Value,
    check_length,
)

if TYPE_CHECKING:
    from typing_extensions import Self


class Cloud(Value):
    """Points that look the same.

    Args:
        name: What they are.
        x, y: Where each stands.
        labels: What each is; () for no names.
        role: Gives them their look.
        is_stepped: Whether a line of steps joins them: the best so far.
    """

    name: Text
    x: Annotated[tuple[Place, ...], Field(max_length=MOST_POINTS)]
    y: Annotated[tuple[Number, ...], Field(max_length=MOST_POINTS)]
    labels: Annotated[tuple[Text, ...], Field(max_length=MOST_POINTS)] = ()
    role: Role = "other"
    is_stepped: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_length(f"y of {self.name!r}", self.y, len(self.x))
        if self.labels:
            check_length(f"labels of {self.name!r}", self.labels, len(self.x))
        return self


class Points(Figure):
    """A chart of points.

    Args:
        clouds: The points.
        x_title, y_title: What the axes measure, with the unit.
        level: A horizontal line, such as the best simple method's score; with `level_name`,
            and `level_role` for its look.
        is_x_logarithmic, is_y_logarithmic: Whether the axis is.
        is_diagonal: Whether the line where both axes are equal is drawn.
    """

    kind: Literal["points"] = "points"
    clouds: Annotated[tuple[Cloud, ...], Field(min_length=1, max_length=20)]
    x_title: Text = ""
    y_title: Text = ""
    level: Number = None
    level_name: Text = ""
    level_role: Role = "baseline"
    is_x_logarithmic: bool = False
    is_y_logarithmic: bool = False
    is_diagonal: bool = False
