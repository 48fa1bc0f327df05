"""How much time simple methods have together, and what happens to one that would take more."""

from __future__ import annotations

import pytest
from hand_moved import Clock

from seqtune.baselines.pace import ALL_THE_TIME, Allowance, Turn, take_turns, too_slow
from seqtune.progress import BaselineEnded, Event, silent


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1s"), (99.0, "99s"), (99.5, "2m"), (700.0, "12m"), (5940.0, "99m"), (5941.0, "2h")],
)
def test_what_is_to_go_is_rounded_up(seconds: float, text: str) -> None:
    assert too_slow(seconds, 3.4) == (
        f"would take about {text}; its share of the budget has 3s left"
    )


class Method(Turn):
    """Notes in a common list when it is probed and finished, and which seconds it had."""

    def __init__(self, name: str, seconds: float, heard: list[str]) -> None:
        super().__init__(name)
        self.to_go, self.heard = seconds, heard

    @property
    def seconds_to_go(self) -> float:
        return self.to_go

    def probe(self, allowance: Allowance) -> None:
        self.heard.append(f"probe {self.name} {allowance.seconds}")

    def finish(self, allowance: Allowance) -> None:
        self.heard.append(f"finish {self.name} {allowance.seconds}")


def test_what_always_runs_comes_first_and_then_the_cheapest(clock: Clock) -> None:
    heard: list[str] = []
    methods = [Method("dear", 9.0, heard), Method("naive", 5.0, heard), Method("cheap", 1.0, heard)]
    take_turns(methods, {"naive"}, Allowance(7.0), silent)
    assert heard == [
        *("finish naive inf", "probe dear 7.0", "probe cheap 7.0"),
        *("finish cheap 7.0", "finish dear 7.0"),
    ]


def test_an_attempt_takes_time_and_tells_the_pace(clock: Clock) -> None:
    def act() -> str:
        clock.now += 6.0
        return "done"

    method = Method("dear", 9.0, [])
    assert method.attempt(act, 4.0) == "done"
    assert (method.seconds, method.pace, method.left_out) == (6.0, 1.5, "")
    assert method.attempt(act, 0.0) == "done"  # less than one unit counts as one
    assert (method.seconds, method.pace) == (12.0, 6.0)


def test_a_method_that_breaks_is_left_out_told_and_not_tried_again(clock: Clock) -> None:
    def act() -> str:
        clock.now += 2.0
        raise ValueError("bad luck")

    method = Method("dear", 9.0, [])
    assert method.attempt(act) is None
    assert method.attempt(lambda: "done") is None
    heard: list[Event] = []
    take_turns([method, Method("cheap", 1.0, [])], (), Allowance(7.0), heard.append)
    assert heard == [BaselineEnded("dear", None, 2.0, "failed: ValueError: bad luck")]


def test_a_method_is_left_out_where_no_time_is_left_or_not_enough(clock: Clock) -> None:
    late, slow, quick = Method("late", 1.0, []), Method("slow", 9.5, []), Method("quick", 9.0, [])
    clock.now = 1.0
    later = Allowance(10.0)
    assert slow.may_begin(later) and quick.may_begin(later) and not late.may_begin(Allowance(1.0))
    assert late.left_out == "no time was left"
    assert quick.may_go_on(later) and not slow.may_go_on(later)
    assert slow.left_out == "would take about 10s; its share of the budget has 9s left"
    assert not late.may_go_on(later)


def test_of_a_budget_there_is_its_share_and_a_tenth_for_each_cheap_method(clock: Clock) -> None:
    clock.now = 1000.0
    assert Allowance.of(180.0, 0.25) == Allowance(1045.0, 18.0, 1090.0)
    assert Allowance.of(180.0, 0.25, begin=900.0) == Allowance(945.0, 18.0, 990.0)
    assert Allowance.of(180.0, 0.75) == Allowance(1135.0, 18.0, 1135.0)  # more than half is asked


def test_a_cheap_method_runs_past_the_share_and_a_dear_one_does_not(clock: Clock) -> None:
    allowance = Allowance.of(100.0, 0.05)
    cheap, dear = Method("cheap", 10.0, []), Method("dear", 10.5, [])
    assert allowance.seconds == 10.0  # 5 of the share
    clock.now = 39.0
    assert cheap.may_begin(allowance) and cheap.may_go_on(allowance)
    assert dear.may_begin(allowance) and not dear.may_go_on(allowance)
    assert dear.left_out == "would take about 11s; its share of the budget has 10s left"


def test_as_long_as_its_share_lasts_a_dear_method_runs_too(clock: Clock) -> None:
    allowance = Allowance.of(100.0, 0.3)
    clock.now = 5.0
    assert allowance.seconds == 25.0
    assert Method("dear", 25.0, []).may_go_on(allowance)


def test_past_half_of_the_budget_not_even_a_cheap_method_runs(clock: Clock) -> None:
    allowance = Allowance.of(100.0, 0.05)
    clock.now = 46.0
    assert allowance.seconds == 4.0  # the rest of the half, less than a tenth of the whole
    assert Method("cheap", 4.0, []).may_go_on(allowance)
    assert not Method("cheap", 4.5, []).may_go_on(allowance)
    clock.now = 50.0
    late = Method("cheap", 0.01, [])
    assert not late.may_begin(allowance) and late.left_out == "no time was left"
    clock.now = 1e9
    assert allowance.seconds == 0.0


def test_without_a_share_nothing_is_left_however_cheap(clock: Clock) -> None:
    for now in (0.0, 1.0):
        clock.now = now
        assert Allowance.of(100.0, 0.0, begin=0.0).seconds == 0.0
    cheap, always = Method("cheap", 0.01, []), Method("naive", 0.01, [])
    assert not cheap.may_begin(Allowance.of(100.0, 0.0))
    assert always.may_begin(ALL_THE_TIME) and always.may_go_on(ALL_THE_TIME)


def test_equal_parts_of_the_work_share_what_is_left(clock: Clock) -> None:
    clock.now = 4.0
    part = Allowance.of(100.0, 0.2, begin=0.0).split(4)
    assert part == Allowance(4.0 + 16.0 / 4, 2.5, 4.0 + 46.0 / 4)
    clock.now = 12.0  # the share of this part is over, and a quarter of a tenth is left
    assert part.seconds == 2.5
    clock.now = 15.0
    assert part.seconds == 0.5  # the last moment of this part is 15.5


def test_one_part_of_the_work_has_all_that_is_left(clock: Clock) -> None:
    clock.now = 4.0
    assert Allowance.of(100.0, 0.2, begin=0.0).split(1) == Allowance.of(100.0, 0.2, begin=0.0)
    assert ALL_THE_TIME.split(3).seconds == ALL_THE_TIME.seconds


def test_past_the_deadline_no_part_has_more_than_its_share_of_a_tenth(clock: Clock) -> None:
    clock.now = 30.0
    assert Allowance.of(100.0, 0.2, begin=0.0).split(2).seconds == 5.0
    clock.now = 60.0
    assert Allowance.of(100.0, 0.2, begin=0.0).split(2).seconds == 0.0
