"""How long simple methods take with all cases, foreseen from forty: within a factor of two."""

from __future__ import annotations

from time import process_time
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.classify import nearest_neighbour_dtw, random_convolutions
from seqtune.baselines.classify._fitting import ClassifyFitting
from seqtune.baselines.problem import Portion, Problem
from seqtune.baselines.runner import Turn

SAMPLE, WHOLE = (40, 10), (150, 50)


def portion(sizes: tuple[int, int], steps: int) -> Portion:
    """Return so many known cases of noise in four classes, and others to classify."""
    random = np.random.default_rng(0)
    known, asked = ([random.normal(size=(steps, 1)) for _ in range(size)] for size in sizes)
    return Portion((known, np.eye(4)[np.arange(sizes[0]) % 4]), asked, sizes, steps)


@pytest.mark.parametrize(
    ("method", "steps"),
    [(nearest_neighbour_dtw, 100), (random_convolutions, 24), (random_convolutions, 300)],
)
def test_the_time_of_all_cases_is_foreseen(method: ModuleType, steps: int) -> None:
    """Processor time, the least of two: a first run clears memory and imports libraries."""
    turn = Turn("", method, Problem(ClassifyFitting("series", False, 0), [], lambda *_: {}))

    def seconds(asked: Portion) -> float:
        taken = []
        for _ in range(2):
            began = process_time()
            turn.answer(asked)
            taken.append(process_time() - began)
        return min(taken)

    sample, whole = portion(SAMPLE, steps), portion(WHOLE, steps)
    foreseen: Any = seconds(sample) / turn.work(sample) * turn.work(whole)
    assert turn.left_out == ""
    assert 0.5 < foreseen / seconds(whole) < 2.0
