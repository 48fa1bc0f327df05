"""What horizon, history and segments come to where the recipe leaves them open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, silent
from seqtune.recipe.load import Recipe
from seqtune.recipe.ranges import Range
from seqtune.tasks._panels import largest
from seqtune.tasks.forecast.settle import (
    MAX_ANSWERS,
    MAX_DEFAULT_HORIZON,
    refuse_many_answers,
    settle_horizon,
    settle_lookback,
    settle_segment,
)


def test_the_horizon_that_was_asked_for_is_taken_in_silence() -> None:
    heard: list[Event] = []
    assert settle_horizon(7, (24,), np.array([100]), heard.append) == 7
    assert heard == []


def test_the_horizon_may_leave_two_rows() -> None:
    assert settle_horizon(18, (), np.array([5, 20]), silent) == 18
    with pytest.raises(DataError) as fault:
        settle_horizon(19, (), np.array([5, 20]), silent)
    assert "a horizon of 19 steps is too long: the longest series has 20 rows" in (
        fault.value.message
    )
    assert fault.value.hint == "--horizon 4"


def test_steps_and_quantiles_are_bounded_together() -> None:
    refuse_many_answers(MAX_ANSWERS // 10, [0.5] * 10)
    with pytest.raises(DataError) as fault:
        refuse_many_answers(100_000, [0.5] * 99)
    assert fault.value.message == (
        "a horizon of 100,000 steps with 99 quantiles each is 9,900,000 numbers a forecast, "
        "expected at most 1,000,000"
    )
    assert fault.value.hint == "--horizon 10101, or fewer levels: --quantiles 0.1,0.9"


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("asked", [1, "auto"])
def test_a_few_rows_are_no_data(asked: int | str, rows: int) -> None:
    with pytest.raises(DataError, match=f"the longest series has {rows} row"):
        settle_horizon(asked, (), np.array([rows]), silent)


@pytest.mark.parametrize(
    ("periods", "horizon"),
    [((12,), 12), ((24, 168), 24), ((4,), 8), ((365,), MAX_DEFAULT_HORIZON)],
)
def test_an_open_horizon_is_a_season(periods: tuple[int, ...], horizon: int) -> None:
    heard: list[Event] = []
    assert settle_horizon("auto", periods, np.array([5000]), heard.append) == horizon
    assert heard == [
        Assumption("horizon", f"{horizon} steps", f"a season of {periods[0]} steps", "--horizon N")
    ]


@pytest.mark.parametrize("periods", [(), (12,), (365,)])
@pytest.mark.parametrize("rows", [4, 10, 25, 60, 150])
def test_an_open_horizon_leaves_most_of_the_data(periods: tuple[int, ...], rows: int) -> None:
    horizon = settle_horizon("auto", periods, np.array([rows]), silent)
    assert 1 <= horizon <= max(1, rows // 6)


def test_the_history_that_was_asked_for_is_taken() -> None:
    for asked in (5, (5, 10), Range(5, 50)):
        assert settle_lookback(asked, (24,), 12, 1000) is asked


@pytest.mark.parametrize("periods", [(), (4,), (24,), (24, 168)])
@pytest.mark.parametrize("rows", [1, 2, 5, 40, 700, 100_000])
def test_an_open_history_fits_the_training_rows(periods: tuple[int, ...], rows: int) -> None:
    settled = settle_lookback("auto", periods, 12, rows)
    choices = [settled] if isinstance(settled, int) else list(settled)
    assert len(set(choices)) == len(choices)
    assert all(1 <= steps <= max(2, rows // 2) for steps in choices)


def test_an_open_history_holds_the_longest_season_where_it_can() -> None:
    assert 2 * 168 in settle_lookback("auto", (24, 168), 48, 5000)


def test_a_segment_is_a_season_or_half_of_it() -> None:
    assert settle_segment((24, 168), 336) == [24, 12]
    assert settle_segment((3,), 40) == 3


@pytest.mark.parametrize(
    ("rows", "first"), [(20 * 4 * 96 - 1, 48), (20 * 4 * 96, 384), (1_000_000, 384)]
)
def test_a_long_horizon_has_a_long_history_where_rows_are_many(rows: int, first: int) -> None:
    settled = settle_lookback("auto", (24,), 96, rows)
    assert settled[0] == first
    assert 48 in settled


def test_two_long_seasons_are_history_enough() -> None:
    assert settle_lookback("auto", (24, 168), 24, 1_000_000) == [336, 192, 72]


@pytest.mark.parametrize("periods", [(), (2,), (24,), (500,)])
@pytest.mark.parametrize("lookback", [1, 2, 7, 40, 1000])
def test_a_segment_fits_the_history(periods: tuple[int, ...], lookback: int) -> None:
    settled = settle_segment(periods, lookback)
    choices = [settled] if isinstance(settled, int) else list(settled)
    assert all(1 <= steps <= lookback for steps in choices)


@pytest.mark.parametrize(
    ("value", "longest"), [(7, 7), ((3, 9, 5), 9), ([3, 9, 5], 9), (Range(2, 30), 30)]
)
def test_the_largest_of_a_searchable_value(value: Any, longest: int) -> None:
    assert largest(value) == longest


def test_only_what_is_open_is_filled_in() -> None:
    recipe = Recipe.load(None, "forecast", ["horizon=5"])
    filled = recipe.filled_in({"horizon": 9, "lookback": [10, 20], "data.time": None})
    assert (filled.get("horizon"), filled.get("lookback")) == (5, (10, 20))
    assert filled.get("data.time") is None
    assert recipe.get("lookback") == "auto"
