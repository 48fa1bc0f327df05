"""Channels that stand still for longer than they ever do."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.continuation import continued
from seqtune.tasks.anomaly.equal_runs import MAX_COUNTED, NEAR, equal_rows, run_around
from seqtune.tasks.anomaly.flat_line import FEWEST, RAREST, FlatLine
from seqtune.tasks.anomaly.panels import Rows
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.task import TASK

Floats = npt.NDArray[np.float64]

ROWS = 2000


def prepare(*channels: Floats, series: Floats | None = None, overrides: tuple[str, ...] = ()):
    table = pd.DataFrame({f"v{number}": each for number, each in enumerate(channels)})
    table.insert(0, "time", pd.date_range("2024-01-01", periods=len(table), freq="h"))
    if series is not None:
        table["time"] = table.groupby(series).cumcount().map(lambda row: table["time"][row])
        table["name"] = series
        overrides = (*overrides, "data.series=name")
    recipe = Recipe.load(None, "anomaly", overrides)
    prepared: Prepared = TASK.prepare(Source.from_frame(table), recipe, silent)[0]
    return prepared


def known(*channels: Floats) -> FlatLine:
    """Return what is known of a single series."""
    found = prepare(*channels).codec.flat_line
    assert found is not None
    assert found.start.shape == (2, len(channels))
    return found.of(0)


def noise(digits: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=ROWS).round(digits)


def level_of_a_run(found: FlatLine, rows: int, channel: int = 0) -> float:
    """Return the level of the last row of a run of equal values."""
    values = np.zeros((rows + 1, len(found.start)))
    values[0] = 1.0
    values[:, [other for other in range(len(found.start)) if other != channel]] = np.arange(
        rows + 1.0
    )[:, None]
    return float(found.levels(values, np.ones(values.shape, np.bool_))[-1, channel])


def test_equal_rows_are_counted_from_the_first_of_them() -> None:
    seen = np.ones(6, np.bool_)
    assert equal_rows(np.array([1.0, 1.0, 2.0, 2.0, 2.0, 1.0]), seen).tolist() == [1, 2, 1, 2, 3, 1]
    assert equal_rows(np.empty(0), np.empty(0, np.bool_)).tolist() == []


def test_rows_without_a_value_neither_end_a_run_nor_make_it_longer() -> None:
    values, seen = np.array([5.0, 9.0, 5.0, 7.0]), np.array([True, False, True, True])
    assert equal_rows(values, seen).tolist() == [1, 0, 2, 1]
    assert run_around(values, seen, 0) == run_around(values, seen, 2) == (0, 3)


def test_rows_without_a_value_are_bridged_for_a_while() -> None:
    values, seen = np.full(7, 3.0), np.array([False, True, True, False, False, False, True])
    assert equal_rows(values, seen, bridge=2).tolist() == [0, 1, 2, 2, 2, 0, 3]
    assert equal_rows(values, ~seen, bridge=9).tolist() == [1, 1, 1, 2, 3, 4, 4]


@pytest.mark.parametrize(
    ("row", "run"), [(0, (0, 1)), (1, (1, 4)), (3, (1, 4)), (4, (4, 6)), (5, (4, 6))]
)
def test_a_run_is_found_to_both_sides(row: int, run: tuple[int, int]) -> None:
    values = np.array([1.0, 2.0, 2.0, 2.0, 3.0, 3.0])
    assert run_around(values, np.ones(6, np.bool_), row) == run


def test_a_long_run_is_found_to_both_sides() -> None:
    values = np.zeros(4 * NEAR)
    values[[10, -5]] = 1.0
    for row in (11, 2 * NEAR, len(values) - 6):
        assert run_around(values, np.ones(len(values), np.bool_), row) == (11, 4 * NEAR - 5)


def test_the_level_is_that_of_the_chance_that_runs_go_on() -> None:
    # runs of two and more: 20 ended at once, two of those of three went on once and ended, and the
    # three that are censored went on as long as that: 5 rows that went on, 22 that did not
    runs = [1] * 900 + [2] * 20 + [3] * 4 + [9]
    values = np.repeat(np.arange(len(runs), dtype=float), runs)
    prepared = prepare(np.append(values, np.arange(640) + 1e6))
    assert prepared.codec.flat_line is not None
    found = prepared.codec.flat_line.of(0)
    assert int(prepared.split.train_end[0]) == len(values) == 961
    assert found.start.tolist() == [2]
    chance = 10.0 ** -float(found.slope[0])
    few = (
        math.comb(27, times) * chance**times * (1 - chance) ** (27 - times) for times in range(6)
    )
    assert sum(few) == pytest.approx(0.05, rel=1e-6)  # the bound of Clopper and Pearson
    assert found.base[0] == pytest.approx(-math.log10(25 / 961 / (1 - chance)), rel=1e-9)


def test_the_level_rises_with_every_row_up_to_the_rarest() -> None:
    found = FlatLine(np.array([3]), np.array([2.0]), np.array([0.25]))
    assert level_of_a_run(found, 5) == 0.0  # not twice the usual
    assert level_of_a_run(found, 6) == 2.75
    assert level_of_a_run(found, 7) == 3.0
    assert level_of_a_run(found, 1000) == RAREST


def test_a_few_equal_rows_are_never_strange() -> None:
    found = known(noise(9))
    assert found.start.tolist() == [1]
    assert level_of_a_run(found, FEWEST - 1) == 0.0
    assert level_of_a_run(found, FEWEST) == RAREST


def test_of_several_channels_each_has_its_own_and_all_count() -> None:
    coarse, fine = noise(0), noise(9)
    alone, both = known(coarse), known(coarse, fine)
    assert both.start[0] == alone.start[0] > both.start[1] == 1
    assert both.slope[0] == alone.slope[0]
    assert both.base[0] == pytest.approx(alone.base[0] - math.log10(2))


def test_nights_are_usual_though_few() -> None:
    hour = np.arange(600) % 24
    light = np.where((hour > 6) & (hour < 18), np.random.default_rng(0).random(600), 0.0)
    found = known(light)
    assert found.start.tolist() == [13]
    assert level_of_a_run(found, 25) == 0.0
    assert level_of_a_run(found, 48) > 4.0


def test_a_stuck_sensor_in_the_training_part_is_not_usual() -> None:
    values = noise(2)
    clean = known(values)
    values[700:760] = values[700]
    found = known(values)
    assert found.start.tolist() == clean.start.tolist()
    assert level_of_a_run(found, FEWEST) > 4.0


@pytest.mark.parametrize(
    "values",
    [
        np.full(ROWS, 3.0),
        np.repeat(np.arange(ROWS / 200), 200),
        np.where(np.arange(ROWS) % 400 < 390, 0.0, np.random.default_rng(0).random(ROWS)),
    ],
    ids=["constant", "set points", "mostly nothing"],
)
def test_of_channels_that_hardly_move_nothing_is_said(values: Floats) -> None:
    found = known(values, noise(9))
    assert found.start[0] == 0
    assert level_of_a_run(found, 10 * ROWS) == 0.0
    assert level_of_a_run(found, FEWEST, channel=1) == RAREST


def test_what_comes_after_the_training_part_is_not_measured() -> None:
    values = noise(2)
    usual = known(values)
    values[1300:] = 0.0
    np.testing.assert_array_equal(known(values).to_list(), usual.to_list())


def of_series(values: Floats, names: npt.NDArray[np.str_]) -> FlatLine:
    """Return what is known of several series of one channel, and of all together."""
    found = prepare(values, series=names).codec.flat_line
    assert found is not None
    return found


def test_no_run_leads_from_one_series_to_the_next() -> None:
    names = np.repeat(["a", "b"], ROWS // 2)
    values = np.tile(np.arange(ROWS // 2), 2).astype(float)
    values[[0, ROWS // 2 - 1, ROWS // 2, ROWS - 1]] = 7.5
    assert of_series(values, names).start.ravel().tolist() == [1, 1, 1]


def test_a_series_that_never_moves_among_those_that_do_is_usual() -> None:
    names = np.repeat(["a", "b", "c", "d"], ROWS // 4)
    values = noise(9)
    values[names == "c"] = 4.0
    found = of_series(values, names)
    assert found.start.ravel().tolist() == [1, 1, 0, 1, 1]


def test_a_series_too_short_to_be_measured_is_held_to_all_of_them() -> None:
    names = np.repeat(["a", "b", "c"], [600, 15, 15])
    values = noise(9)[:630]
    values[names == "c"] = 4.0
    found = of_series(values, names)
    assert found.start.ravel().tolist() == [1, 1, 0, 1]
    assert found.slope[1] == found.slope[3] != found.slope[0]


def test_a_series_that_moves_less_than_others_is_measured_by_itself() -> None:
    names = np.repeat(["a", "b", "c", "d"], ROWS // 4)
    values = noise(9)
    values[names == "b"] = np.repeat(noise(9)[:125], 4)
    found = of_series(values, names)
    assert found.start.ravel().tolist() == [1, 4, 1, 1, 4]
    assert level_of_a_run(found.of(1), 7) == 0.0 < level_of_a_run(found.of(0), 7)


def test_a_series_that_was_not_fitted_is_held_to_what_is_usual_unless_it_hardly_moves() -> None:
    names = np.repeat(["a", "b"], ROWS // 2)
    prepared = prepare(noise(9), series=names)
    other = np.repeat(["b", "new", "still"], [100, 100, 100])
    values = noise(9, 1)[:300]
    values[other == "still"] = 1.0
    values[150:160] = 2.0
    panel = prepare(values, series=other).panel
    found = prepared.codec.flat_line_of(panel)
    assert found is not None
    assert panel.series == ("b", "new", "still")
    assert found.start.ravel().tolist() == [1, 1, 0]
    rows = Rows(panel, prepared.codec.scales_of(panel), np.zeros(300, np.int8), found)
    still = [
        rows.segment(each, *panel.offsets[each : each + 2], 0).flat_line_scores(0)
        for each in range(3)
    ]
    assert [int((each > 4).sum()) for each in still] == [0, 10 - FEWEST + 1, 0]


def test_missing_values_are_no_run() -> None:
    values = noise(9)
    values[::3] = np.nan
    assert known(values).start.tolist() == [1]


def test_a_row_is_judged_by_what_came_before_it_alone() -> None:
    found = known(noise(1), noise(2))
    values = np.column_stack([noise(1, 1), noise(2, 1)])
    values[500:520, 0], values[800:900, 1] = 0.3, 0.1
    seen = np.ones(values.shape, np.bool_)
    whole = found.levels(values, seen)
    assert (whole[:, 0] > 4).sum() + (whole[:, 1] > 4).sum() > 50
    np.testing.assert_array_equal(found.levels(values[:850], seen[:850]), whole[:850])


@pytest.mark.parametrize("threshold", [2.0, 4.0, 7.9])
def test_so_many_rows_are_enough_to_pass_a_threshold(threshold: float) -> None:
    found = known(noise(0), noise(1), np.zeros(ROWS))
    assert found.start[2] == 0 < found.start[0]
    rows = found.reach(threshold)
    for channel in (0, 1):
        assert level_of_a_run(found, rows, channel) > threshold
    assert min(level_of_a_run(found, rows - 2, channel) for channel in (0, 1)) <= threshold
    assert known(np.zeros(ROWS)).reach(threshold) == FEWEST
    slow = FlatLine(np.array([1]), np.array([0.0]), np.array([1e-9]))
    assert slow.reach(threshold) == MAX_COUNTED


def test_new_rows_have_so_many_before_them_that_a_run_is_seen_whole() -> None:
    prepared = prepare(np.repeat(noise(9)[: ROWS // 20], 20))
    codec = prepared.codec
    assert codec.flat_line is not None
    assert codec.flat_line.start.tolist() == [[20], [20]]
    slow = replace(codec.flat_line, slope=np.full((2, 1), 0.002))
    wanted = slow.reach(codec.threshold)
    assert codec.context + codec.bridge < wanted < ROWS
    prepared = replace(prepared, codec=replace(codec, flat_line=slow))
    panel = replace(prepared.panel, starts=prepared.panel.starts + ROWS)
    new = Rows(panel, prepared.codec.scales_of(panel), np.zeros(ROWS, np.int8), slow)
    assert continued(prepared, new, 0).first == wanted


def test_it_is_saved_and_read_again() -> None:
    names = np.repeat(["a", "b"], ROWS // 2)
    found = of_series(np.where(names == "a", noise(1), 3.0), names)
    again = FlatLine.from_list(found.to_list())
    for name in ("start", "base", "slope"):
        np.testing.assert_array_equal(getattr(found, name), getattr(again, name))


@pytest.mark.parametrize(
    "numbers",
    [
        *([1.0, 2.0], [-1, 1.0, 1.0], [1, 1.0, 0.0], [1, 1.0, math.inf], [1, math.nan, 1.0]),
        *([0.5, 1.0, 1.0], [1e300, 1.0, 1.0], [1, -1e9, 1.0], ["1", "2", "3"], [True, True, True]),
    ],
)
def test_what_cannot_have_been_measured_is_refused(numbers: list[float]) -> None:
    with pytest.raises(ValueError, match="stand"):
        FlatLine.from_list([[numbers], [numbers]])


@pytest.mark.parametrize("table", [{}, [], False, 0, [3], [[1, 1.0, 1.0]], "still"])
def test_what_is_no_table_is_refused(table: Any) -> None:
    with pytest.raises(ValueError, match="stand"):
        FlatLine.from_list(table)


def test_a_recipe_can_do_without() -> None:
    prepared = prepare(noise(9), overrides=("score.flat_line=false",))
    assert prepared.codec.flat_line is None
    segment = prepared.rows.segment(0, 0, ROWS, 0)
    assert segment.flat_line_scores(0).tolist() == [0.0] * ROWS
