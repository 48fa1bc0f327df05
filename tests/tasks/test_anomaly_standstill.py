"""Channels that stand still for longer than they ever do."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from seqtune.data.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.standstill import (
    FEWEST,
    MOST_COUNTED,
    RAREST,
    Standstill,
    equal_rows,
    run_around,
)
from seqtune.tasks.anomaly.task import TASK
from seqtune.tasks.anomaly.ways import standing_still

Floats = npt.NDArray[np.float64]

ROWS = 2000


def prepare(*channels: Floats, series: Floats | None = None, overrides: tuple[str, ...] = ()):
    table = pd.DataFrame({f"v{number}": each for number, each in enumerate(channels)})
    table.insert(0, "time", pd.date_range("2024-01-01", periods=len(table), freq="h"))
    if series is not None:
        table["time"] = table.groupby(series).cumcount().map(lambda row: table["time"][row])
        table["name"] = series
    recipe = Recipe.load(None, "anomaly", overrides)
    prepared: Prepared = TASK.prepare(Source.from_frame(table), recipe, silent)[0]
    return prepared


def known(*channels: Floats, series: Floats | None = None) -> Standstill:
    found = prepare(*channels, series=series).codec.standstill
    assert found is not None
    return found


def noise(digits: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=ROWS).round(digits)


def rarity_of_a_run(found: Standstill, rows: int, channel: int = 0) -> float:
    """Return the rarity of the last row of a run of equal values."""
    values = np.zeros((rows + 1, len(found.start)))
    values[0] = 1.0
    values[:, [other for other in range(len(found.start)) if other != channel]] = np.arange(
        rows + 1.0
    )[:, None]
    return float(found.rarities(values, np.ones(values.shape, np.bool_))[-1, channel])


def test_equal_rows_are_counted_from_the_first_of_them() -> None:
    seen = np.ones(6, np.bool_)
    assert equal_rows(np.array([1.0, 1.0, 2.0, 2.0, 2.0, 1.0]), seen).tolist() == [1, 2, 1, 2, 3, 1]
    assert equal_rows(np.empty(0), np.empty(0, np.bool_)).tolist() == []


def test_rows_without_a_value_neither_end_a_run_nor_make_it_longer() -> None:
    values, seen = np.array([5.0, 9.0, 5.0, 7.0]), np.array([True, False, True, True])
    assert equal_rows(values, seen).tolist() == [1, 0, 2, 1]
    assert run_around(values, seen, 0) == run_around(values, seen, 2) == 2


@pytest.mark.parametrize(("row", "rows"), [(0, 1), (1, 3), (3, 3), (4, 2), (5, 2)])
def test_a_run_is_counted_to_both_sides(row: int, rows: int) -> None:
    values = np.array([1.0, 2.0, 2.0, 2.0, 3.0, 3.0])
    assert run_around(values, np.ones(6, np.bool_), row) == rows


def test_the_rarity_is_that_of_the_chance_that_runs_go_on() -> None:
    # runs of two and more: 20 ended at once, two of those of three went on once and ended, and the
    # three that are censored went on as long as that: 5 rows that went on, 22 that did not
    runs = [1] * 900 + [2] * 20 + [3] * 4 + [9]
    values = np.repeat(np.arange(len(runs), dtype=float), runs)
    prepared = prepare(np.append(values, np.arange(640) + 1e6))
    found = prepared.codec.standstill
    assert found is not None
    assert int(prepared.split.train_end[0]) == len(values) == 961
    assert found.start.tolist() == [2]
    chance = 10.0 ** -float(found.slope[0])
    few = (
        math.comb(27, times) * chance**times * (1 - chance) ** (27 - times) for times in range(6)
    )
    assert sum(few) == pytest.approx(0.05, rel=1e-6)  # the bound of Clopper and Pearson
    assert found.base[0] == pytest.approx(-math.log10(25 / 961 / (1 - chance)), rel=1e-9)


def test_the_rarity_rises_with_every_row_up_to_the_rarest() -> None:
    found = Standstill(np.array([3]), np.array([2.0]), np.array([0.25]))
    assert rarity_of_a_run(found, 5) == 0.0  # not twice the usual
    assert rarity_of_a_run(found, 6) == 2.75
    assert rarity_of_a_run(found, 7) == 3.0
    assert rarity_of_a_run(found, 1000) == RAREST


def test_a_few_equal_rows_are_never_strange() -> None:
    found = known(noise(9))
    assert found.start.tolist() == [1]
    assert rarity_of_a_run(found, FEWEST - 1) == 0.0
    assert rarity_of_a_run(found, FEWEST) == RAREST


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
    assert rarity_of_a_run(found, 25) == 0.0
    assert rarity_of_a_run(found, 48) > 4.0


def test_a_stuck_sensor_in_the_training_part_is_not_usual() -> None:
    values = noise(2)
    clean = known(values)
    values[700:760] = values[700]
    found = known(values)
    assert found.start.tolist() == clean.start.tolist()
    assert rarity_of_a_run(found, FEWEST) > 4.0


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
    assert rarity_of_a_run(found, 10 * ROWS) == 0.0
    assert rarity_of_a_run(found, FEWEST, channel=1) == RAREST


def test_what_comes_after_the_training_part_is_not_measured() -> None:
    values = noise(2)
    usual = known(values)
    values[1300:] = 0.0
    assert known(values).to_list() == usual.to_list()


def test_no_run_leads_from_one_series_to_the_next() -> None:
    names = np.repeat(["a", "b"], ROWS // 2)
    values = np.tile(np.arange(ROWS // 2), 2).astype(float)
    values[[0, ROWS // 2 - 1, ROWS // 2, ROWS - 1]] = 7.5
    assert known(values, series=names).to_list()[0][0] == 1


def test_missing_values_are_no_run() -> None:
    values = noise(9)
    values[::3] = np.nan
    assert known(values).start.tolist() == [1]


def test_a_row_is_judged_by_what_came_before_it_alone() -> None:
    found = known(noise(1), noise(2))
    values = np.column_stack([noise(1, 1), noise(2, 1)])
    values[500:520, 0], values[800:900, 1] = 0.3, 0.1
    seen = np.ones(values.shape, np.bool_)
    whole = found.rarities(values, seen)
    assert (whole[:, 0] > 4).sum() + (whole[:, 1] > 4).sum() > 50
    np.testing.assert_array_equal(found.rarities(values[:850], seen[:850]), whole[:850])
    for row in (0, 515, 899):
        np.testing.assert_array_equal(found.at(values, seen, row), whole[row])


def test_one_row_is_judged_without_looking_at_all_of_them() -> None:
    found = known(noise(9))
    values = np.zeros((3 * MOST_COUNTED, 1))
    assert found.at(values, np.ones(values.shape, np.bool_), len(values) - 1)[0] == RAREST


def test_it_is_saved_and_read_again() -> None:
    found = known(noise(1), np.zeros(ROWS))
    again = Standstill.from_list(found.to_list())
    for name in ("start", "base", "slope"):
        np.testing.assert_array_equal(getattr(found, name), getattr(again, name))


@pytest.mark.parametrize(
    "table",
    [[[1.0, 2.0]], [[-1, 1.0, 1.0]], [[1, 1.0, 0.0]], [[1, 1.0, math.inf]], [[1, 9.0, 1.0]], [3]],
)
def test_what_cannot_have_been_measured_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="stand"):
        Standstill.from_list(table)


def test_a_recipe_can_do_without() -> None:
    prepared = prepare(noise(9), overrides=("score.standstill=false",))
    assert prepared.codec.standstill is None
    stretch = prepared.rows.stretch(0, 0, ROWS, 0)
    assert standing_still(stretch, prepared.codec).tolist() == [0.0] * ROWS
