"""How much time simple methods have together, and what happens to one that would take more."""

from __future__ import annotations

import pytest
from hand_moved import Clock

from seqtune.baselines.pace import ALL_THE_TIME, Allowance, too_slow


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1s"), (99.0, "99s"), (99.5, "2m"), (700.0, "12m"), (5940.0, "99m"), (5941.0, "2h")],
)
def test_what_is_to_go_is_rounded_up(seconds: float, text: str) -> None:
    assert too_slow(seconds, 3.4) == (
        f"would take about {text}; its share of the budget has 3s left"
    )


def test_of_a_budget_there_is_its_share_and_a_tenth_for_each_cheap_method(clock: Clock) -> None:
    clock.now = 1000.0
    assert Allowance.of(180.0, 0.25) == Allowance(1045.0, 18.0, 1090.0)
    assert Allowance.of(180.0, 0.25, begin=900.0) == Allowance(945.0, 18.0, 990.0)
    assert Allowance.of(180.0, 0.75) == Allowance(1135.0, 18.0, 1135.0)  # more than half is asked


def test_past_the_share_a_tenth_of_the_budget_is_left_for_each_method(clock: Clock) -> None:
    allowance = Allowance.of(100.0, 0.05)
    assert allowance.seconds == 10.0  # 5 of the share
    clock.now = 39.0
    assert allowance.seconds == 10.0
    clock.now = 46.0
    assert allowance.seconds == 4.0  # the rest of the half, less than a tenth of the whole
    for late in (50.0, 1e9):
        clock.now = late
        assert allowance.seconds == 0.0


def test_as_long_as_its_share_lasts_it_is_all_there(clock: Clock) -> None:
    allowance = Allowance.of(100.0, 0.3)
    clock.now = 5.0
    assert allowance.seconds == 25.0


def test_what_counts_most_may_take_half_of_the_budget(clock: Clock) -> None:
    allowance = Allowance.of(100.0, 0.2)
    clock.now += 15.0
    assert (allowance.seconds, allowance.longer.seconds) == (10.0, 35.0)
    assert Allowance.of(100.0, 0.0).longer.seconds == 0.0


def test_without_a_share_nothing_is_left_however_cheap(clock: Clock) -> None:
    for now in (0.0, 1.0):
        clock.now = now
        assert Allowance.of(100.0, 0.0, begin=0.0).seconds == 0.0
    clock.now = 1e9
    assert ALL_THE_TIME.seconds > 1e9
