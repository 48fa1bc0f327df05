"""What is put before the network, by hand, and the way back to the user's unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import PanelRoles
from seqtune.data.panel.split import Split
from seqtune.data.panel.window import Windows
from seqtune.data.reading.source import Source
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.preprocessing import (
    MAX_WEIGHT,
    Preprocessed,
    actual_values,
    preprocess,
    step_weights,
)
from seqtune.tasks.forecast.scale import MIN_SCALE

NAN = float("nan")
VALUES = {
    "lookback": 4,
    "preprocessing.scaling": "window",
    "preprocessing.base": "seasonal_naive",
    "preprocessing.covariates": True,
    "preprocessing.calendar": True,
    "preprocessing.embedding": 0,
}


def code(
    columns: dict[str, Any],
    horizon: int,
    periods: tuple[int, ...] = (),
    roles: PanelRoles | None = None,
    train_rows: int | None = None,
) -> tuple[CodedPanel, Codec]:
    """Code a table; its first rows, all by default, are the training rows of each series."""
    frame = pd.DataFrame(columns)
    roles = roles or PanelRoles(("y",), series="id" if "id" in frame else None)
    panel = build_panel(Source.from_frame(frame), roles)
    begin, end = panel.offsets[:-1], panel.offsets[1:]
    last = end if train_rows is None else np.minimum(begin + train_rows, end)
    codec = Codec.fit(
        panel,
        Split(begin, last, end, end),
        roles={"targets": list(roles.targets)},
        horizon=horizon,
        periods=periods,
        levels=(0.1, 0.5, 0.9),
        categories={},
    )
    return codec.encode(panel, last), codec


def window(cut: int, series: int = 0, target: int = 0, limit: int = 10**6) -> Windows:
    return Windows(*(np.array([number]) for number in (series, target, cut, limit)))


def at(coded: tuple[CodedPanel, Codec], where: Windows, **changes: Any) -> Preprocessed:
    values = VALUES | {
        name if name == "lookback" else f"preprocessing.{name}": value
        for name, value in changes.items()
    }
    return preprocess(coded[0], where, coded[1], values)


def test_seasonal_naive_repeats_the_last_season() -> None:
    coded = code({"y": [5, 1, 2, 3, 9, 7, 8, 6, 0, 0, 0]}, horizon=6, periods=(4,))
    preprocessed = at(coded, window(8))
    assert preprocessed.base.tolist() == [[9, 7, 8, 6, 9, 7]]


def test_the_base_may_be_the_last_value_or_the_level() -> None:
    coded = code({"y": [5, 1, 2, 3, 9, 7, 8, 6, 0, 0]}, horizon=2, periods=(4,))
    assert at(coded, window(8), base="naive").base.tolist() == [[6, 6]]
    assert at(coded, window(8), base="none").base.tolist() == [[7.5, 7.5]]  # (9 + 7 + 8 + 6) / 4


def test_seasonal_naive_without_a_season_is_naive() -> None:
    coded = code({"y": [5, 1, 2, 3, 9]}, horizon=2)
    assert at(coded, window(4)).base.tolist() == [[3, 3]]
    assert at(coded, window(4), base="blend").base.tolist() == [[3, 3]]


def test_a_season_that_does_not_fit_is_naive() -> None:
    coded = code({"y": [5, 1, 2, 3, 9, 7, 8, 6]}, horizon=2, periods=(4,))
    for base in ("seasonal_naive", "blend"):
        assert at(coded, window(3), base=base).base.tolist() == [[2, 2]]
        assert at(coded, window(4), base=base).base.tolist() == [[5, 1]]


def test_a_blend_weighs_the_seasons_by_their_errors() -> None:
    # The last two values, 9 and 11, differ from those two before, 10 and 10, by 1 and 1: error 1.
    # The last three, 10, 9, 11, differ from 7, 7, 10 by 3, 2 and 1: error 2. Both levels are 10.
    # So the weights are as 1 to 1/4: 0.8 and 0.2.
    coded = code({"y": [10, 10, 7, 7, 10, 10, 9, 11, 0, 0, 0]}, horizon=2, periods=(2, 3))
    base = at(coded, window(8), base="blend").base
    assert base[0] == pytest.approx([0.8 * 9 + 0.2 * 10, 0.8 * 11 + 0.2 * 9])


def test_a_season_that_never_failed_takes_the_whole_blend() -> None:
    # every third value repeats, the second one does not
    coded = code({"y": [1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 0]}, horizon=2, periods=(2, 3))
    assert at(coded, window(9), base="blend").base[0] == pytest.approx([1, 2], abs=1e-6)


def test_a_blend_of_zeros_is_zero() -> None:
    coded = code({"y": [1, 2, 3] + [0] * 12}, horizon=2, periods=(2, 3))
    assert at(coded, window(13), base="blend").base.tolist() == [[0, 0]]


def test_a_window_is_centred_and_scaled_by_its_own_values() -> None:
    # the last season, 2, 4, 6, 8, has the mean 5; 3, 1, 1 and 3 away from it on average 2
    coded = code({"y": [100, 0, 2, 4, 6, 8, 7, 7]}, horizon=2, periods=(4,))
    coded[0].usual_error[:] = 1.0
    preprocessed = at(coded, window(6))
    assert preprocessed.scale.tolist() == [2]
    assert preprocessed.inputs["history"][0, :, 0].tolist() == [-1.5, -0.5, 0.5, 1.5]
    assert preprocessed.inputs["future"][0, :, 0].tolist() == [-1.5, -0.5]  # the base, 2 and 4
    assert preprocessed.inputs["history"].dtype == np.float32


def test_a_flat_window_has_the_smallest_scale() -> None:
    coded = code({"y": [1, 9, 1, 9, 5, 5, 5, 5, 0, 0]}, horizon=2)
    coded[0].usual_error[:] = 8.0
    assert at(coded, window(8)).scale.tolist() == [8 * MIN_SCALE]


def test_scaling_by_the_series_takes_its_training_rows() -> None:
    coded = code({"y": [2, 4, 6, 8, 1000, 1000]}, horizon=2, train_rows=4)
    preprocessed = at(coded, window(4), scaling="series")
    assert preprocessed.scale[0] == pytest.approx(np.sqrt(5))  # of 3, 1, 1, 3: mean square 5
    assert preprocessed.inputs["history"][0, :, 0] == pytest.approx(
        np.array([-3, -1, 1, 3]) / np.sqrt(5)
    )


def test_no_scaling_leaves_the_values_alone() -> None:
    coded = code({"y": [2, 4, 6, 8, 1, 1]}, horizon=2)
    preprocessed = at(coded, window(4), scaling="none", base="naive")
    assert preprocessed.inputs["history"][0, :, 0].tolist() == [2, 4, 6, 8]
    assert preprocessed.inputs["future"][0, :, 0].tolist() == [8, 8]
    assert preprocessed.scale.tolist() == [1]


@pytest.mark.parametrize("scaling", ["window", "level", "revin", "series", "none"])
@pytest.mark.parametrize("base", ["blend", "growing_blend", "seasonal_naive", "naive", "none"])
def test_restoring_is_the_inverse_of_reducing(scaling: str, base: str) -> None:
    coded = code({"y": [5, 1, 2, 3, 9, 7, 8, 6, 4, 2, 1]}, horizon=3, periods=(4,))
    preprocessed = at(coded, window(8), scaling=scaling, base=base)
    actual = np.array([[4.0, 2.0, 1.0]])
    restored = preprocessed.restore(preprocessed.reduce(actual)[..., None])
    assert restored[..., 0] == pytest.approx(actual, abs=1e-5)


def test_an_output_of_zero_is_the_base() -> None:
    coded = code({"y": [5, 1, 2, 3, 9, 7, 8, 6, 4]}, horizon=2, periods=(4,))
    preprocessed = at(coded, window(8))
    assert preprocessed.restore(np.zeros((1, 2, 3))).tolist() == [[[9] * 3, [7] * 3]]


def test_what_lies_before_a_series_is_empty_and_marked() -> None:
    coded = code({"id": list("aaabbbbb"), "y": [50, 60, 70, 3, 5, 1, 2, 4]}, horizon=2)
    preprocessed = at(coded, window(5, series=1), lookback=4, scaling="none")
    assert preprocessed.inputs["history"][0, :, 0].tolist() == [0, 0, 3, 5]
    assert preprocessed.inputs["history"][0, :, 1].tolist() == [0, 0, 1, 1]


def test_the_scale_of_a_young_window_counts_its_own_values_alone() -> None:
    coded = code({"id": list("aaabbbbb"), "y": [50, 60, 70, 3, 5, 1, 2, 4]}, horizon=2)
    coded[0].usual_error[:] = 1.0
    preprocessed = at(coded, window(5, series=1), lookback=4)
    assert preprocessed.scale.tolist() == [1]  # 3 and 5 are 1 away from 4
    assert preprocessed.inputs["history"][0, :, 0].tolist() == [0, 0, -1, 1]


def test_the_series_before_changes_nothing() -> None:
    columns = {"id": list("aaabbbbb"), "y": [50.0, 60, 70, 3, 5, 1, 2, 4]}
    before = at(code(columns, 2, (2,)), window(5, series=1), base="blend")
    columns["y"][:3] = [-1e9, 1e9, 7]
    after = at(code(columns, 2, (2,)), window(5, series=1), base="blend")
    assert np.array_equal(before.inputs["history"], after.inputs["history"])
    assert np.array_equal(before.base, after.base)


def test_a_gap_is_marked_in_the_history() -> None:
    coded = code({"y": [1, 2, NAN, 4, 5, 6, 7]}, horizon=2)
    history = at(coded, window(4)).inputs["history"]
    assert history[0, :, 1].tolist() == [1, 1, 0, 1]


KNOWN = PanelRoles(("y",), past=("p",), future=("f",))
TABLE = {
    "y": [1, 2, 3, 4, 5, 6, NAN, NAN],
    "p": [1, -1, 1, -1, 1, -1, NAN, NAN],
    "f": [10, 30, 10, 30, 10, 30, 50, 70],
}


def test_covariates_stand_in_the_history_and_those_known_ahead_in_the_future() -> None:
    coded = code(TABLE, horizon=2, roles=KNOWN)
    preprocessed = at(coded, window(4), lookback=3)
    # the mean of p is 0 and its deviation 1; those of f are 20 and 10
    assert preprocessed.inputs["history"][0, :, 2].tolist() == [-1, 1, -1]
    assert preprocessed.inputs["history"][0, :, 3].tolist() == [1, -1, 1]
    assert preprocessed.inputs["future"][0, :, 1].tolist() == [-1, 1]


def test_past_covariates_never_stand_in_the_future() -> None:
    coded = code(TABLE, horizon=2, roles=KNOWN)
    assert at(coded, window(4)).inputs["future"].shape == (1, 2, 2)  # the base and f
    assert at(coded, window(4), covariates=False).inputs["history"].shape == (1, 4, 3)


def test_known_values_past_the_last_row_come_from_ahead() -> None:
    coded = code(TABLE, horizon=2, roles=KNOWN)
    assert at(coded, window(6)).inputs["future"][0, :, 1].tolist() == [3, 5]
    assert at(coded, window(5)).inputs["future"][0, :, 1].tolist() == [1, 3]


def test_a_value_that_nobody_gave_stands_at_its_mean() -> None:
    coded, codec = code(TABLE, horizon=4, roles=KNOWN)
    assert at((coded, codec), window(6)).inputs["future"][0, :, 1].tolist() == [3, 5, 0, 0]
    without = replace(coded, panel=replace(coded.panel, ahead=np.empty((1, 0, 1))))
    assert at((without, codec), window(5)).inputs["future"][0, :, 1].tolist() == [1, 0, 0, 0]


def test_ahead_of_one_series_are_not_the_rows_of_the_next() -> None:
    table = {name: [*column, *column] for name, column in TABLE.items()}
    table["id"] = list("aaaaaaaabbbbbbbb")
    table["f"][14:] = [90, 110]
    coded = code(table, horizon=2, roles=replace(KNOWN, series="id"))
    assert at(coded, window(6)).inputs["future"][0, :, 1].tolist() == [3, 5]
    assert at(coded, window(12, series=1)).inputs["future"][0, :, 1].tolist() == [7, 9]


def test_calendar_features_run_on_into_the_future() -> None:
    days = pd.date_range("2024-01-01", periods=20, freq="D")  # from a Monday on
    coded = code({"t": days, "y": range(20)}, 9, roles=PanelRoles(("y",), time="t"))
    preprocessed = at(coded, window(20), lookback=6)
    history, future = preprocessed.inputs["history"][0], preprocessed.inputs["future"][0]
    # the week, which 20 days hold twice; not the year
    assert (history.shape, future.shape) == ((6, 4), (9, 3))
    # sine of the weekday: a week lies between the last six days and those from the second on
    assert future[1:7, 1] == pytest.approx(history[:, 2], abs=1e-5)
    assert len(np.unique(future[:7, 1].round(4))) == 7
    plain = at(coded, window(20), lookback=6, calendar=False)
    assert plain.inputs["history"].shape == (1, 6, 2)


def test_each_target_of_each_series_has_an_identity_of_its_own() -> None:
    roles = PanelRoles(("y", "z"), series="id")
    table = {"id": list("aaaabbbb"), "y": range(8), "z": range(8)}
    coded = code(table, horizon=1, roles=roles)
    found = [
        at(coded, window(4 * series + 3, series, target), embedding=2).inputs["identity"].tolist()
        for series in (0, 1)
        for target in (0, 1)
    ]
    assert found == [[1], [2], [3], [4]]
    assert at(coded, window(3), embedding=2).inputs["identity"].dtype == np.int32
    assert "identity" not in at(coded, window(3), embedding=0).inputs


def test_a_single_series_needs_no_identity() -> None:
    coded = code({"y": range(8)}, horizon=1)
    assert "identity" not in at(coded, window(5), embedding=2).inputs


def test_the_second_target_has_its_own_history() -> None:
    coded = code({"y": [1, 2, 3, 4], "z": [5, 6, 7, 8]}, 1, roles=PanelRoles(("y", "z")))
    preprocessed = at(coded, window(3, target=1), lookback=3, scaling="none", base="naive")
    assert preprocessed.inputs["history"][0, :, 0].tolist() == [5, 6, 7]
    assert preprocessed.base.tolist() == [[7]]


def test_the_truth_ends_at_the_limit_and_at_gaps() -> None:
    coded, _ = code({"y": [1, 2, 3, 4, 5, NAN, 7, 8]}, horizon=4)
    actual, observed = actual_values(coded, window(4, limit=7), 4)
    assert observed.tolist() == [[True, False, True, False]]
    assert actual[0, [0, 2]].tolist() == [5, 7]
    assert np.isnan(actual[0, 3])


def test_steps_weigh_in_units_of_mase_and_nothing_unless_observed() -> None:
    coded, codec = code({"y": [1, 2, 3, 4, 5, 6]}, horizon=2)
    coded.usual_error[:] = 4.0
    preprocessed = at((coded, codec), window(4))
    observed = np.array([[5.0, 6.0]]), np.array([[True, False]])
    scale = float(preprocessed.scale[0])
    weights = step_weights(coded, window(4), preprocessed, observed, "scaled_quantile")
    assert weights.tolist() == [[pytest.approx(scale / 4), 0]]
    assert step_weights(coded, window(4), preprocessed, observed, "quantile").tolist() == [[1, 0]]
    coded.usual_error[:] = 1e-6
    weights = step_weights(coded, window(4), preprocessed, observed, "scaled_quantile")
    assert weights.tolist() == [[MAX_WEIGHT, 0]]


def test_relative_errors_weigh_by_the_level_of_truth_and_base() -> None:
    coded, codec = code({"y": [1, 2, 3, 4, 5, 6]}, horizon=2)
    preprocessed = at((coded, codec), window(4), base="naive")  # the base is 4
    truth = np.array([[6.0, 1e9]]), np.array([[True, False]])
    weights = step_weights(coded, window(4), preprocessed, truth, "relative_quantile")
    assert weights.tolist() == [[pytest.approx(5 * preprocessed.scale[0] / 5.0), 0]]
    zeros = replace(preprocessed, base=np.zeros((1, 2)))
    truth = np.zeros((1, 2)), np.array([[True, True]])
    weights = step_weights(coded, window(4), zeros, truth, "relative_quantile")
    assert weights.tolist() == [[MAX_WEIGHT, MAX_WEIGHT]]


def test_a_balanced_loss_weighs_half_like_mase_and_half_like_smape() -> None:
    coded, codec = code({"y": [1, 2, 3, 4, 5, 6]}, horizon=2)
    preprocessed = at((coded, codec), window(4), base="naive")
    truth = np.array([[6.0, 0.0]]), np.array([[True, True]])
    scaled, relative, balanced = (
        step_weights(coded, window(4), preprocessed, truth, f"{each}_quantile")
        for each in ("scaled", "relative", "balanced")
    )
    assert relative[0, 0] != relative[0, 1]
    np.testing.assert_allclose(balanced, (scaled + relative) / 2)
    coded.usual_error[:] = 1e-9  # neither half is more than the largest weight
    balanced = step_weights(coded, window(4), preprocessed, truth, "balanced_quantile")
    np.testing.assert_allclose(balanced, (MAX_WEIGHT + relative) / 2)


def test_a_growing_blend_grows_with_the_level() -> None:
    # the last season is twice the one before: each further one is doubled again
    coded = code({"y": [1, 2, 3, 2, 4, 6, 0, 0, 0, 0]}, horizon=4, periods=(3,))
    assert at(coded, window(6), base="growing_blend").base.tolist() == [[4, 8, 12, 8]]
    tenfold = code({"y": [1, 2, 3, 10, 20, 30, 0]}, horizon=1, periods=(3,))
    assert at(tenfold, window(6), base="growing_blend").base.tolist() == [[20]]  # twice at most


@pytest.mark.parametrize("rows", [[-1, 2, 3, 2, 4, 6], [0, 2, 3, 2, 4, 6], [9, 2, 4, 6]])
def test_what_is_not_above_zero_or_too_short_does_not_grow(rows: list[float]) -> None:
    coded = code({"y": [*rows, 0, 0]}, horizon=2, periods=(3,))
    cut = window(len(rows))
    plain = at(coded, cut, base="blend").base.tolist()
    assert at(coded, cut, base="growing_blend").base.tolist() == plain == [[2, 4]]


def test_reversible_normalisation_takes_out_mean_and_deviation() -> None:
    coded = code({"y": [100, 0, 2, 4, 6, 8, 7, 7]}, horizon=2, periods=(4,))
    coded[0].usual_error[:] = 1.0
    preprocessed = at(coded, window(6), scaling="revin", base="none")
    assert preprocessed.scale.tolist() == [pytest.approx(np.sqrt(5))]
    assert preprocessed.base.tolist() == [[5, 5]]
    flat = code({"y": [1, 9, 1, 9, 5, 5, 5, 5, 0, 0]}, horizon=2)
    flat[0].usual_error[:] = 8.0
    assert at(flat, window(8), scaling="revin").scale.tolist() == [8 * MIN_SCALE]


@pytest.mark.parametrize("cut", [2, 3, 5])
def test_a_column_that_starts_later_is_not_known_before(cut: int) -> None:
    """Change the first value of a target and of a covariate; no window before it may notice."""

    def inputs(late: float) -> Preprocessed:
        columns = {
            "a": [1.0, 2, 3, 4, 5, 6, 7, 8],
            "b": [NAN, NAN, NAN, NAN, NAN, late, 7, 8],
            "x": [NAN, NAN, NAN, NAN, NAN, late, 1, 2],
        }
        roles = PanelRoles(("a", "b"), past=("x",))
        coded = code(columns, horizon=2, periods=(2,), roles=roles, train_rows=4)
        return at(coded, window(cut, target=1), base="blend", lookback=3)

    first, second = inputs(6.0), inputs(600.0)
    for name, array in first.inputs.items():
        np.testing.assert_array_equal(array, second.inputs[name], err_msg=name)
    assert first.base.tolist() == second.base.tolist() == [[0, 0]]


def test_windows_without_any_history_weigh_nothing() -> None:
    columns = {"a": [1.0, 2, 3, 4], "b": [NAN, NAN, 3, 4]}
    coded = code(columns, horizon=1, roles=PanelRoles(("a", "b")))
    for cut, weight in ((2, 0.0), (3, 1.0)):
        where = window(cut, target=1)
        preprocessed = at(coded, where)
        truth = actual_values(coded[0], where, 1)
        assert truth[1].all()
        for loss in ("quantile", "relative_quantile"):
            found = step_weights(coded[0], where, preprocessed, truth, loss)
            assert (found > 0).tolist() == [[weight > 0]]
        assert step_weights(coded[0], where, preprocessed, truth, "quantile").tolist() == [[weight]]
