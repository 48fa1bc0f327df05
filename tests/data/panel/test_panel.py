from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.fill import fill_series
from seqtune.data.panel.grid import Grid
from seqtune.data.panel.join import join_panels
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.store import FORMAT, load_panel, save_panel
from seqtune.data.reading.numbered_times import times_of_digits
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, RunError

NAN = float("nan")
HOURS = ["2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00", "2024-01-01 03:00"]


def panel_of(columns: dict[str, Any], roles: PanelRoles | None = None, **options: Any) -> Panel:
    frame = pd.DataFrame(columns)
    if roles is None:
        roles = PanelRoles(
            targets=("y",),
            time="t" if "t" in frame else None,
            series="id" if "id" in frame else None,
        )
    return build_panel(Source.from_frame(frame), roles, **options)


def values(panel: Panel) -> list[float]:
    return panel.target[:, 0].tolist()


def test_one_series_with_dates() -> None:
    panel = panel_of({"t": HOURS, "y": [1, 2, 3, 4]})
    assert (panel.series, panel.offsets.tolist(), panel.starts.tolist()) == (("",), [0, 4], [0])
    assert panel.grid == Grid("h", "2024-01-01T00:00:00")
    assert values(panel) == [1, 2, 3, 4]
    assert panel.observed.all()
    assert panel.notes == ()
    assert (panel.past.shape, panel.future.shape) == ((4, 0), (4, 0))
    assert (panel.static.shape, panel.ahead.shape) == ((1, 0), (1, 0, 0))
    assert (panel.rows, panel.lengths.tolist()) == (4, [4])


def test_one_row() -> None:
    panel = panel_of({"t": HOURS[:1], "y": [5.0]})
    assert (values(panel), panel.offsets.tolist()) == ([5], [0, 1])


def test_without_a_time_column_rows_are_counted_in_each_series() -> None:
    panel = panel_of({"id": ["b", "a", "b", "a", "b"], "y": [1, 10, 2, 20, 3]})
    assert panel.series == ("b", "a")
    assert panel.grid == Grid("step", 0, 1, "rows")
    assert values(panel) == [1, 2, 3, 10, 20]
    assert panel.starts.tolist() == [0, 0]


def test_rows_in_any_order_become_contiguous_series() -> None:
    panel = panel_of(
        {
            "id": ["a", "b", "a", "b", "a"],
            "t": [HOURS[2], HOURS[3], HOURS[0], HOURS[2], HOURS[1]],
            "y": [3, 40, 1, 30, 2],
        }
    )
    assert panel.offsets.tolist() == [0, 3, 5]
    assert panel.starts.tolist() == [0, 2]
    assert values(panel) == [1, 2, 3, 30, 40]


def test_missing_steps_and_values_are_interpolated_and_marked() -> None:
    panel = panel_of({"t": [0, 1, 2, 4, 5, 8], "y": [0.0, NAN, 20.0, 40.0, 50.0, 20.0]})
    assert values(panel) == [0, 0, 20, 20, 40, 50, 50, 50, 20]
    assert panel.observed[:, 0].tolist() == [
        True, False, True, False, True, True, False, False, True,
    ]  # fmt: skip
    assert panel.notes == (
        "3 missing steps filled with the value before",
        "1 missing value of 'y' filled with the value before",
    )


def test_filling_never_crosses_series() -> None:
    panel = panel_of(
        {
            "id": ["a", "a", "a", "b", "b", "b"],
            "t": [0, 1, 2, 0, 1, 2],
            "y": [1.0, 1.0, 1.0, 9.0, 9.0, 9.0],
            "x": [NAN, 2.0, NAN, NAN, NAN, 7.0],
        },
        PanelRoles(("y",), "t", "id", past=("x",)),
    )
    np.testing.assert_array_equal(panel.past[:, 0], [NAN, 2, 2, NAN, NAN, 7])
    assert panel.notes == ("4 missing values of 'x' filled with the value before",)


def test_filling_carries_the_last_value_forward_by_hand() -> None:
    column = np.array([[NAN], [1.0], [NAN], [NAN], [7.0], [NAN], [NAN], [5.0], [NAN]])
    fill_series(column, np.array([0, 6, 6, 7, 9]))
    # The third series has no value at all.
    np.testing.assert_array_equal(column.ravel(), [NAN, 1, 1, 1, 7, 7, NAN, 5, 5])


