from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from seqtune.data.panel.frequency import parse_frequency
from seqtune.data.panel.grid import Grid, infer_grid
from seqtune.errors import DataError

Times = npt.NDArray[np.datetime64]


def times_of(*texts: str) -> Times:
    return np.array(texts, dtype="datetime64[ns]")


def dates(frequency: str, count: int, start: str = "2020-01-01") -> Times:
    return pd.date_range(start, periods=count, freq=frequency).to_numpy()


ALIASES = (
    "s", "30s", "min", "15min", "30min", "h", "6h", "D", "2D", "B", "W-MON", "W-SUN", "2W-WED",
    "MS", "ME", "2MS", "QS", "QE", "QS-FEB", "QE-JAN", "YS", "YE", "YS-APR", "YE-JUN", "2YS",
)  # fmt: skip


@pytest.mark.parametrize("alias", ALIASES)
def test_a_regular_axis_gives_the_alias_that_made_it(alias: str) -> None:
    grid, notes = infer_grid(dates(alias, 40))
    assert (grid.frequency, grid.snap, notes) == (alias, "exact", ())


@pytest.mark.parametrize("alias", ALIASES)
def test_steps_and_times_are_inverse_also_before_the_origin(alias: str) -> None:
    axis = dates(alias, 40)
    grid = infer_grid(axis[20:])[0]
    assert grid.index(axis).tolist() == list(range(-20, 20))
    assert (grid.times(np.arange(-20, 20)) == axis).all()
    assert grid.on_step(axis).all()


@pytest.mark.parametrize("alias", ALIASES)
def test_gaps_repeats_and_disorder_do_not_change_the_grid(alias: str) -> None:
    axis = dates(alias, 100, "1990-01-01")
    random = np.random.default_rng(0)
    rows = random.permutation(np.concatenate([[0], random.choice(100, 70), np.arange(30, 50)]))
    assert infer_grid(axis[rows])[0] == infer_grid(axis)[0]


def test_series_that_start_and_end_apart_share_the_earliest_step_as_origin() -> None:
    axis = dates("h", 100)
    times = np.concatenate([axis[90:], axis[5:15], axis[40:43]])
    codes = np.array([0] * 10 + [1] * 10 + [2] * 3)
    grid, _ = infer_grid(times, codes)
    assert grid == Grid("h", "2020-01-01T05:00:00")
    assert grid.index(times)[:2].tolist() == [85, 86]


def test_distances_are_taken_within_series_only() -> None:
    # Eight series of one row each stand an hour apart; the two of several rows count days.
    times = np.concatenate([dates("h", 8), dates("D", 4), dates("D", 4, "2020-01-09")])
    codes = np.array([*range(8), 8, 8, 8, 8, 9, 9, 9, 9])
    assert infer_grid(times, codes)[0].frequency == "D"


def test_every_month_on_the_15th_stays_on_the_15th() -> None:
    axis = dates("MS", 30) + np.timedelta64(14, "D")
    grid, notes = infer_grid(axis)
    assert (grid, notes) == (Grid("MS", "2020-01-15T00:00:00"), ())
    assert (grid.times(np.arange(30)) == axis).all()
    assert grid.index(times_of("2020-02-14", "2020-02-15")).tolist() == [0, 1]


def test_every_month_on_the_30th_is_clipped_in_february_only() -> None:
    axis = times_of("2021-02-28", "2021-03-30", "2021-04-30", "2021-05-30", "2021-06-30",
                    "2021-07-30", "2021-08-30", "2021-09-30", "2021-10-30")  # fmt: skip
    grid, _ = infer_grid(axis)
    assert (grid.times(grid.index(axis)) == axis).all()
    assert np.diff(grid.index(axis)).tolist() == [1] * 8
    assert str(grid.times(grid.index(axis[-1:]) + 1)[0])[:10] == "2021-11-30"


def test_fiscal_quarters_that_begin_in_february_are_quarters() -> None:
    grid, _ = infer_grid(times_of("2020-02-01", "2020-05-01", "2020-08-01", "2021-02-01"))
    assert grid == Grid("QS-FEB", "2020-02-01T00:00:00")
    assert grid.index(times_of("2021-02-01")).tolist() == [4]


def test_two_months_are_enough_to_see_months() -> None:
    assert infer_grid(times_of("2020-01-01", "2020-02-01"))[0].frequency == "MS"


def test_weekdays_are_business_days_only_if_a_weekend_is_left_out() -> None:
    week = dates("D", 5, "2024-01-01")  # Monday to Friday
    assert infer_grid(week)[0].frequency == "D"
    grid, _ = infer_grid(np.append(week, times_of("2024-01-08")))
    assert grid.frequency == "B"
    # Saturday and Sunday belong to the Friday before them.
    weekend = times_of("2024-01-05", "2024-01-06", "2024-01-07", "2024-01-08")
    assert grid.index(weekend).tolist() == [4, 4, 4, 5]


