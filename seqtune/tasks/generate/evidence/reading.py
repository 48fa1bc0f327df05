"""What models found likely in the same text, whatever their tokens are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.figures.value import Role
from seqtune.tasks.generate.surprise import bits_by_place

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MANY = 20
"""From so many documents on, each is one example; a few are cut into stretches."""

STRETCHES, SHORTEST = 40, 200
"""Stretches of the test part at most, and characters of each at least."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What one model found likely.

    Args:
        bits: (tokens,) minus the base-2 logarithm of the probability of each.
        sizes: (tokens,) characters of each.
    """

    bits: Floats
    sizes: Floats

    @property
    def characters(self) -> int:
        """Characters of all tokens."""
        return round(float(self.sizes.sum()))

    @cached_property
    def _before(self) -> tuple[Floats, Floats]:
        return bits_by_place(self.bits, self.sizes)

    def ends(self, begin: int, end: int) -> Ints:
        """Return the places between two places, both left out, at which tokens end, rising."""
        places = self._before[0]
        first, last = np.searchsorted(places, [begin + 0.5, end - 0.5]).tolist()
        return places[first:last].round().astype(np.int64)

    def between(self, bounds: Ints) -> Floats:
        """Return (bounds - 1,) the bits of the characters between places of the text."""
        return np.asarray(np.diff(np.interp(bounds, *self._before)))


@dataclass(frozen=True, eq=False)
class Readings:
    """What models found likely in one text.

    Args:
        by_model: Of each model.
        model: The model that the page is about.
        baseline: The simple method; empty for none.
        starts: (documents,) the place of the first character of each, the first of them 0.
        text: The beginning of the text; "" where it cannot be shown.
        is_fine: Whether tokens of all models are characters, or parts of them.
        unit: What the sizes of tokens count: characters, or steps of music or events.
    """

    by_model: Mapping[str, Reading]
    model: str
    baseline: str
    starts: Ints
    text: str = ""
    is_fine: bool = True
    unit: str = "character"

    @property
    def names(self) -> tuple[str, ...]:
        """The models, the simple method last."""
        return (self.model, self.baseline) if self.baseline else (self.model,)

    def role(self, name: str) -> Role:
        """Return what gives a model its look."""
        return "model" if name == self.model else "baseline"

    @cached_property
    def characters(self) -> int:
        """Characters that all models have read."""
        return min(each.characters for each in self.by_model.values())

    @property
    def has_documents(self) -> bool:
        """Whether documents are examples, and not stretches."""
        return len(self.starts) >= MANY

    @cached_property
    def bounds(self) -> Ints:
        """(examples + 1,) where documents, or stretches of the text, begin; and its end."""
        if self.has_documents:
            inside = self.starts[self.starts < self.characters]
            return np.unique(np.append(inside, self.characters))
        count = min(STRETCHES, max(1, self.characters // SHORTEST))
        return np.unique(np.linspace(0, self.characters, count + 1).astype(np.int64))

    @property
    def bits(self) -> str:
        """What is measured."""
        return f"bits per {self.unit}"

    @property
    def example(self) -> str:
        """What an example is."""
        return "document" if self.has_documents else "stretch"

    def rates(self, name: str) -> Floats:
        """Return (examples,) the bits per character of each."""
        return np.asarray(self.by_model[name].between(self.bounds) / np.diff(self.bounds))