def test_what_comes_after_a_gap_does_not_change_how_it_is_filled() -> None:
    first = panel_of({"t": [0, 1, 4], "y": [1.0, 2.0, 5.0]})
    second = panel_of({"t": [0, 1, 4], "y": [1.0, 2.0, 500.0]})
    assert values(first)[:4] == values(second)[:4] == [1, 2, 2, 2]


@pytest.mark.parametrize(
    ("policy", "expected", "note"),
    [
        ("mean", [2.0, 5.0], "2 duplicated timestamps averaged"),
        ("sum", [6.0, 5.0], "2 duplicated timestamps summed"),
        ("first", [3.0, 5.0], "2 duplicated timestamps merged, the first kept"),
        ("last", [1.0, 5.0], "2 duplicated timestamps merged, the last kept"),
    ],
)
def test_duplicated_timestamps_follow_the_policy(
    policy: str, expected: list[float], note: str
) -> None:
    columns = {"t": [1, 0, 0, 0], "y": [5.0, 3.0, 2.0, 1.0]}
    panel = panel_of(columns, duplicates=policy)
    assert values(panel) == expected
    assert panel.notes == (note,)


def test_missing_values_do_not_count_among_duplicates() -> None:
    columns = {"t": [0, 0, 1, 1], "y": [4.0, NAN, NAN, 6.0]}
    for policy in ("mean", "sum", "first", "last"):
        assert values(panel_of(columns, duplicates=policy)) == [4, 6]


def test_duplicates_can_be_refused_with_both_lines() -> None:
    with pytest.raises(DataError, match=r"data.*2024-01-01T01.*already") as caught:
        panel_of({"t": [HOURS[0], HOURS[1], HOURS[1]], "y": [1, 2, 3]}, duplicates="error")
    assert caught.value.hint


def test_equal_times_of_different_series_are_no_duplicates() -> None:
    panel = panel_of({"id": ["a", "b"], "t": [0, 0], "y": [1, 2]}, duplicates="error")
    assert values(panel) == [1, 2]


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(DataError, match="'median' is not one of auto, mean"):
        panel_of({"t": [0, 1], "y": [1, 2]}, duplicates="median")


def test_the_hour_that_daylight_saving_repeats_is_averaged_and_the_lost_one_filled() -> None:
    axis = pd.date_range("2024-01-01", periods=48, freq="h").to_numpy()
    times = np.concatenate([axis[:10], axis[11:30], axis[29:]])  # one lost, one twice
    y = np.arange(len(times), dtype=float)
    panel = panel_of({"t": times, "y": y})
    assert panel.rows == 48
    assert panel.notes == (
        "1 duplicated timestamp averaged",
        "1 missing step filled with the value before",
    )
    assert (values(panel)[10], values(panel)[29]) == (9, 28.5)


def test_irregular_times_are_averaged_on_the_natural_grid() -> None:
    minutes = np.random.default_rng(0).exponential(50, 300).cumsum().astype("timedelta64[m]")
    times = np.datetime64("2024-01-01", "ns") + minutes
    y = np.arange(300.0)
    panel = panel_of({"t": times, "y": y})
    halves = (times - np.datetime64("2024-01-01", "ns")) // np.timedelta64(30, "m")
    expected = pd.Series(y).groupby(halves).mean()
    steps = panel.grid.index(times)
    assert panel.target[steps, 0] == pytest.approx(expected.loc[halves].to_numpy())
    assert panel.notes[0].startswith("irregular times: resampled to '30min'")
    assert panel.notes[1] == f"300 rows averaged into {len(expected)} steps"


def test_a_coarser_frequency_aggregates() -> None:
    times = pd.date_range("2024-01-01", periods=48, freq="h").to_numpy()
    columns = {"t": times, "y": np.repeat([1.0, 3.0], [36, 12])}
    assert values(panel_of(columns, frequency="D")) == [1, 2]
    assert values(panel_of(columns, frequency="D", duplicates="sum")) == [24, 48]
    assert values(panel_of(columns, frequency="D", duplicates="last")) == [1, 3]
    assert panel_of(columns, frequency="D").notes == (
        "aggregated to 'D'", "48 rows averaged into 2 steps",
    )  # fmt: skip


def test_several_targets_are_filled_one_by_one() -> None:
    panel = panel_of(
        {"t": [0, 1, 2], "a": [1.0, NAN, 3.0], "b": [NAN, 5.0, 6.0]},
        PanelRoles(targets=("a", "b"), time="t"),
    )
    assert panel.target.tolist() == [[1, 0], [1, 5], [3, 6]]
    assert panel.observed.tolist() == [[True, False], [False, True], [True, True]]


