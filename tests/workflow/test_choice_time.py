"""How long the choice of an ensemble may take."""

from __future__ import annotations

import pytest

from seqtune.workflow import conclusion
from seqtune.workflow.conclusion import CHOICE_SECONDS, CHOICE_SHARE, ChoiceTime


class Clock:
    """Stands for the module `time`; its hand is set by hand."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(conclusion, "time", found)
    return found


@pytest.mark.parametrize(("budget", "seconds"), [
    (0.0, CHOICE_SECONDS),
    (CHOICE_SECONDS / CHOICE_SHARE, CHOICE_SECONDS),
    (600.0, 600.0 * CHOICE_SHARE),
])  # fmt: skip
def test_a_share_of_the_budget_and_some_seconds_at_least(
    clock: Clock, budget: float, seconds: float
) -> None:
    choice = ChoiceTime(budget, lambda: False)
    assert choice.seconds == pytest.approx(seconds)
    clock.now = 100.0 + seconds - 0.01
    assert not choice.is_over() and not choice.was_over
    clock.now = 100.0 + seconds + 0.01
    assert choice.is_over() and choice.was_over


def test_it_is_over_where_everything_should_end(clock: Clock) -> None:
    hurried = [False, True, False]
    choice = ChoiceTime(600.0, lambda: hurried.pop(0))
    assert [choice.is_over() for _ in range(3)] == [False, True, True]
    assert "after 30s" in choice.why
