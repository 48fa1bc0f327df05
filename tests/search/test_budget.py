"""How wall time is shared out; the clock stands still in these tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from seqtune.search.budget import (
    MIN_TRIAL_SECONDS,
    SETUP_SECONDS,
    Clock,
    Shares,
    stretch_seconds,
    worth_beginning,
)


def test_the_clock_counts_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.search.budget.time", SimpleNamespace(monotonic=lambda: 130.0))
    clock = Clock(60.0, started=100.0)
    assert (clock.elapsed(), clock.left(), clock.left_in_all()) == (30.0, 30.0, 30.0)
    assert Clock(20.0, started=100.0).left() == -10.0
    kept = Clock(60.0, started=100.0, kept=8.0)
    assert (kept.elapsed(), kept.left(), kept.left_in_all()) == (30.0, 22.0, 30.0)


@pytest.mark.parametrize("budget", [10.0, 60.0, 300.0, 3600.0, 86_400.0])
def test_most_of_the_budget_is_left_for_the_search(budget: float) -> None:
    with_refit, without = Shares(budget, 0.12), Shares(budget, 0.0)
    assert without.refitting == 0
    assert without.ending == without.saving == with_refit.saving > 0
    assert with_refit.ending == with_refit.saving + with_refit.refitting
    assert without.ending < with_refit.ending < budget / 2


def test_no_trial_takes_the_whole_search_nor_more_than_is_left() -> None:
    assert stretch_seconds(1000.0, 1000.0) < 500
    assert stretch_seconds(1000.0, 7.0) == 7.0
    assert stretch_seconds(1000.0, -1.0) == -1.0


def test_a_stretch_has_time_to_compile_beside_its_share() -> None:
    assert stretch_seconds(900.0, 900.0, 1 / 9) == 20.0 + SETUP_SECONDS
    assert stretch_seconds(0.0, 9.0) == SETUP_SECONDS


def test_a_trial_is_begun_where_it_gets_half_of_the_shortest_ones_time() -> None:
    done = [(10.0, 9.0), (20.0, 18.0)]
    assert worth_beginning(5.0, done, is_first=False)
    assert not worth_beginning(4.9, done, is_first=False)
    assert not worth_beginning(MIN_TRIAL_SECONDS - 0.1, [(0.1, 0.1)], is_first=False)


def test_a_trial_is_begun_where_a_third_of_its_time_is_left_for_training() -> None:
    done = [(10.0, 3.0), (8.0, 2.0), (90.0, 88.0)]  # 7, 6 and 2 s beside training
    assert worth_beginning(9.0, done, is_first=False)
    assert not worth_beginning(8.9, done, is_first=False)


def test_one_trial_whose_program_was_there_does_not_make_the_next_one_look_cheap() -> None:
    done = [(8.0, 2.0), (2.1, 2.0), (9.0, 3.0)]  # 6, 0.1 and 6 s beside training
    assert not worth_beginning(8.9, done, is_first=False)
    found = [*done, (2.1, 2.0), (2.2, 2.0)]  # most programs were there
    assert worth_beginning(1.1, found, is_first=False)
    assert not worth_beginning(1.0, found, is_first=False)


def test_of_short_trials_by_programs_that_are_there_many_may_begin() -> None:
    assert MIN_TRIAL_SECONDS == 0.5
    done = [(0.4, 0.35)] * 3
    assert worth_beginning(0.5, done, is_first=False)
    assert not worth_beginning(0.49, done, is_first=False)


def test_the_first_trial_is_always_begun_and_failures_set_no_measure() -> None:
    assert worth_beginning(-5.0, [], is_first=True)
    assert worth_beginning(0.1, [], is_first=False)
    assert not worth_beginning(0.0, [], is_first=False)