def test_rows_before_the_first_and_after_the_last_target_are_cut_off() -> None:
    panel = panel_of(
        {"t": range(6), "y": [NAN, NAN, 1.0, 2.0, NAN, NAN], "x": range(6)},
        PanelRoles(("y",), "t", past=("x",)),
    )
    assert (values(panel), panel.past[:, 0].tolist()) == ([1, 2], [2, 3])
    assert panel.starts.tolist() == [2]
    assert panel.notes == (
        "2 rows before the first value of 'y' cut off",
        "2 rows after the last value of 'y' cut off",
    )


def test_covariates_known_ahead_stand_behind_the_last_target() -> None:
    panel = panel_of(
        {
            "id": ["a"] * 4 + ["b"] * 3,
            "t": [0, 1, 2, 4, 0, 1, 2],
            "y": [1.0, 2.0, NAN, NAN, 5.0, 6.0, 7.0],
            "x": [10.0, 11.0, 12.0, 14.0, 20.0, 21.0, 22.0],
        },
        PanelRoles(("y",), "t", "id", future=("x",)),
    )
    assert values(panel) == [1, 2, 5, 6, 7]
    assert panel.future[:, 0].tolist() == [10, 11, 20, 21, 22]
    expected = [[[12], [NAN], [14]], [[NAN], [NAN], [NAN]]]
    np.testing.assert_array_equal(panel.ahead, expected)
    assert panel.notes == ("2 rows after the last value of 'y' taken as known ahead",)


def test_series_without_any_target_are_dropped_by_name() -> None:
    panel = panel_of(
        {
            "id": ["a", "b", "b", "c", "c"],
            "t": [0, 0, 1, 0, 1],
            "y": [NAN, 1.0, 2.0, 3.0, 4.0],
            "size": [7, 8, 8, 9, 9],
        },
        PanelRoles(("y",), "t", "id", static=("size",)),
    )
    assert (panel.series, panel.static.tolist()) == (("b", "c"), [[8], [9]])
    assert panel.notes == ("series without any value of 'y' dropped: 'a'",)


def test_no_target_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="all values of 'y' are missing"):
        panel_of({"t": [0, 1], "y": [NAN, NAN]})


def test_a_stray_date_is_named_before_it_fills_the_memory() -> None:
    times = ["1970-01-01 00:00:00", *pd.date_range("2024-01-01", periods=50, freq="s").astype(str)]
    with pytest.raises(DataError, match=r"1970-01-01T00:00:00.*would turn 51 rows into 17\d{8}"):
        panel_of({"t": times[25:] + times[:25], "y": range(51)})


def test_a_stray_date_at_the_end_is_the_one_named() -> None:
    times = [*pd.date_range("2024-01-01", periods=50, freq="s").astype(str), "2124-01-01 00:00:00"]
    with pytest.raises(DataError, match="2124-01-01T00:00:00"):
        panel_of({"t": times, "y": range(51)})


def test_covariates_too_far_ahead_are_refused() -> None:
    times = [*pd.date_range("2024-01-01", periods=50, freq="s").astype(str), "2124-01-01 00:00:00"]
    with pytest.raises(DataError, match="steps ahead"):
        panel_of(
            {"t": times, "y": [*range(50), NAN], "x": range(51)},
            PanelRoles(("y",), "t", future=("x",)),
        )


def test_a_small_table_may_be_sparse() -> None:
    assert panel_of({"t": [0, 1, 1000], "y": [0, 1, 1000]}).rows == 1001


def test_integers_written_like_dates_are_dates() -> None:
    panel = panel_of({"t": [20240130, 20240131, 20240201], "y": [1, 2, 3]})
    assert panel.grid == Grid("D", "2024-01-30T00:00:00")
    assert "20240130" in panel.notes[0]
    months = times_of_digits(np.array([202311, 202312, 202401]))
    assert months is not None
    assert months.astype("datetime64[M]").astype(str).tolist() == ["2023-11", "2023-12", "2024-01"]


@pytest.mark.parametrize("values", [[20240131, 20240231], [202412, 202413], [1, 2], [5]])
def test_other_integers_are_steps(values: list[int]) -> None:
    assert times_of_digits(np.array(values)) is None


def test_a_time_that_is_missing_or_broken_is_refused() -> None:
    with pytest.raises(DataError, match=r"'t'.*found nothing"):
        panel_of({"t": [0.0, NAN, 2.0], "y": [1, 2, 3]})
    with pytest.raises(DataError, match=r"the time is 1\.5, expected a date or a whole number"):
        panel_of({"t": [0.0, 1.5, 2.0], "y": [1, 2, 3]})


