from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.panel.grid import Grid
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.seasonality import conventional_periods, find_periods, seasonal_scales

Floats = npt.NDArray[np.float64]
HOURLY = Grid("h", "2024-01-01T00:00:00")
DAILY = Grid("D", "2024-01-01T00:00:00")
MONTHLY = Grid("MS", "2000-01-01T00:00:00")
STEPS = Grid("step", 0)


def panel_of(*series: Floats, grid: Grid = STEPS) -> Panel:
    offsets = np.cumsum([0, *(len(values) for values in series)])
    target = np.concatenate(series)[:, None].astype(np.float64)
    none = np.empty((len(target), 0))
    return Panel(
        grid=grid,
        series=tuple(str(code) for code in range(len(series))),
        offsets=offsets,
        starts=np.zeros(len(series), dtype=np.int64),
        target_names=("y",),
        past_names=(),
        future_names=(),
        static_names=(),
        target=target,
        observed=np.ones(target.shape, dtype=bool),
        past=none,
        future=none,
        static=np.empty((len(series), 0)),
        ahead=np.empty((len(series), 0, 0)),
    )


def noise(count: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=count)


def repeated(pattern: list[float], count: int) -> Floats:
    return np.resize(np.array(pattern, dtype=np.float64), count)


def day_and_week(count: int) -> Floats:
    hours = np.arange(count)
    day = np.sin(2 * np.pi * hours / 24)
    return np.where(hours // 24 % 7 >= 5, 0.4, 1.0) * (day + 2.0) * 5


WEEK = [5.0, 5.0, 5.0, 5.0, 6.0, 9.0, 2.0]


def test_a_weekly_pattern_in_days_is_found() -> None:
    values = repeated(WEEK, 120) + noise(120)
    assert find_periods(panel_of(values, grid=DAILY)) == (7,)
    assert find_periods(panel_of(values)) == (7,)


def test_a_year_of_months_on_a_growing_level_is_found() -> None:
    months = np.arange(144)
    values = np.exp(months / 60 + 0.2 * np.sin(2 * np.pi * months / 12) + 0.02 * noise(144))
    assert find_periods(panel_of(values, grid=MONTHLY)) == (12,)
    assert find_periods(panel_of(values)) == (12,)


def test_quarters_need_two_years_only() -> None:
    grid = Grid("QS", "2000-01-01T00:00:00")
    assert find_periods(panel_of(repeated([1, 5, 9, 3], 12) + 0.1 * noise(12), grid=grid)) == (4,)


@pytest.mark.parametrize("grid", [HOURLY, STEPS])
def test_days_and_weeks_of_hours_are_found_also_without_dates(grid: Grid) -> None:
    series = [day_and_week(700) + noise(700, seed) for seed in range(4)]
    assert find_periods(panel_of(*series, grid=grid)) == (24, 168)


@pytest.mark.parametrize("grid", [HOURLY, STEPS])
def test_days_alone_are_not_taken_for_weeks(grid: Grid) -> None:
    hours = np.arange(2000)
    wander = np.random.default_rng(5).normal(size=2000).cumsum() * 0.1
    assert find_periods(panel_of(np.sin(2 * np.pi * hours / 24) * 3 + wander, grid=grid)) == (24,)


def test_two_humps_a_day_are_still_one_day() -> None:
    hours = np.arange(1000)
    values = 2 * np.sin(2 * np.pi * hours / 12) + np.sin(2 * np.pi * hours / 24)
    assert find_periods(panel_of(values + 0.3 * noise(1000))) == (24,)


def test_a_spike_once_a_week_is_found() -> None:
    assert find_periods(panel_of(repeated([0, 0, 0, 0, 0, 0, 5], 200) + noise(200))) == (7,)


@pytest.mark.parametrize("grid", [HOURLY, DAILY, MONTHLY, STEPS])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 60, 500])
def test_noise_walks_trends_and_constants_have_no_period(grid: Grid, count: int) -> None:
    walk = noise(count, 1).cumsum()
    for values in (
        noise(count, 2),
        walk,
        walk.cumsum(),
        np.arange(count) ** 2,
        np.full(count, 3.0),
    ):
        assert find_periods(panel_of(values.astype(np.float64), grid=grid)) == ()


def test_many_smooth_trends_have_no_period() -> None:
    for grid in (DAILY, MONTHLY):
        walks = [noise(400, seed).cumsum().cumsum() for seed in range(100)]
        assert find_periods(panel_of(*walks, grid=grid)) == ()


def test_an_empty_series_among_others_does_no_harm() -> None:
    panel = panel_of(np.zeros(0), repeated(WEEK, 100), np.zeros(0))
    assert find_periods(panel) == (7,)
    assert seasonal_scales(panel_of(np.zeros(0)), 7).tolist() == [[1]]


