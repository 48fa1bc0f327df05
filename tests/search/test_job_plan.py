"""From a proposal to a job: how far it trains, and in which time."""

from __future__ import annotations

from typing import Any

import pytest

from seqtune.search.budget import SETUP_SECONDS
from seqtune.search.job_plan import COMPILE_SECONDS, FOLD_MARGIN, JobPlan
from seqtune.search.oracle import Proposal
from seqtune.search.trial import Result, TrialJob

VALUES = {"training.steps": 500}


def job(
    share: float, earlier: Result | None = None, left: float = 1000.0, **options: Any
) -> TrialJob:
    plan = JobPlan(0, lambda values: 20, 0.2, **options)
    return plan.job(Proposal("t001", VALUES, share), earlier, 400.0, left)


def test_a_stretch_has_its_share_of_a_trials_time() -> None:
    first = job(0.25)
    assert (first.until, first.seconds, first.training) == (125, 20.0 + SETUP_SECONDS, None)
    assert job(0.25, left=9.0).seconds == 9.0


def test_a_stretch_over_folds_has_its_share_for_training_and_time_to_compile() -> None:
    first = job(0.2, folds=5)
    assert (first.until, first.training) == (100, pytest.approx(16.0))
    assert first.seconds == 80.0 + SETUP_SECONDS  # as long as a whole trial
    assert job(1.0, folds=5).seconds == 80.0 + COMPILE_SECONDS
    assert job(0.2, folds=5, left=9.0).seconds == 9.0


def test_folds_that_are_left_have_the_time_that_the_others_took() -> None:
    slow = Result("t001", "stopped", VALUES, 0.5, training_seconds=60.0, steps=200, folds_left=3)
    assert job(1.0, slow, folds=5).training == pytest.approx(FOLD_MARGIN * 30.0 * 3)
    quick = Result("t001", "stopped", VALUES, 0.5, training_seconds=1.0, steps=200, folds_left=3)
    assert job(1.0, quick, folds=5).training == pytest.approx(0.6 * 80.0)


def test_a_record_with_more_folds_left_than_there_are_gives_no_time() -> None:
    strange = Result("t001", "stopped", VALUES, 0.5, training_seconds=9.0, steps=100, folds_left=7)
    assert job(1.0, strange, folds=5).training == pytest.approx(0.8 * 80.0)
