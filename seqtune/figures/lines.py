"""Lines over an axis of times, steps or numbers, with bands around them and stretches marked."""

from __future__ import annotations

from itertools import pairwise
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

Numbers = Annotated[tuple[Number, ...], Field(max_length=MOST_POINTS)]


class Line(Value):
    """A line.

    Args:
        name: Whose it is.
        values: One per place of the axis from `start` on; None leaves a gap.
        start: Place of the first value.
        role: Gives the line its look.
    """

    name: Text
    values: Numbers
    start: Annotated[int, Field(ge=0)] = 0
    role: Role = "other"


class Band(Value):
    """The room between two lines, such as an interval.

    Args:
        name: What it is.
        lower, upper: One value per place of the axis from `start` on.
        start: Place of the first value.
        role: Gives it the look of the line that it belongs to.
    """

    name: Text
    lower: Numbers
    upper: Numbers
    start: Annotated[int, Field(ge=0)] = 0
    role: Role = "model"

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_length(f"upper values of {self.name!r}", self.upper, len(self.lower))
        return self


class Span(Value):
    """A stretch of the axis that stands out: a part of the data, an event.

    Args:
        name: What it is; spans of one name look the same.
        first, last: Its first and its last place.
        role: "actual" for what was labelled, "model" for what was found, "other" for a part.
    """

    name: Text
    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0)]
    role: Role = "other"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.first > self.last:
            raise ValueError(f"the span {self.name!r} ends at {self.last}, before {self.first}")
        return self


class Lines(Figure):
    """A chart of lines.

    Args:
        x: Where the places of the axis stand: times as text, or numbers in rising order.
        x_title, y_title: What the axes measure, with the unit.
        lines, bands, spans: What is drawn, the backmost first within each kind.
        level: A horizontal line, such as a threshold; with `level_name`, and
            `level_role` for its look.
        is_logarithmic: Whether the values' axis is.
        is_diagonal: Whether the line where both axes are equal is drawn: what is perfect.

    Example:
        >>> Lines(
        ...     title="passengers", x=("1960-11", "1960-12"), x_title="month", y_title="thousands",
        ...     lines=(Line(name="actual", values=(390.0, 432.0), role="actual"),),
        ... ).lines[0].values
        (390.0, 432.0)
    """

    kind: Literal["lines"] = "lines"
    x: Annotated[tuple[Text, ...] | tuple[Place, ...], Field(max_length=MOST_POINTS)]
    x_title: Text = ""
    y_title: Text = ""
    lines: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    bands: Annotated[tuple[Band, ...], Field(max_length=20)] = ()
    spans: Annotated[tuple[Span, ...], Field(max_length=500)] = ()
    level: Number = None
    level_name: Text = ""
    level_role: Role = "other"
    is_logarithmic: bool = False
    is_diagonal: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        ends = [
            *((line.name, line.start + len(line.values)) for line in self.lines),
            *((band.name, band.start + len(band.lower)) for band in self.bands),
            *((span.name, span.last + 1) for span in self.spans),
        ]
        for name, end in ends:
            if end > len(self.x):
                raise ValueError(f"{name!r} has {end} places, but the axis has {len(self.x)}")
        numbers = [place for place in self.x if isinstance(place, float)]
        if any(right < left for left, right in pairwise(numbers)):
            raise ValueError("the numbers of the axis do not rise")
        return self
