"""The time of methods that take turns, moved by those methods alone."""

from __future__ import annotations

import pytest
from hand_moved import Clock

from seqtune.baselines import pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that tells methods how much time is left."""
    clock = Clock()
    monkeypatch.setattr(pace, "monotonic", clock)
    return clock
