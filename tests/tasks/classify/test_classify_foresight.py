"""How the time of simple methods is foreseen: random convolutions know how long the series are."""

from __future__ import annotations

import pytest

from seqtune.baselines.classify import random_convolutions
from seqtune.baselines.classify._fitting import ClassifyFitting
from seqtune.baselines.classify.random_convolutions import FEATURES, work_by_steps
from seqtune.baselines.problem import Portion, Problem
from seqtune.baselines.runner import Turn


def test_features_grow_with_the_steps_and_the_ridge_with_the_cases() -> None:
    ridge = 100**2 * (100 + 0.2 * FEATURES) / 4500
    assert work_by_steps(100, 50, 60) == pytest.approx((200 + 150) * (40 + 60) + ridge)
    assert work_by_steps(100, 50, 160) - work_by_steps(100, 50, 60) == pytest.approx(350 * 100)


def test_a_portion_says_how_long_its_series_are() -> None:
    turn = Turn(
        "", random_convolutions, Problem(ClassifyFitting("series", False, 0), [], lambda *_: {})
    )
    for steps in (24, 300):
        portion = Portion(None, None, (40, 10), steps)
        assert turn.work(portion) == work_by_steps(40, 10, steps)
