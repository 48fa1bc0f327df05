"""Steps become times and come back, whatever the frequency, the origin and the step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from seqtune.data.panel.grid import Grid, infer_grid

ALIASES = (
    "ns", "7us", "ms", "s", "30s", "min", "15min", "h", "6h", "D", "2D", "B", "W-MON", "W-SUN",
    "2W-WED", "MS", "ME", "2MS", "QS", "QE", "QS-FEB", "QE-JAN", "YS", "YE", "YS-APR", "2YS",
)  # fmt: skip
FAST = settings(max_examples=60, deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize("snap", ["exact", "nearest", "floor"])
@given(
    alias=some.sampled_from([alias for alias in ALIASES if alias not in ("ns", "7us", "ms")]),
    day=some.dates(pd.Timestamp("1900-01-01").date(), pd.Timestamp("2100-01-01").date()),
    clock=some.integers(0, 86_399),
    steps=some.lists(some.integers(-60, 60), min_size=1, max_size=20),
)
@FAST
def test_steps_come_back_of_any_calendar(
    snap: str, alias: str, day: object, clock: int, steps: list[int]
) -> None:
    start = pd.Timestamp(day) + pd.Timedelta(seconds=clock)
    origin = pd.date_range(start, periods=1, freq=alias)[0]  # the first that the alias knows
    grid = Grid(alias, origin.isoformat(), snap=snap)
    asked = np.array(steps)
    assert grid.index(grid.times(asked)).tolist() == steps
    assert grid.on_step(grid.times(asked)).all()
    assert Grid.from_dict(grid.to_dict()) == grid


@given(
    origin=some.integers(-(2**61), 2**61),
    interval=some.integers(1, 2**40),
    steps=some.lists(some.integers(-(2**20), 2**20), min_size=1, max_size=20),
)
@FAST
def test_steps_come_back_of_any_whole_numbers(origin: int, interval: int, steps: list[int]) -> None:
    grid = Grid("step", origin, interval)
    times = grid.times(np.array(steps))
    assert times.tolist() == [origin + interval * step for step in steps]
    assert grid.index(times).tolist() == steps


@given(
    origin=some.integers(2**53, 2**61),
    interval=some.integers(1, 1000),
    count=some.integers(3, 30),
)
@FAST
def test_whole_numbers_beyond_the_digits_of_a_float_are_told_apart(
    origin: int, interval: int, count: int
) -> None:
    axis = origin + interval * np.arange(count)
    grid, notes = infer_grid(axis)
    assert (grid, notes) == (Grid("step", origin, interval), ())
    assert grid.index(axis).tolist() == list(range(count))


@given(
    some.integers(0, 4 * 10**18),
    some.sampled_from([1, 1_000, 250_000, 10**9, 3600 * 10**9]),
    some.integers(3, 30),
)
@FAST
def test_nanoseconds_since_1970_are_told_apart(begin: int, step: int, count: int) -> None:
    begin -= begin % step
    axis = (begin + step * np.arange(count)).astype("datetime64[ns]")
    grid, _ = infer_grid(axis)
    assert grid.index(axis).tolist() == list(range(count))
    assert (grid.times(np.arange(count)) == axis).all()


@given(some.lists(some.integers(1, 10**13), min_size=5, max_size=40))
@FAST
def test_irregular_times_keep_their_order_and_their_steps(gaps: list[int]) -> None:
    axis = np.datetime64("2024-01-01", "ns") + np.cumsum(gaps)
    grid, _ = infer_grid(axis)
    steps = grid.index(axis)
    assert (np.diff(steps) >= 0).all()
    assert grid.index(grid.times(steps)).tolist() == steps.tolist()
