"""The time of methods that take turns, moved by those methods alone."""

from __future__ import annotations

import pytest
from hand_moved import Clock

from seqtune.baselines import pace, runner


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that tells methods how much time is left, and how long they took."""
    clock = Clock()
    for module in (pace, runner):
        monkeypatch.setattr(module, "monotonic", clock)
    return clock
