"""Outliers are single values far beyond all before them; real peaks and new levels are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.outlier_search import FIRST, find_outliers
from seqtune.data.panel.outliers import FOREVER, Outliers
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.reading.source import Source

NAN = float("nan")


def panel_of(*series: Any) -> Panel:
    """Return a panel of series, counted rows."""
    frames = [pd.DataFrame({"id": f"s{n}", "y": values}) for n, values in enumerate(series)]
    return build_panel(Source.from_frame(pd.concat(frames)), PanelRoles(("y",), series="id"))


def ordinary(rows: int = 60) -> list[float]:
    """Return values from 10 to 13, over and over: no distance from the level is over 2."""
    return [float(10 + step % 4) for step in range(rows)]


def found(values: Any, period: int = 1) -> Outliers:
    return find_outliers(panel_of(values), period)


def known_at(outliers: Outliers, rows: int) -> Outliers:
    """Return the outliers of a single series where so many rows are known."""
    return outliers.known_at(np.array([rows]), np.array([0, 1000]))


def test_a_single_false_value_is_found_and_moved_to_the_nearest_around_it() -> None:
    values = ordinary()
    values[41] = 350_000.0
    outliers = found(values)
    assert outliers.rows.tolist() == [41]
    assert outliers.until.tolist() == [FOREVER]
    # the three before are 12, 13 and 10
    assert outliers.values.tolist() == [13.0]
    target = np.array(values)[:, None]
    moved = outliers.applied(target)
    assert moved[41, 0] == 13.0 and target[41, 0] == 350_000.0


def test_false_values_below_zero_are_found() -> None:
    values = ordinary()
    values[41] = -9999.0
    assert found(values).values.tolist() == [10.0]


def test_a_value_is_also_moved_towards_the_one_a_season_before() -> None:
    values = [100.0 if step % 10 == 0 else 10.0 + step % 3 for step in range(80)]
    values[60] = 1e6
    assert found(values, period=10).values.tolist() == [100.0]


def test_without_outliers_the_same_array_comes_back() -> None:
    panel = panel_of(ordinary())
    assert find_outliers(panel, 1).applied(panel.target) is panel.target


@pytest.mark.parametrize("length", [1, 2])
def test_two_rows_in_succession_may_be_outliers(length: int) -> None:
    values = ordinary()
    values[41 : 41 + length] = [350_000.0] * length
    assert found(values).lasting.rows.tolist() == list(range(41, 41 + length))


def test_three_rows_in_succession_are_a_level() -> None:
    values = ordinary()
    values[41:44] = [350_000.0] * 3
    assert len(found(values).lasting) == 0


def test_a_new_level_is_an_outlier_only_until_it_is_known_to_be_one() -> None:
    values = ordinary()
    values[41:] = [10_000.0] * len(values[41:])
    outliers = found(values)
    assert len(outliers.lasting) == 0
    # rows 41 and 42 look like outliers until row 43 is there
    assert outliers.rows.tolist() == [41, 42]
    assert outliers.until.tolist() == [43, 43]
    for rows in range(30, 50):
        short = known_at(found(values[:rows]), rows)
        known = known_at(outliers, rows)
        assert short.rows.tolist() == known.rows.tolist()
        assert short.values.tolist() == known.values.tolist()


def test_a_peak_that_ebbs_away_is_none() -> None:
    values = ordinary()
    values[41:47] = [9000.0, 2000.0, 700.0, 90.0, 50.0, 20.0]
    assert len(found(values).lasting) == 0


def test_a_peak_that_comes_again_and_again_is_a_habit() -> None:
    values = ordinary(400)
    for row in range(50, 400, 25):
        values[row] = 5000.0
    rows = found(values).lasting.rows.tolist()
    assert rows == [50, 75, 100]  # the fourth is none, nor any after it


@pytest.mark.parametrize(
    "values",
    [
        [4.0 * value if step in (40, 41) else value for step, value in enumerate(ordinary())],
        [1.1**step for step in range(200)],
        [0.0] * 40 + [5.0] + [0.0] * 40,
        ([0.0] * 6 + [2.0]) * 12 + [0.0, 30.0, 0.0],
        [7.0] * 60 + [14.0] + [7.0] * 20,
        [*ordinary(FIRST - 2), 1e9],
        np.exp(np.random.default_rng(0).normal(0, 1.5, 1000)),
        np.cumsum(np.random.default_rng(0).normal(0, 1, 1000)),
        [-1e99, 1e99] * 40,
    ],
    ids=["promotion", "growth", "first sale", "bulk", "step", "short", "heavy", "walk", "huge"],
)
def test_what_honest_series_do_is_no_outlier(values: Any) -> None:
    assert len(found(values)) == 0


def test_two_outliers_among_the_first_rows_are_found() -> None:
    values = ordinary()
    values[3], values[8] = 350_000.0, 290_000.0
    assert found(values).rows.tolist() == [3, 8]
    values[0], values[3], values[8] = 350_000.0, 10.0, 10.0
    assert found(values).values.tolist() == [12.0]  # the nearest of the three that follow


def test_the_gap_behind_an_outlier_goes_with_it() -> None:
    values = ordinary()
    values[41:44] = [350_000.0, NAN, NAN]
    outliers = found(values)
    assert outliers.rows.tolist() == [41, 42, 43]
    assert outliers.values.tolist() == [13.0] * 3


def test_an_outlier_at_the_end_is_found() -> None:
    assert found([*ordinary(), 350_000.0]).rows.tolist() == [60]


def test_each_series_is_judged_by_itself() -> None:
    spoiled = ordinary(90)
    spoiled[70] = 1e6
    large = [1e6 * value for value in ordinary(30)]
    sparse = ([0.0] * 6 + [2.0]) * 12
    alone = find_outliers(panel_of(spoiled), 7)
    several = find_outliers(panel_of(large, sparse, spoiled, [1.0], ordinary(20)), 7)
    assert several.rows.tolist() == [30 + 84 + 70]
    assert several.values.tolist() == alone.values.tolist()


def test_what_is_found_does_not_depend_on_what_comes_later() -> None:
    draw = np.random.default_rng(5)
    values = draw.lognormal(0, 0.3, 300)
    for power, row in enumerate((25, 90, 91, 92, 240, 241, 280)):
        values[row] *= 10.0 ** (2 + power / 4)
    whole = found(values, 7)
    assert len(whole.lasting) and len(whole.passing)
    for rows in range(40, 300):
        short = known_at(found(values[:rows], 7), rows)
        known = known_at(whole, rows)
        assert short.rows.tolist() == known.rows.tolist(), rows
        assert short.values.tolist() == known.values.tolist(), rows
