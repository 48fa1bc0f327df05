"""The section `baselines` of a recipe: which simple methods are on the leaderboard."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from seqtune.recipe.compounds import Many, Or
from seqtune.recipe.kinds import Flag, Number, Word
from seqtune.recipe.section import Section
from seqtune.registry import baselines


def methods_of(task: str) -> Or:
    """Return what `baselines.methods` of a task accepts: auto, or names of its simple methods."""
    return Or(("auto",), Many(Word(lambda: baselines(task)), "simple methods"))


METHODS = (
    "The simple methods on the leaderboard. auto takes all that suit the data and that "
    "their share of the budget allows."
)
"""What the key `methods` says of itself in every task."""

BudgetShare = Annotated[
    float,
    Number(minimum=0, below=1),
    Field(
        description="Share of the budget for the simple methods. One that is expected to take "
        "less than a tenth of the budget runs even when the share is used up; 0 runs only those "
        "that cost nothing."
    ),
]
"""How much of the budget the simple methods may take."""


class Baselines(Section):
    """The simple methods that every network must beat.

    Each task adds the key `methods`, of the kind `methods_of(task)`.
    """

    order = ("methods", "share")

    share: BudgetShare = 0.2


class BlendedBaselines(Baselines):
    """The simple methods that every network must beat, and that an ensemble may take in."""

    blend: Annotated[bool, Flag()] = Field(
        True,
        description="Whether the ensemble may take in the best simple method; it is then called "
        "a blend.",
    )
