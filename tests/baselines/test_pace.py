"""How a method that would not end in time is told of."""

from __future__ import annotations

import pytest

from seqtune.baselines.pace import too_slow


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1s"), (99.0, "99s"), (99.5, "2m"), (700.0, "12m"), (5940.0, "99m"), (5941.0, "2h")],
)
def test_what_is_to_go_is_rounded_up(seconds: float, text: str) -> None:
    assert too_slow(seconds, 3.4) == (
        f"would take about {text}; its share of the budget has 3s left"
    )
