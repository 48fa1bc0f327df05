"""What a trainer shows of its weights: those of the last step, or their average over many.

The steps of an optimiser go to and fro around what they are after; an average over the last of
them is nearer to it, as if the rate had been lower. Training goes on from the weights themselves:
the average is what is scored after an epoch, kept where it is the best, and left at the end. A
training that goes on from such an average begins another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

DEGREE = 9
"""Step i of t weighs about as (i / t) ** 9: half of the average is the last 7 % of the steps."""

STATISTICS = frozenset({"moving_mean", "moving_variance"})
"""Names of what a batch normalisation has learnt of its inputs, which belongs to the weights."""

Mix = Callable[[Sequence[Any], Sequence[Any], float], list[Any]]


class LastWeights:
    """Keeps the weights of the last step.

    Attributes:
        arrays: What is kept, in the order in which it was taken.
    """

    def __init__(self) -> None:
        self.arrays: Sequence[Any] = ()

    def take(self, arrays: Sequence[Any]) -> None:
        """Hear the weights, and whatever else a network has, after a step."""
        self.arrays = arrays


class AverageWeights(LastWeights):
    """Keeps an average over the steps that follows them the more slowly, the more there are.

    It is an exponential moving average whose decay grows with the steps, so that it always is over
    about the last tenth of them: whenever training ends, the beginning is forgotten.

    Args:
        are_averaged: Whether each of the arrays is; of others the last is kept.
        mix: `mixed`, or the same compiled.

    Source:
        Shamir & Zhang 2013, Stochastic Gradient Descent for Non-smooth Optimization, ICML,
        section 4 (polynomial-decay averaging); the decay (1 + t) / (10 + t) is TensorFlow's
        `tf.train.ExponentialMovingAverage` with its number of updates.
    """

    def __init__(self, are_averaged: Sequence[bool], mix: Mix | None = None) -> None:
        super().__init__()
        self._are_averaged, self._mix, self._steps = are_averaged, mix or mixed, 0

    def take(self, arrays: Sequence[Any]) -> None:
        """Hear the weights after a step."""
        self._steps += 1
        share = (DEGREE + 1) / (DEGREE + self._steps)
        old, new = ([*self._chosen(each)] for each in (self.arrays or arrays, arrays))
        averages = iter(self._mix(old, new, share))
        self.arrays = [
            next(averages) if is_averaged else array
            for array, is_averaged in zip(arrays, self._are_averaged, strict=True)
        ]

    def _chosen(self, arrays: Sequence[Any]) -> list[Any]:
        return [
            array
            for array, is_averaged in zip(arrays, self._are_averaged, strict=True)
            if is_averaged
        ]


def mixed(averages: Sequence[Any], arrays: Sequence[Any], share: float) -> list[Any]:
    """Return averages with a share of what is new in them.

    Example:
        >>> mixed([4.0], [8.0], 0.25)
        [5.0]
    """
    return [old + share * (new - old) for old, new in zip(averages, arrays, strict=True)]


def is_averaging(values: Mapping[str, Any]) -> bool:
    """Say whether a configuration asks for the average."""
    return bool(values.get("training.average", "none") != "none")


def is_statistic(variable: Any) -> bool:
    """Say whether a variable that is not trained is averaged with the weights."""
    return str(variable.name) in STATISTICS
