"""How wall time is shared out; the clock stands still in these tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from seqtune.search.budget import SHORTEST_TRIAL_SECONDS, Clock, Shares, trial_seconds


def test_the_clock_counts_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.search.budget.time", SimpleNamespace(monotonic=lambda: 130.0))
    clock = Clock(60.0, started=100.0)
    assert (clock.elapsed(), clock.left(), clock.deadline) == (30.0, 30.0, 160.0)
    assert Clock(20.0, started=100.0).left() == -10.0


@pytest.mark.parametrize("budget", [10.0, 60.0, 300.0, 3600.0, 86_400.0])
def test_most_of_the_budget_is_left_for_the_search(budget: float) -> None:
    with_refit, without = Shares(budget, refit=True), Shares(budget, refit=False)
    assert without.refitting == 0
    assert without.ending == without.saving == with_refit.saving > 0
    assert with_refit.ending == with_refit.saving + with_refit.refitting
    assert without.ending < with_refit.ending < budget / 2


def test_no_trial_takes_the_whole_search_nor_more_than_is_left() -> None:
    assert trial_seconds(1000.0, 1000.0) < 500
    assert trial_seconds(1000.0, 7.0) == 7.0
    assert trial_seconds(1000.0, -1.0) == -1.0


def test_a_trial_of_a_short_search_is_given_the_shortest_time() -> None:
    assert trial_seconds(4.0, 4.0) == SHORTEST_TRIAL_SECONDS
    assert trial_seconds(4.0, 2.0) == 2.0