def test_a_row_without_its_series_is_refused() -> None:
    with pytest.raises(DataError, match="column 'id' is empty"):
        panel_of({"id": ["a", None], "t": [0, 1], "y": [1, 2]})


def test_static_text_becomes_codes_that_a_run_keeps() -> None:
    roles = PanelRoles(("y",), "t", "id", static=("town", "size"))
    columns = {
        "id": ["a", "a", "b", "c"], "t": [0, 1, 0, 0], "y": [1, 2, 3, 4],
        "town": ["Ulm", "Ulm", "Bonn", None], "size": [2.0, NAN, NAN, 4.0],
    }  # fmt: skip
    panel = panel_of(columns, roles)
    assert panel.categories == {"town": ("Bonn", "Ulm")}
    assert panel.static.tolist() == [[1, 2], [0, 3], [-1, 4]]  # 3: the median of 2 and 4
    other = {**columns, "town": ["Ulm", "Ulm", "Köln", "Köln"]}
    again = panel_of(other, roles, categories=panel.categories)
    assert again.static[:, 0].tolist() == [1, -1, -1]


def test_a_static_column_that_changes_is_refused() -> None:
    with pytest.raises(DataError, match="'size' changes within its series") as caught:
        panel_of(
            {"id": ["a", "a"], "t": [0, 1], "y": [1, 2], "size": [1, 2]},
            PanelRoles(("y",), "t", "id", static=("size",)),
        )
    assert caught.value.hint == "use it as a covariate: --past size"


def test_new_rows_are_placed_on_the_grid_of_the_run() -> None:
    grid = Grid("h", "2023-12-31T22:00:00")
    panel = panel_of({"t": HOURS, "y": [1, 2, 3, 4]}, grid=grid)
    assert (panel.grid, panel.starts.tolist()) == (grid, [2])


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (["2024-01-01 00:10", "2024-01-01 01:10"], "is not on the grid"),
        (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"], "'D' apart, the run has 'h'"),
        ([1, 2, 3], "holds integers; the run was fitted on dates"),
    ],
)
def test_new_rows_off_the_grid_are_refused(times: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        panel_of({"t": times, "y": range(len(times))}, grid=Grid("h", "2023-12-31T22:00:00"))


def test_new_rows_are_aggregated_again_where_the_run_did_so() -> None:
    grid = Grid("D", "2023-12-01T00:00:00", snap="floor")
    panel = panel_of({"t": HOURS, "y": [1, 2, 3, 4]}, grid=grid)
    assert (values(panel), panel.starts.tolist()) == ([2.5], [31])


def test_the_panel_does_not_depend_on_the_order_of_rows() -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"id": np.repeat(list("abc"), 40), "t": np.tile(np.arange(40), 3)})
    frame["y"] = random.normal(size=120)
    frame = frame[random.random(120) > 0.2]
    expected = panel_of(dict(frame))
    shuffled = frame.sample(frac=1.0, random_state=0).reset_index(drop=True)
    found = panel_of(dict(shuffled))
    for code, name in enumerate(found.series):
        other = expected.series.index(name)
        rows = slice(found.offsets[code], found.offsets[code + 1])
        same = slice(expected.offsets[other], expected.offsets[other + 1])
        assert found.starts[code] == expected.starts[other]
        np.testing.assert_array_equal(found.target[rows], expected.target[same])


# joining


def test_new_rows_follow_the_history_of_their_series() -> None:
    history = panel_of({"id": ["a"] * 3 + ["b"] * 2, "t": [0, 1, 2, 5, 6], "y": [1, 2, 3, 50, 60]})
    new = panel_of(
        {"id": ["b", "a", "a", "c"], "t": [7, 3, 4, 1], "y": [70, 4, 5, 9]}, grid=history.grid
    )
    joined, first = join_panels(history, new)
    assert joined.series == ("b", "a", "c")
    assert joined.offsets.tolist() == [0, 3, 8, 9]
    assert values(joined) == [50, 60, 70, 1, 2, 3, 4, 5, 9]
    assert first.tolist() == [2, 3, 0]
    assert joined.starts.tolist() == [5, 0, 1]


