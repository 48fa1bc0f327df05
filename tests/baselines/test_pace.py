"""How a method that would not end in time is told of."""

from __future__ import annotations

import pytest

from seqtune.baselines.pace import take_turns, too_slow


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1s"), (99.0, "99s"), (99.5, "2m"), (700.0, "12m"), (5940.0, "99m"), (5941.0, "2h")],
)
def test_what_is_to_go_is_rounded_up(seconds: float, text: str) -> None:
    assert too_slow(seconds, 3.4) == (
        f"would take about {text}; its share of the budget has 3s left"
    )


class Method:
    """Notes in a common list when it is probed and finished, and by when it had to be."""

    def __init__(self, name: str, seconds: float, heard: list[str]) -> None:
        self.name, self.seconds_to_go, self.heard = name, seconds, heard

    def probe(self, deadline: float) -> None:
        self.heard.append(f"probe {self.name} {deadline}")

    def finish(self, deadline: float) -> None:
        self.heard.append(f"finish {self.name} {deadline}")


def test_what_always_runs_comes_first_and_then_the_cheapest() -> None:
    heard: list[str] = []
    methods = [Method("dear", 9.0, heard), Method("naive", 5.0, heard), Method("cheap", 1.0, heard)]
    take_turns(methods, {"naive"}, 7.0)
    assert heard == [
        *("finish naive inf", "probe dear 7.0", "probe cheap 7.0"),
        *("finish cheap 7.0", "finish dear 7.0"),
    ]
