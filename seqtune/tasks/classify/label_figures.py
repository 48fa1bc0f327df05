"""Precision, recall and F1 of each label, from a confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LabelFigures:
    """What can be said of one label.

    Args:
        right: Cases that have it and were given it.
        support: Cases that have it.
        predicted: Cases that were given it.
    """

    right: int
    support: int
    predicted: int

    @property
    def recall(self) -> float | None:
        """The share of the cases that have it that were given it; None where none has it."""
        return self.right / self.support if self.support else None

    @property
    def precision(self) -> float | None:
        """The share of the cases that were given it that have it; None where none was."""
        return self.right / self.predicted if self.predicted else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where nobody has or was given it."""
        both = self.support + self.predicted
        return 2 * self.right / both if both else None


def figures_of(counts: Integers) -> list[LabelFigures]:
    """Return what can be said of each label.

    Args:
        counts: (classes, classes), rows truth, columns prediction; or (classes, 2, 2) where a case
            may have any number of labels.
    """
    if counts.ndim == 3:
        right, support = counts[:, 1, 1], counts[:, 1].sum(axis=1)
        predicted = counts[:, :, 1].sum(axis=1)
    else:
        right, support, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    columns = (right.tolist(), support.tolist(), predicted.tolist())
    return [LabelFigures(*row) for row in zip(*columns, strict=True)]
