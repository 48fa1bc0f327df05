"""What models answered to sources whose answers are known, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.figures.value import Role
from seqtune.metrics.translate import nearest_edits
from seqtune.tasks._ratios import Ratio, ratio

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Written:
    """The answers of a model, and of the simple method beside it.

    Args:
        answers: An answer to each case, by model.
        references: The right answers to each case, one at least.
        model: The model that the page is about.
        baseline: The simple method; empty for none.
        sources: Each source as text; "" for a series.
        lengths: (cases,) of the sources.
        length_unit: What these count.
        unit: What is right or wrong of an answer: "character", "word" or "symbol".
        where: From the number of a case to where it stands.
    """

    answers: Mapping[str, Sequence[str]]
    references: Sequence[Sequence[str]]
    model: str
    baseline: str
    sources: Sequence[str]
    lengths: Ints
    length_unit: str = "characters"
    unit: str = "character"
    where: Callable[[int], str] = field(default=str, repr=False)

    def __len__(self) -> int:
        return len(self.references)

    @property
    def names(self) -> tuple[str, ...]:
        """The models, the simple method last."""
        return (self.model, self.baseline) if self.baseline else (self.model,)

    def role(self, name: str) -> Role:
        """Return what gives a model its look."""
        return "model" if name == self.model else "baseline"

    def units(self, text: str) -> list[str]:
        """Divide a text into what is right or wrong."""
        return list(text) if self.unit == "character" else text.split()

    @cached_property
    def edits(self) -> Mapping[str, Ints]:
        """(cases,) by model: units put in, left out or changed, to the nearest reference."""
        return {name: each[:, 0] for name, each in self._measured.items()}

    @cached_property
    def sizes(self) -> Mapping[str, Ints]:
        """(cases,) by model: units of that reference."""
        return {name: each[:, 1] for name, each in self._measured.items()}

    @cached_property
    def _measured(self) -> Mapping[str, Ints]:
        return {
            name: np.array(
                list(nearest_edits(each, self.references, self.units)), np.int64
            ).reshape(-1, 2)
            for name, each in self.answers.items()
        }

    def share_wrong(self, name: str) -> Floats:
        """Return (cases,) edits of each answer by the units of its reference."""
        return np.asarray(self.edits[name] / np.maximum(1, self.sizes[name]))

    def error_rate(self, name: str, inside: Flags) -> Ratio:
        """Return the edits of some cases by the units of their references."""
        return ratio(self.edits[name] * inside, self.sizes[name] * inside)

    def right(self, name: str) -> Flags:
        """Return (cases,) whether an answer is one of the references; blanks count as one."""
        return np.array(
            [
                answer.split() in map(str.split, those)
                for answer, those in zip(self.answers[name], self.references, strict=True)
            ],
            np.bool_,
        )
