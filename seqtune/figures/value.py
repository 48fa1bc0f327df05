"""What all values of a figure share: plain JSON values, checked, that are never changed."""

from __future__ import annotations

from collections.abc import Sized
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=20_000)]
"""Words that people read; nothing in them is markup."""

Place = Annotated[float, Field(ge=-1e300, le=1e300)]
"""A number that an axis can hold."""

Number = Place | None
"""A number that an axis can hold; None where there is none."""

MOST_POINTS = 20_000
"""Values that one figure holds at most: more is not seen, and makes a page slow."""

Role = Literal["actual", "model", "baseline", "other"]
"""Whose a line or a bar is, which gives it its look: what was observed, what the winner says, what
the best simple method says."""


class Value(BaseModel):
    """A part of a figure. It may come from a stranger's run folder, so it is checked when made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figure(Value):
    """What all figures have.

    Args:
        title: What is shown, and of what.
        caption: What there is to see in it, a sentence or two.
    """

    title: Text
    caption: Text = ""


def check_length(what: str, values: Sized, expected: int) -> None:
    """Refuse values that are not as many as they should be.

    Args:
        what: What they are.
        values: The values.
        expected: How many there should be.

    Raises:
        ValueError: They are more or fewer.
    """
    if len(values) != expected:
        raise ValueError(f"found {len(values)} {what}, expected {expected}")
