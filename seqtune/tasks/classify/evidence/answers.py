"""What models answered to cases whose labels are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.figures.value import Role
from seqtune.metrics.classify import YES, true_classes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """The answers of a model, and of the simple method beside it.

    Args:
        labels: (classes,) as they are shown.
        targets: (cases, classes), 0 or 1.
        probabilities: (cases, classes) by model, without NaN.
        model: The model that the page is about.
        baseline: The simple method; empty for none.
        values: (classes,) the number that each ordered label stands for; () for no order.
        is_multi: Whether a case may have any number of labels.
    """

    labels: tuple[str, ...]
    targets: Floats
    probabilities: Mapping[str, Floats]
    model: str
    baseline: str = ""
    values: tuple[float, ...] = ()
    is_multi: bool = False

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def names(self) -> tuple[str, ...]:
        """The models, the simple method last."""
        return (self.model, self.baseline) if self.baseline else (self.model,)

    def role(self, name: str) -> Role:
        """Return what gives a model its look."""
        return "model" if name == self.model else "baseline"

    @cached_property
    def truth(self) -> Flags:
        """(cases, classes), which labels each case has."""
        return np.asarray(self.targets >= YES)

    @cached_property
    def classes(self) -> Ints:
        """(cases,), the number of each case's one label."""
        return true_classes(self.targets)

    def chosen(self, name: str) -> Ints:
        """Return (cases,) the number of the one label that a model gives to each."""
        return np.asarray(self.probabilities[name].argmax(axis=1), np.int64)

    def given(self, name: str) -> Flags:
        """Return (cases, classes) which labels a model gives."""
        probabilities = self.probabilities[name]
        if self.is_multi:
            return np.asarray(probabilities >= YES)
        return np.asarray(np.arange(len(self.labels)) == self.chosen(name)[:, None])

    def given_to(self, name: str, case: int) -> Flags:
        """Return (classes,) which labels a model gives to one case."""
        probabilities = self.probabilities[name][case]
        if self.is_multi:
            return np.asarray(probabilities >= YES)
        return np.asarray(np.arange(len(self.labels)) == probabilities.argmax())

    def right(self, name: str) -> Flags:
        """Return (cases,) whether all that a model says of a case is right."""
        return np.asarray((self.given(name) == self.truth).all(axis=1))

    @cached_property
    def by_support(self) -> Ints:
        """Numbers of the classes that occur, those with the most cases first."""
        support = self.truth.sum(axis=0)
        order = np.argsort(-support, kind="stable")
        return np.asarray(order[support[order] > 0], np.int64)
