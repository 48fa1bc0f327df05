"""Bars: a value per category, for one or several groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seqtune.figures.value import Figure, Number, Role, Text, Value


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