def test_rows_from_the_end_of_training_on_are_not_looked_at() -> None:
    past, future = noise(300), 50 * repeated(WEEK, 300)
    panel = panel_of(np.concatenate([past, future]), np.concatenate([past, future]), grid=DAILY)
    assert find_periods(panel) == (7,)
    ends = np.array([300, 900])
    assert find_periods(panel, ends) == ()
    spoiled = panel_of(np.concatenate([past, future * np.nan]), past, grid=DAILY)
    assert find_periods(spoiled, np.array([300, 900])) == ()


def test_ends_counted_from_the_start_of_a_series_are_refused() -> None:
    panel = panel_of(noise(50), noise(50))
    for ends in (np.array([40, 40]), np.array([51, 100]), np.array([40])):
        with pytest.raises(ValueError, match="one absolute row"):
            find_periods(panel, ends)
        with pytest.raises(ValueError, match="one absolute row"):
            seasonal_scales(panel, 2, ends)


def test_short_series_are_pooled_and_long_ones_decide_nothing_alone() -> None:
    # Ten series of three noisy weeks say together what none of them can say alone.
    short = [repeated(WEEK, 21) + 2 * noise(21, seed) for seed in range(30)]
    assert find_periods(panel_of(*short, grid=DAILY)) == (7,)


def test_the_unit_of_the_values_does_not_matter() -> None:
    values = repeated(WEEK, 120) + noise(120)
    for unit in (1e-300, 1e-9, 1e9, 1e300):
        assert find_periods(panel_of(values * unit, grid=DAILY)) == (7,)


def test_one_huge_spike_does_not_hide_a_season() -> None:
    values = repeated(WEEK, 200) + noise(200)
    values[77] = 1e3
    assert find_periods(panel_of(values, grid=DAILY)) == (7,)


def test_no_period_is_longer_than_the_maximum() -> None:
    assert find_periods(panel_of(day_and_week(700), grid=HOURLY), maximum=100) == (24,)


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("s", (60, 3600, 86400, 604800, 31557600)),
        ("min", (60, 1440, 10080, 525960)),
        ("15min", (4, 96, 672, 35064)),
        ("h", (24, 168, 8766)),
        ("6h", (4, 28, 1461)),
        ("D", (7, 365)),
        ("B", (5, 261)),
        ("W-MON", (52,)),
        ("MS", (12,)),
        ("2MS", (6,)),
        ("QE", (4,)),
        ("YS", ()),
    ],
)
def test_each_frequency_has_its_conventional_periods(alias: str, expected: tuple[int, ...]) -> None:
    assert conventional_periods(Grid(alias, "2024-01-01T00:00:00")) == expected


def test_integer_steps_have_no_conventional_periods() -> None:
    assert conventional_periods(STEPS) == ()


# scales


def test_scales_by_hand() -> None:
    panel = panel_of(np.array([1.0, 2.0, 4.0, 7.0]), np.array([10.0, 10.0, 13.0]))
    # period 2: |4-1|, |7-2| -> 4 and |13-10| -> 3; period 1: 1, 2, 3 -> 2 and 0, 3 -> 1.5
    assert seasonal_scales(panel, 2).tolist() == [[4], [3]]
    assert seasonal_scales(panel, 1).tolist() == [[2], [1.5]]


def test_scales_look_at_training_rows_only() -> None:
    panel = panel_of(np.array([1.0, 2.0, 4.0, 99.0]), np.array([10.0, 10.0, 13.0]))
    assert seasonal_scales(panel, 1, np.array([3, 7])).tolist() == [[1.5], [1.5]]


def test_filled_values_do_not_count_in_scales() -> None:
    panel = panel_of(np.array([1.0, 2.0, 9.0, 4.0, 6.0]))
    panel.observed[2] = False
    assert seasonal_scales(panel, 1).tolist() == [[1.5]]  # 1 and 2; 7 and 5 touch the filled 9


def test_a_short_or_constant_series_falls_back_to_neighbours_and_then_to_one() -> None:
    panel = panel_of(
        np.array([1.0, 3.0]),  # shorter than the period: |3-1|
        np.array([1.0, 5.0, 1.0, 5.0, 1.0, 5.0]),  # repeats exactly: 4 between neighbours
        np.array([7.0, 7.0, 7.0]),
        np.array([7.0]),
    )
    assert seasonal_scales(panel, 2).tolist() == [[2], [4], [1], [1]]


def test_differences_never_cross_series() -> None:
    panel = panel_of(np.array([0.0, 1.0]), np.array([1000.0, 1001.0]), np.array([0.0, 1.0, 2.0]))
    assert seasonal_scales(panel, 1).tolist() == [[1], [1], [1]]


def test_each_target_has_its_own_scale() -> None:
    one = panel_of(np.array([0.0, 1.0, 2.0]))
    target = np.array([[0.0, 0.0], [1.0, 5.0], [2.0, 10.0]])
    panel = Panel(**{**one.__dict__, "target": target, "observed": np.ones((3, 2), dtype=bool)})
    assert seasonal_scales(panel, 1).tolist() == [[1, 5]]
