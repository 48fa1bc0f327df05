"""What is watched of data: one trait, such as a column, a length, or the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Numbers:
    """A number of each case, or of each step of time.

    Args:
        values: (values,) float64, NaN where missing.
        steps: (values,) int64, the step of time of each; None where each stands for a case that
            hangs on no other. Steps of several series at one time have the same number.
        period: Steps of a season; 0 for none.
    """

    values: Floats
    steps: Ints | None = None
    period: int = 0

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Words:
    """How often each label or word occurs.

    Args:
        counts: By label.
        units: How many cases hang on no other: labels of one case, or one sentence, come together.
    """

    counts: Mapping[str, int]
    units: int

    def __len__(self) -> int:
        return self.units

    @property
    def total(self) -> int:
        """Labels in all."""
        return sum(self.counts.values())


Sample = Numbers | Words
Samples = Mapping[str, Sample]
"""By the name of the trait, as people read it."""


def joined(several: Sequence[Samples]) -> dict[str, Sample]:
    """Return samples of the same traits as one of each; what only some have is left out.

    Args:
        several: Samples, one at least.

    Example:
        >>> one, two = {"load": Numbers(np.ones(2))}, {"load": Numbers(np.zeros(3))}
        >>> len(joined([one, two])["load"])
        5
    """
    names = [name for name in several[0] if all(name in each for each in several)]
    return {name: _joined([each[name] for each in several]) for name in names}


def _joined(samples: Sequence[Sample]) -> Sample:
    words = [each for each in samples if isinstance(each, Words)]
    if len(words) == len(samples):
        counts: Counter[str] = Counter()
        for each in words:
            counts.update(each.counts)
        return Words(counts, sum(each.units for each in words))
    numbers = [each for each in samples if isinstance(each, Numbers)]
    steps = [each.steps for each in numbers if each.steps is not None]
    return Numbers(
        np.concatenate([each.values for each in numbers]),
        np.concatenate(steps) if len(steps) == len(numbers) else None,
        numbers[0].period,
    )


def series_as_one(values: Floats, offsets: Ints, center: Floats, spread: Floats) -> Floats:
    """Return rows of many series in deviations from the centre of each, so that all count alike.

    Args:
        values: (rows,), one series after the other.
        offsets: (series + 1,) where each begins.
        center: (series,) what is usual of each.
        spread: (series,) its deviation; 0 counts as 1.
    """
    lengths = np.diff(offsets)
    unit = np.where(spread > 0, spread, 1.0)
    found: Floats = (values - np.repeat(center, lengths)) / np.repeat(unit, lengths)
    return found
