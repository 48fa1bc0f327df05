"""Parallel coordinates: a line per configuration across an axis per setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from seqtune.figures.value import Figure, Number, Text, Value, check_length

if TYPE_CHECKING:
    from typing_extensions import Self


class Axis(Value):
    """The axis of a setting.

    Args:
        name: The setting.
        choices: What it may be, from the bottom to the top; () for numbers.
        is_logarithmic: Whether numbers stand by their logarithm.
    """

    name: Text
    choices: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    is_logarithmic: bool = False


class Path(Value):
    """A configuration.

    Args:
        name: Of the trial.
        values: One per axis: a number, or the place of its choice; None where it has none.
        score: What it came to.
    """

    name: Text
    values: Annotated[tuple[Number, ...], Field(max_length=40)]
    score: Number


class Parallel(Figure):
    """A chart of parallel coordinates.

    Args:
        axes: One per setting; the score has an axis of its own at the right.
        paths: One per configuration.
        score_title: What the scores measure.
        direction: "min" or "max": which way scores are better.
    """

    kind: Literal["parallel"] = "parallel"
    axes: Annotated[tuple[Axis, ...], Field(max_length=40)]
    paths: Annotated[tuple[Path, ...], Field(max_length=2_000)]
    score_title: Text
    direction: Literal["min", "max"]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for path in self.paths:
            check_length(f"values of {path.name!r}", path.values, len(self.axes))
            for axis, value in zip(self.axes, path.values, strict=True):
                if axis.choices and value is not None and not _is_place(value, len(axis.choices)):
                    raise ValueError(
                        f"found {value:g} as {axis.name!r} of {path.name!r}, expected the place "
                        f"of one of {len(axis.choices)} choices"
                    )
        return self


def _is_place(value: float, places: int) -> bool:
    return value == int(value) and 0 <= value < places
