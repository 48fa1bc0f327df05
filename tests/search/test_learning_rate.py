"""The learning rate of each batch, by hand."""

from __future__ import annotations

import math
import time

import pytest

from seqtune.search.schedule import Schedule, Watch


def schedule_of(epochs: int) -> Schedule:
    return Schedule(1.0, epochs, time.monotonic() + 1e6, Watch())


def test_it_rises_over_a_twentieth_of_the_batches_and_falls_by_half_a_cosine() -> None:
    schedule = schedule_of(20)
    schedule.begin_epoch(0, 10)  # 200 batches: it rises over 10 of them
    first = 0.5 * (1 + math.cos(math.pi * 0.5 / 20))
    assert [schedule.rate(index) for index in (0, 4, 9)] == pytest.approx(
        [0.1 * first, 0.5 * first, first]
    )
    schedule.begin_epoch(19, 10)
    assert schedule.rate(0) == schedule.rate(9) == pytest.approx(0.5 * (1 - math.cos(math.pi / 40)))


def test_long_epochs_do_not_keep_it_small_for_long() -> None:
    """Nobody knows in the first epoch how few there is time for."""
    schedule = schedule_of(500)
    schedule.begin_epoch(0, 120)
    assert schedule.rate(49) == pytest.approx(0.5, rel=1e-4)
    assert schedule.rate(99) == schedule.rate(119) == pytest.approx(1.0, rel=1e-4)


def test_one_batch_has_the_whole_rate() -> None:
    schedule = schedule_of(1)
    schedule.begin_epoch(0, 1)
    assert schedule.rate(0) == pytest.approx(0.5)
