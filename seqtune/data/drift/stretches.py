"""Stretches of time as long as the new rows: how far such stretches usually differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from seqtune.data.drift.sample import Numbers

LEAST_STRETCHES = 10
"""So many stretches of the usual rows are compared at least: new rows that are longer than a tenth
of them are cut, too."""


@dataclass(frozen=True)
class Stretches:
    """Usual rows and new ones, cut into stretches of one length.

    Args:
        usual: Those of the rows that a run was fitted on.
        now: Those of the new rows.
        steps: Steps of a stretch.
    """

    usual: Sequence[Numbers]
    now: Sequence[Numbers]
    steps: int

    @classmethod
    def of(cls, usual: Numbers, now: Numbers) -> Stretches | None:
        """Cut both; None where the usual rows are too few.

        Args:
            usual: Numbers of steps of time.
            now: Numbers of steps of time.
        """
        if usual.steps is None or now.steps is None or not len(usual) or not len(now):
            return None
        length = int(np.ptp(usual.steps)) + 1
        new = int(np.ptp(now.steps)) + 1
        steps = min(new, length // LEAST_STRETCHES)
        if steps < 1:
            return None
        return cls(_cut(usual, steps), _cut(now, steps), steps)


def _cut(numbers: Numbers, steps: int) -> list[Numbers]:
    """Cut from the end, so that what is newest is whole; what is left at the beginning is not."""
    assert numbers.steps is not None
    back = (int(numbers.steps.max()) - numbers.steps) // steps
    whole = (int(np.ptp(numbers.steps)) + 1) // steps
    order = np.argsort(back, kind="stable")
    ends = np.searchsorted(back[order], np.arange(whole + 1))
    parts = [order[begin:end] for begin, end in pairwise(ends)]
    return [
        Numbers(numbers.values[part], numbers.steps[part], numbers.period)
        for part in parts
        if len(part)
    ]
