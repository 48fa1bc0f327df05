"""How a method that would not end in time is told of."""

from __future__ import annotations

import pytest
from hand_moved import Clock

from seqtune.baselines.pace import Turn, take_turns, too_slow
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
    """Notes in a common list when it is probed and finished, and by when it had to be."""

    def __init__(self, name: str, seconds: float, heard: list[str]) -> None:
        super().__init__(name)
        self.to_go, self.heard = seconds, heard

    @property
    def seconds_to_go(self) -> float:
        return self.to_go

    def probe(self, deadline: float) -> None:
        self.heard.append(f"probe {self.name} {deadline}")

    def finish(self, deadline: float) -> None:
        self.heard.append(f"finish {self.name} {deadline}")


def test_what_always_runs_comes_first_and_then_the_cheapest() -> None:
    heard: list[str] = []
    methods = [Method("dear", 9.0, heard), Method("naive", 5.0, heard), Method("cheap", 1.0, heard)]
    take_turns(methods, {"naive"}, 7.0, silent)
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
    take_turns([method, Method("cheap", 1.0, [])], (), 7.0, heard.append)
    assert heard == [BaselineEnded("dear", None, 2.0, "failed: ValueError: bad luck")]


def test_a_method_is_left_out_where_no_time_is_left_or_not_enough(clock: Clock) -> None:
    late, slow, quick = Method("late", 1.0, []), Method("slow", 9.5, []), Method("quick", 9.0, [])
    clock.now = 1.0
    assert slow.may_begin(10.0) and quick.may_begin(10.0) and not late.may_begin(1.0)
    assert late.left_out == "no time was left"
    assert quick.may_go_on(10.0) and not slow.may_go_on(10.0)
    assert slow.left_out == "would take about 10s; its share of the budget has 9s left"
    assert not late.may_go_on(10.0)