def test_a_time_of_day_is_kept() -> None:
    axis = dates("B", 30, "2024-01-01T16:30")
    grid, _ = infer_grid(axis)
    assert grid == Grid("B", "2024-01-01T16:30:00")
    assert (grid.times(np.arange(30)) == axis).all()


def test_hours_of_local_time_stay_hours_over_a_daylight_saving_jump() -> None:
    axis = dates("h", 72, "2024-03-30")
    local = np.concatenate([axis[:26], axis[27:]])  # 02:00 of the 31st does not exist
    local = np.concatenate([local, local[-1:]])  # and one hour comes twice
    assert infer_grid(local)[0] == Grid("h", "2024-03-30T00:00:00")


def test_local_midnights_in_utc_are_days() -> None:
    local = pd.date_range("2024-01-01", periods=300, freq="D", tz="Europe/Berlin")
    grid, notes = infer_grid(local.tz_convert("UTC").tz_localize(None).to_numpy())
    assert (grid.frequency, grid.snap) == ("D", "nearest")
    assert np.diff(grid.index(local.tz_convert("UTC").tz_localize(None).to_numpy())).max() == 1
    assert "jitter" in notes[0]


def test_jittering_times_go_to_the_nearest_step() -> None:
    jitter = np.random.default_rng(0).integers(-200, 200, 100).astype("timedelta64[s]")
    times = dates("h", 100) + jitter
    grid, notes = infer_grid(times)
    assert (grid.frequency, grid.snap) == ("h", "nearest")
    assert np.diff(grid.index(times)).tolist() == [1] * 99
    assert "--freq" in notes[0]


def test_irregular_times_are_resampled_to_the_nearest_natural_frequency() -> None:
    minutes = np.random.default_rng(0).exponential(50, 500).cumsum().astype("timedelta64[m]")
    grid, notes = infer_grid(np.datetime64("2024-01-01", "ns") + minutes)
    assert (grid.frequency, grid.snap) == ("30min", "floor")  # the median is 50 ln 2 = 35 min
    assert grid.origin == "2024-01-01T00:30:00"
    assert notes == ("irregular times: resampled to '30min' (--freq sets another frequency)",)


def test_mondays_and_thursdays_become_weeks_from_monday() -> None:
    mondays = dates("7D", 20, "2024-01-01")
    grid, _ = infer_grid(np.sort(np.concatenate([mondays, mondays + np.timedelta64(3, "D")])))
    assert grid == Grid("W-MON", "2024-01-01T00:00:00", snap="floor")


def test_last_business_days_become_month_ends() -> None:
    axis = pd.date_range("2020-01-01", periods=60, freq="BME").to_numpy()
    grid, _ = infer_grid(axis)
    assert (grid.frequency, grid.snap) == ("ME", "floor")
    assert grid.index(axis).tolist() == list(range(60))


def test_a_stray_year_does_not_change_the_frequency() -> None:
    times = np.append(dates("h", 100), times_of("1970-01-01T00:00"))
    assert infer_grid(times)[0].frequency == "h"


def test_a_single_time_is_taken_as_a_day_and_said() -> None:
    grid, notes = infer_grid(times_of("2024-05-06"))
    assert grid.frequency == "D"
    assert "--freq" in notes[0]


@pytest.mark.parametrize(
    ("values", "interval", "origin"),
    [
        ([0, 1, 2, 3], 1, 0),
        ([10, 20, 30, 50], 10, 10),
        ([2000, 2004, 2008, 2016], 4, 2000),
        ([7], 1, 7),
        ([0, 4, 6, 10, 12, 16, 18], 2, 0),  # distances 4 and 2: their divisor
    ],
)
def test_integer_steps_have_their_common_distance(
    values: list[int], interval: int, origin: int
) -> None:
    grid, notes = infer_grid(np.array(values))
    assert (grid, notes) == (Grid("step", origin, interval), ())
    assert grid.times(grid.index(np.array(values))).tolist() == values


def test_series_of_different_remainders_share_a_grid_without_gaps() -> None:
    times = np.array([0, 7, 14, 21, 3, 10, 17, 24])
    codes = np.repeat([0, 1], 4)
    grid, notes = infer_grid(times, codes)
    assert grid == Grid("step", 0, 7, "floor")
    assert grid.index(times).tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert "remainders" in notes[0]