def test_on_overlap_the_new_value_wins_if_there_is_one() -> None:
    history = panel_of({"t": [0, 1, 2, 3], "y": [1.0, 2.0, 3.0, 4.0]})
    new = panel_of({"t": [2, 3, 4], "y": [30.0, NAN, 50.0]}, grid=history.grid)
    joined, first = join_panels(history, new)
    assert (values(joined), first.tolist()) == ([1, 2, 30, 4, 50], [2])
    assert joined.observed.all()


def test_the_gap_between_history_and_new_rows_is_filled() -> None:
    history = panel_of({"t": [0, 1, 2], "y": [1.0, 2.0, 3.0]})
    new = panel_of({"t": [5, 6], "y": [6.0, 7.0]}, grid=history.grid)
    joined, first = join_panels(history, new)
    assert (values(joined), first.tolist()) == ([1, 2, 3, 3, 3, 6, 7], [5])
    assert joined.observed[:, 0].tolist() == [True] * 3 + [False] * 2 + [True] * 2


def test_values_that_the_history_filled_are_filled_anew() -> None:
    history = panel_of({"t": [0, 1, 3], "y": [0.0, 1.0, 3.0]})
    new = panel_of({"t": [2, 3], "y": [NAN, 9.0]}, grid=history.grid)
    joined, first = join_panels(history, new)
    assert (values(joined), first.tolist()) == ([0, 1, 1, 9], [3])


def test_counted_rows_are_appended() -> None:
    history, new = panel_of({"y": [1, 2, 3]}), panel_of({"y": [4, 5]})
    joined, first = join_panels(history, new)
    assert (values(joined), first.tolist()) == ([1, 2, 3, 4, 5], [3])


def test_counted_rows_that_begin_with_the_whole_history_are_the_series_anew() -> None:
    history, new = panel_of({"y": [1, NAN, 3]}), panel_of({"y": [1, NAN, 3, 4]})
    joined, first = join_panels(history, new)
    assert (values(joined), first.tolist()) == ([1, 1, 3, 4], [0])
    assert "none is taken twice" in joined.notes[-1]
    # one other value, or fewer rows: they follow
    for rows in ([1, NAN, 2, 4], [1, 1, 3, 4], [1, NAN]):
        joined, first = join_panels(history, panel_of({"y": rows}))
        assert first.tolist() == [3]
        assert not any("twice" in note for note in joined.notes)


def test_future_covariates_alone_extend_what_is_known_ahead() -> None:
    roles = PanelRoles(("y",), "t", "id", past=("p",), future=("x",), static=("s", "n"))
    history = panel_of(
        {
            "id": ["a", "a", "b"], "t": [0, 1, 0], "y": [1, 2, 3], "p": [0, 0, 0],
            "x": [10, 11, 20], "s": ["u", "u", "v"], "n": [5, 5, 6],
        },
        roles,
    )  # fmt: skip
    new = panel_of(
        {"id": ["a", "a"], "t": [2, 3], "x": [12, 13]}, roles, grid=history.grid, allow_empty=True
    )
    assert (new.rows, new.lengths.tolist(), new.ahead[:, :, 0].tolist()) == (0, [0], [[12, 13]])
    joined, first = join_panels(history, new)
    assert joined.series == ("a",)
    assert (values(joined), joined.ahead[:, :, 0].tolist()) == ([1, 2], [[12, 13]])
    assert first.tolist() == [2]
    assert joined.static.tolist() == [[0, 5]]


def test_known_ahead_values_become_rows_once_their_target_is_there() -> None:
    roles = PanelRoles(("y",), "t", future=("x",))
    history = panel_of({"t": [0, 1, 2], "y": [1.0, 2.0, NAN], "x": [10, 11, 12]}, roles)
    new = panel_of({"t": [2, 3], "y": [3.0, NAN], "x": [15.0, 13.0]}, roles, grid=history.grid)
    joined, first = join_panels(history, new)
    assert (values(joined), joined.future[:, 0].tolist()) == ([1, 2, 3], [10, 11, 15])
    assert (joined.ahead.tolist(), first.tolist()) == ([[[13]]], [2])


def test_panels_of_other_grids_or_columns_are_not_joined() -> None:
    history = panel_of({"t": HOURS, "y": [1, 2, 3, 4]})
    with pytest.raises(DataError, match="another grid"):
        join_panels(history, panel_of({"t": [0, 1], "y": [1, 2]}))
    other = panel_of({"t": HOURS, "z": [1, 2, 3, 4]}, PanelRoles(("z",), "t"))
    with pytest.raises(DataError, match="target columns are"):
        join_panels(history, other)


