"""The tags that models gave to sequences whose tags are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.figures.value import Role
from seqtune.tasks.tag.answers import TaggedSequences

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tagging:
    """The tags of a model, and of the simple method beside it, for the same sequences.

    Args:
        found: What each model gave, by its name.
        model: The model that the page is about.
        baseline: The simple method; empty for none.
        unit: What a position is: "token" or "step".
        sequence: What a sequence is: "sentence" or "series".
    """

    found: Mapping[str, TaggedSequences]
    model: str
    baseline: str = ""
    unit: str = "token"
    sequence: str = "sentence"

    @property
    def names(self) -> tuple[str, ...]:
        """The models, the simple method last."""
        return (self.model, self.baseline) if self.baseline else (self.model,)

    def role(self, name: str) -> Role:
        """Return what gives a model its look."""
        return "model" if name == self.model else "baseline"

    @property
    def own(self) -> TaggedSequences:
        """What the model gave."""
        return self.found[self.model]

    @cached_property
    def scored(self) -> Flags:
        """(positions,) whether the tag is known."""
        return np.asarray(self.own.targets >= 0)

    @cached_property
    def positions(self) -> Ints:
        """(sequences,) how many positions of each have a tag that is known."""
        return self.of_sequences(self.scored)

    def wrong(self, name: str) -> Ints:
        """Return (sequences,) how many positions of each a model has wrong."""
        return self.of_sequences(self.found[name].wrong)

    def of_sequences(self, flags: Flags) -> Ints:
        """Return (sequences,) of how many positions of each something holds."""
        sums = np.concatenate([[0], np.cumsum(flags)])
        offsets = self.own.offsets
        return np.asarray(sums[offsets[1:]] - sums[offsets[:-1]], np.int64)
