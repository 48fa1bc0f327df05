"""Panels of any shape: what was never negative, what never changes, what is mostly zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from seqtune.baselines.forecast import croston
from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.split import Split
from seqtune.data.panel.window import Windows
from seqtune.data.reading.source import Source
from seqtune.progress import Event, Note
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.floor import floored
from seqtune.tasks.forecast.measure import first_negative, moments
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.scale import center_and_scale
from seqtune.tasks.forecast.simple_methods import problem_of
from seqtune.tasks.forecast.task import TASK
from seqtune.workflow.options import FitOptions, load_recipe


def panel_of(**series: list[float]) -> Panel:
    frame = pd.DataFrame([(name, value) for name, values in series.items() for value in values])
    frame.columns = pd.Index(["id", "y"])
    return build_panel(Source.from_frame(frame), PanelRoles(targets=("y",), series="id"))


def codec_of(panel: Panel) -> Codec:
    end = panel.offsets[1:]
    return Codec.fit(
        panel,
        Split(panel.offsets[:-1], end, end, end),
        roles={"targets": ["y"], "time": None, "series": "id"},
        horizon=1,
        periods=(),
        levels=(0.5,),
        categories={},
    )


def coded_of(**series: list[float]) -> CodedPanel:
    panel = panel_of(**series)
    return codec_of(panel).encode(panel)


def windows_at(*places: tuple[int, int]) -> Windows:
    """Windows of series, cut before absolute rows."""
    series, cut = (np.array(each, np.int64) for each in zip(*places, strict=True))
    return Windows(series, np.zeros_like(series), cut, cut + 1)


def prepared_of(table: pd.DataFrame, *settings: str) -> tuple[Prepared, list[str]]:
    heard: list[Event] = []
    recipe = load_recipe("forecast", FitOptions(set=("horizon=2", "seasonality=1", *settings)))
    prepared, _ = TASK.prepare(Source.from_frame(table), recipe, heard.append)
    return prepared, [each.text for each in heard if isinstance(each, Note)]


def long_table(**series: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (name, step, value)
            for name, values in series.items()
            for step, value in enumerate(values)
        ],
        columns=["id", "step", "y"],
    )


def test_the_first_negative_row_is_looked_for_within_the_series() -> None:
    panel = panel_of(a=[1, 0, 2], b=[3, -1, -2], c=[0, 0])
    rows = first_negative(panel)[:, 0]
    # for `a`, that of `b`, which lies behind all of its own; for `c`, none
    assert rows.tolist() == [4, 4, 8]


def test_what_was_never_negative_is_not_forecast_to_be() -> None:
    coded = coded_of(a=[1, 0, 2], b=[3, -1, 5])
    forecast = np.full((3, 1, 2), -0.5)
    # b is cut before its negative value, then behind it
    lifted = floored(forecast, coded, windows_at((0, 3), (1, 4), (1, 6)))
    assert lifted[:, 0, 0].tolist() == [0.0, 0.0, -0.5]
    assert (forecast == -0.5).all()


def test_a_floor_leaves_what_is_above_and_windows_without_history() -> None:
    coded = coded_of(a=[1, 0, 2], b=[3, 1, 5])
    forecast = np.array([[[-1.0, 0.25]], [[-1.0, 0.25]]])
    lifted = floored(forecast, coded, windows_at((0, 2), (1, 3)))
    assert lifted.tolist() == [[[0.0, 0.25]], [[-1.0, 0.25]]]


def test_scores_are_those_of_the_forecast_that_is_given_out() -> None:
    values = [float(step % 3) for step in range(30)]
    prepared, _ = prepared_of(long_table(a=values, b=values))
    shape = len(prepared.windows["test"]), 2, 3
    below = TASK.score(prepared, prepared.encoded("test"), np.full(shape, -9.0))
    assert below == TASK.score(prepared, prepared.encoded("test"), np.zeros(shape))


def test_equal_values_are_constant_though_their_mean_is_not_exact() -> None:
    panel = panel_of(a=[0.1] * 7, b=[1, 2, 3], c=[5])
    end = panel.offsets[1:]
    split = Split(panel.offsets[:-1], end, end, end)
    assert moments(panel, split)[2][:, 0].tolist() == [True, False, True]
    assert moments(panel, split)[1][:, 0].tolist() == [1.0, pytest.approx(np.sqrt(2 / 3)), 1.0]


def test_a_series_that_never_changes_has_no_mase_and_it_is_said() -> None:
    moving = [float(step % 2) for step in range(30)]
    flat = [1000.0] * 26 + [2000.0] * 4
    prepared, notes = prepared_of(long_table(a=moving, b=flat))
    assert notes == [
        "the training rows of 1 of 2 series never change: MASE is not defined there, and does not "
        "count them"
    ]
    windows = prepared.windows["test"]
    actual, _ = prepared.encoded("test").truth
    forecast = np.repeat(actual[..., None] + 1.0, 3, axis=2)
    forecast[windows.series == 1] += 1e6
    # the error of one is one of `a`'s steps; that of `b` would have been a million
    assert TASK.score(prepared, prepared.encoded("test"), forecast)["mase"] == pytest.approx(1.0)


def test_where_nothing_changes_in_training_errors_are_in_the_targets_unit() -> None:
    prepared, notes = prepared_of(long_table(a=[5.0] * 28 + [6.0, 7.0]))
    assert notes == ["no training row differs from another: MASE is in the target's own unit"]
    actual, _ = prepared.encoded("test").truth
    forecast = np.repeat(actual[..., None] + 3.0, 3, axis=2)
    assert TASK.score(prepared, prepared.encoded("test"), forecast)["mase"] == pytest.approx(3.0)


def test_a_series_that_never_changed_borrows_what_the_others_change_by() -> None:
    # mean 3, deviation 4, error 8: 8 / 5 of its size; the others have a size of 50 and 20
    coded = coded_of(moving=[-1.0, 7.0], single=[50.0], still=[20.0] * 4)
    assert coded.usual_error[:, 0].tolist() == pytest.approx([8.0, 80.0, 16.0])
    assert coded.error_scale[:, 0].tolist() == [8.0, 1.0, 1.0]


def test_where_every_series_is_still_or_zero_there_is_nothing_to_borrow() -> None:
    assert coded_of(one=[50.0], other=[3.0, 3.0]).usual_error[:, 0].tolist() == [1.0, 1.0]
    assert coded_of(moving=[-1.0, 7.0], zero=[0.0, 0.0]).usual_error[:, 0].tolist() == [8.0, 1.0]


def test_a_series_new_to_the_run_borrows_from_those_it_was_fitted_on() -> None:
    codec = codec_of(panel_of(moving=[-1.0, 7.0]))
    assert codec.encode(panel_of(new=[50.0])).usual_error.tolist() == [[pytest.approx(80.0)]]


@pytest.mark.parametrize("scaling", ["series", "window", "level", "revin"])
def test_windows_of_a_still_series_are_as_wide_as_what_it_borrows(scaling: str) -> None:
    coded = coded_of(moving=[-1.0, 7.0], single=[50.0])
    _, scale = center_and_scale(
        coded,
        windows_at((1, 3)),
        np.array([[50.0]]),
        np.array([[True]]),
        codec_of(panel_of(moving=[-1.0, 7.0])),
        {"preprocessing.scaling": scaling},
    )
    assert scale.tolist() == pytest.approx([80.0])


def suited_methods(prepared: Prepared) -> list[str]:
    """Return the simple methods that are meant for such data."""
    return problem_of(prepared).suited()


def test_crostons_method_is_for_intermittent_data() -> None:
    steady, _ = prepared_of(long_table(a=[float(1 + step % 3) for step in range(30)]))
    assert "croston" not in suited_methods(steady)
    rare, _ = prepared_of(long_table(a=[float(3 * (step % 4 == 0)) for step in range(30)]))
    assert {"croston", "tsb", "adida", "imapa", "empirical", "drift"} <= {*suited_methods(rare)}


@pytest.mark.parametrize(
    ("histories", "answer"),
    [
        ([[0.0, 0.0]], False),
        ([[0.0, -1.0, 0.0]], False),
        ([[0.0, 2.0, 0.0], [1.0, 2.0, 3.0]], True),
        ([[0.0, 2.0, 0.0], [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], False),
    ],
)
def test_half_of_what_has_demand_must_be_intermittent(
    histories: list[list[float]], answer: bool
) -> None:
    assert croston.suits([np.array(history) for history in histories]) is answer


def test_crostons_forecast_by_hand() -> None:
    # sizes 6 and 6, intervals 3 and 3: 6 / 3, and the correction of Syntetos and Boylan
    result = croston.forecast([np.array([0.0, 0, 6, 0, 0, 6])], 2, (), (0.5,))
    np.testing.assert_allclose(result[0, :, 0], 0.95 * 6 / 3)
    nothing = croston.forecast([np.zeros(4)], 2, (), (0.1, 0.5, 0.9))
    assert not nothing.any()