def test_irregular_integers_are_resampled() -> None:
    values = np.random.default_rng(0).integers(1, 4000, 300).cumsum()
    grid, notes = infer_grid(values)
    assert grid.snap == "floor"
    assert 1500 < grid.interval < 2500
    assert "irregular" in notes[0]


def test_a_coarser_frequency_is_honoured_and_said() -> None:
    grid, notes = infer_grid(dates("h", 100, "2024-01-03T05:00"), frequency="D")
    assert grid == Grid("D", "2024-01-03T00:00:00", snap="floor")
    assert notes == ("aggregated to 'D'",)
    assert grid.index(times_of("2024-01-03T23:59", "2024-01-04")).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("given", "expected", "origin"),
    [
        ("W", "W-WED", "2024-01-03T00:00:00"),
        ("W-SUN", "W-SUN", "2023-12-31T00:00:00"),
        ("MS", "MS", "2024-01-01T00:00:00"),
        ("ME", "ME", "2024-01-31T00:00:00"),
        ("QE", "QE", "2024-03-31T00:00:00"),
        ("YS-APR", "YS-APR", "2023-04-01T00:00:00"),
        ("daily", "D", "2024-01-03T00:00:00"),
        ("12H", "12h", "2024-01-03T00:00:00"),
    ],
)
def test_a_given_frequency_begins_where_its_alias_says(
    given: str, expected: str, origin: str
) -> None:
    grid, _ = infer_grid(dates("h", 2000, "2024-01-03T05:00"), frequency=given)
    assert grid == Grid(expected, origin, snap="floor")


def test_all_days_of_a_quarter_belong_to_its_end() -> None:
    grid = Grid("QE", "2024-03-31T00:00:00")
    days = times_of("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-31", "2024-04-01")
    assert grid.index(days).tolist() == [-1, 0, 0, 0, 1]


def test_a_loose_word_follows_the_days_of_the_data() -> None:
    axis = dates("MS", 24)
    assert infer_grid(axis, frequency="M")[0] == Grid("MS", "2020-01-01T00:00:00")
    assert infer_grid(axis, frequency="ME")[0].frequency == "ME"


def test_a_given_frequency_that_fits_needs_no_note() -> None:
    assert infer_grid(dates("h", 50), frequency="h") == (Grid("h", "2020-01-01T00:00:00"), ())
    assert infer_grid(np.arange(5) * 10, frequency="10") == (Grid("step", 0, 10), ())


REPEATED = {
    "hours that jitter": dates("h", 99) + np.arange(99) * 7 % 60 * np.timedelta64(1, "s"),
    "trading days at half past four": dates("B", 30, "2024-01-01T16:30"),
    "the 15th of every month": dates("MS", 30) + np.timedelta64(14, "D"),
    "Wednesdays at noon": dates("W-WED", 30, "2024-01-01T12:00"),
    "two mondays": dates("2W-MON", 30),
    "odd phase": dates("15min", 50, "2024-01-01T00:07"),
    "quarters from February": dates("QS-FEB", 20),
    "tens": np.arange(0, 200, 10),
    "irregular": np.datetime64("2024-01-01", "ns")
    + np.random.default_rng(0).exponential(50, 500).cumsum().astype("timedelta64[m]"),
}


@pytest.mark.parametrize("name", REPEATED)
def test_giving_the_frequency_that_was_inferred_changes_nothing(name: str) -> None:
    grid = infer_grid(REPEATED[name])[0]
    assert infer_grid(REPEATED[name], frequency=grid.frequency)[0] == grid


@pytest.mark.parametrize("alias", ["fortnight", "0h", "-1h", "", "h-MON", "W-FEB", "step", "5"])
def test_an_unknown_frequency_is_refused_with_examples(alias: str) -> None:
    with pytest.raises(DataError, match="15min, h, D, B, W-MON, MS"):
        infer_grid(dates("h", 50), frequency=alias)


def test_integers_refuse_a_calendar_frequency() -> None:
    with pytest.raises(DataError, match="integers, which have no frequency 'D'") as caught:
        infer_grid(np.arange(5), frequency="D")
    assert "--time" in caught.value.hint


def test_no_rows_at_all_are_refused() -> None:
    with pytest.raises(DataError, match="no rows"):
        infer_grid(times_of())


def test_a_grid_survives_json() -> None:
    for grid in (Grid("W-MON", "2024-01-01T00:00:00", snap="floor"), Grid("step", -5, 2)):
        assert Grid.from_dict(grid.to_dict()) == grid


def test_mean_seconds_of_a_step() -> None:
    assert Grid("15min", "2024-01-01").seconds == 900
    assert Grid("step", 0).seconds is None
    assert parse_frequency("YS").nanoseconds == 31_557_600 * 10**9  # 365.25 days