def test_new_rows_centuries_later_are_refused() -> None:
    history = panel_of({"t": [0, 1, 2], "y": [1, 2, 3]})
    new = panel_of({"t": [9_000_000, 9_000_001], "y": [1, 2]}, grid=history.grid)
    with pytest.raises(DataError, match="too far from the history"):
        join_panels(history, new)


# on disk


def stored(folder: Path) -> Path:
    panel = panel_of(
        {
            "id": ["a", "a", "a", "é"], "t": [0, 1, 3, 1], "y": [1.0, 2.0, 4.0, 5.0],
            "x": [1, 2, 3, 4], "f": [4, 5, 6, 7], "s": ["u", "u", "u", "v"],
        },
        PanelRoles(("y",), "t", "id", past=("x",), future=("f",), static=("s",)),
    )  # fmt: skip
    save_panel(panel, folder / "panel")
    return folder / "panel"


ARRAYS = ("offsets", "starts", "target", "observed", "past", "future", "static", "ahead")


@pytest.mark.parametrize("mmap", [True, False])
def test_a_panel_is_loaded_as_it_was_saved(tmp_path: Path, mmap: bool) -> None:
    panel = load_panel(stored(tmp_path), mmap)
    assert (panel.series, panel.grid) == (("a", "é"), Grid("step", 0))
    assert panel.categories == {"s": ("u", "v")}
    assert panel.notes == ("1 missing step filled with the value before",)
    assert (panel.past_names, panel.future_names, panel.static_names) == (("x",), ("f",), ("s",))
    assert (values(panel), panel.observed[:, 0].tolist()) == (
        [1, 2, 2, 4, 5],
        [True, True, False, True, True],
    )
    assert panel.ahead.shape == (2, 0, 1)
    assert isinstance(panel.target, np.memmap) is mmap


def test_saving_leaves_only_flat_arrays_and_one_json(tmp_path: Path) -> None:
    folder = stored(tmp_path)
    assert {p.name for p in folder.iterdir()} == {"panel.json", *(f"{a}.npy" for a in ARRAYS)}
    assert list(tmp_path.iterdir()) == [folder]


def test_saving_again_replaces_the_folder(tmp_path: Path) -> None:
    folder = stored(tmp_path)
    save_panel(panel_of({"y": [7, 8]}), folder)
    assert values(load_panel(folder)) == [7, 8]
    assert list(tmp_path.iterdir()) == [folder]


def damage(folder: Path, how: str) -> None:
    file = folder / "panel.json"
    names = json.loads(file.read_text(encoding="utf-8"))
    if how == "truncated":
        (folder / "target.npy").write_bytes((folder / "target.npy").read_bytes()[:-8])
    elif how == "array missing":
        (folder / "past.npy").unlink()
    elif how == "pickled":
        np.save(folder / "target.npy", np.array([{}], dtype=object), allow_pickle=True)
    elif how == "other type":
        np.save(folder / "target.npy", np.zeros((5, 1), dtype=np.float32))
    elif how == "not JSON":
        file.write_text("{", encoding="utf-8")
    elif how == "a list":
        file.write_text("[]", encoding="utf-8")
    elif how == "offsets":
        np.save(folder / "offsets.npy", np.array([0, 6, 5]))
    else:
        changes = {
            "no grid": {"grid": None},
            "grid keys": {"grid": {"speed": 1}},
            "series": {"series": ["a"]},
            "series type": {"series": [1, 2]},
            "no format": {"format": None},
        }
        file.write_text(json.dumps({**names, **changes[how]}), encoding="utf-8")


DAMAGES = (
    "truncated", "array missing", "pickled", "other type", "not JSON", "a list", "offsets",
    "no grid", "grid keys", "series", "series type", "no format",
)  # fmt: skip


@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_panel_is_refused(tmp_path: Path, how: str, mmap: bool) -> None:
    folder = stored(tmp_path)
    damage(folder, how)
    with pytest.raises(RunError) as caught:
        load_panel(folder, mmap)
    assert str(folder) in caught.value.message
    assert caught.value.hint


def test_a_missing_panel_and_a_newer_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"panel\.json is missing"):
        load_panel(tmp_path / "nowhere")
    folder = stored(tmp_path)
    names = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
    (folder / "panel.json").write_text(json.dumps({**names, "format": FORMAT + 1}))
    with pytest.raises(RunError, match=f"panel format {FORMAT + 1}; this seqtune reads up to"):
        load_panel(folder)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        save_panel(panel_of({"y": [1, 2]}), tmp_path / "file" / "panel")
