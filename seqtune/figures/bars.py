"""Bars: a value per category, for one or several groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from seqtune.figures.value import Figure, Number, Role, Text, Value, check_length

if TYPE_CHECKING:
    from typing_extensions import Self


class Group(Value):
    """The bars of one model, or of one part.

    Args:
        name: Whose they are.
        values: One per category.
        errors: Standard error per category, in the unit of the values; () for none.
        role: Gives them their look.
    """

    name: Text
    values: Annotated[tuple[Number, ...], Field(max_length=1_000)]
    errors: Annotated[tuple[Number, ...], Field(max_length=1_000)] = ()
    role: Role = "other"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.errors:
            check_length(f"errors of {self.name!r}", self.errors, len(self.values))
        return self


class Bars(Figure):
    """A chart of bars from zero.

    Args:
        categories: What stands beside each bar.
        groups: Bars that stand together in each category.
        x_title, y_title: What the categories are, and what the values measure, with the unit.
        is_lying: Whether the bars lie, one category below the other: where names are long.
    """

    kind: Literal["bars"] = "bars"
    categories: Annotated[tuple[Text, ...], Field(max_length=1_000)]
    groups: Annotated[tuple[Group, ...], Field(min_length=1, max_length=12)]
    x_title: Text = ""
    y_title: Text = ""
    is_lying: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        for group in self.groups:
            check_length(f"bars of {group.name!r}", group.values, len(self.categories))
        return self
