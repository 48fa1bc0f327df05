"""Scores by name, and the histories that simple methods are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.inference import forecast_windows, window_histories
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.scoring import score_forecasts
from seqtune.tasks.forecast.task import TASK

LEVELS = (0.1, 0.5, 0.9)


def test_every_metric_by_hand() -> None:
    # one window of two steps; the median is 1 too low, then 3 too high
    quantiles = np.array([[[8.0, 9.0, 12.0], [16.0, 23.0, 30.0]]])
    actual = np.array([[10.0, 20.0]])
    observed = np.full((1, 2), True)
    scores = score_forecasts(quantiles, actual, observed, np.array([4.0]), LEVELS)
    assert scores == {
        "mase": pytest.approx(2 / 4),
        "smape": pytest.approx((200 * 1 / 19 + 200 * 3 / 43) / 2),
        "mae": pytest.approx(2),
        "rmse": pytest.approx(np.sqrt((1 + 9) / 2)),
        # 0.1 * 2, 0.5 * 1, 0.1 * 2; then 0.1 * 4, 0.5 * 3, 0.1 * 10
        "mean_quantile_loss": pytest.approx((0.9 / 3 + 2.9 / 3) / 2),
        "coverage80": 1.0,
    }


def test_steps_that_were_not_observed_do_not_count() -> None:
    quantiles = np.array([[[8.0, 9.0, 12.0], [1e9, 2e9, 3e9]]])
    actual = np.array([[10.0, np.nan]])
    observed = np.array([[True, False]])
    scores = score_forecasts(quantiles, actual, observed, np.array([4.0]), LEVELS)
    assert (scores["mase"], scores["mae"], scores["coverage80"]) == (0.25, 1.0, 1.0)


@pytest.mark.parametrize(
    ("levels", "name"),
    [((0.1, 0.5, 0.9), "coverage80"), ((0.025, 0.5, 0.975), "coverage95"), ((0.5,), None)],
)
def test_the_coverage_is_named_by_the_outer_levels(
    levels: tuple[float, ...], name: str | None
) -> None:
    quantiles = np.ones((1, 1, len(levels)))
    scores = score_forecasts(quantiles, np.ones((1, 1)), np.full((1, 1), True), np.ones(1), levels)
    assert [key for key in scores if key.startswith("coverage")] == ([name] if name else [])


def test_a_window_is_scored_in_units_of_its_own_series(tiny: Any) -> None:
    prepared = tiny.prepared
    windows = prepared.windows["validation"]
    actual, _ = prepared.encoded("validation").truth
    scale = prepared.coded.error_scale[windows.series, windows.target]
    off = np.repeat((actual + 2 * scale[:, None])[..., None], 3, axis=2)
    assert TASK.score(prepared, prepared.encoded("validation"), off)["mase"] == pytest.approx(2)


def test_histories_end_before_the_cut_and_begin_with_the_series(tiny: Any) -> None:
    panel = tiny.prepared.panel
    first = int(panel.offsets[1])
    windows = Windows(*(np.array(each) for each in ([0, 1], [0, 0], [7, first + 5], [99, 99])))
    histories = window_histories(tiny.prepared.coded, windows)
    assert [len(history) for history in histories] == [7, 5]
    assert histories[0].tolist() == panel.target[:7, 0].tolist()
    assert histories[1].tolist() == panel.target[first : first + 5, 0].tolist()


def test_windows_are_forecast_in_chunks_of_one_size(
    tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def zeros(inputs: dict[str, Any]) -> Any:
        """Say zero, whatever is shown, and count the windows of each call."""
        sizes.append(len(inputs["history"]))
        return np.zeros((sizes[-1], 3, 3), np.float32)

    prepared = tiny.prepared
    given = zeros, prepared.coded, prepared.windows["test"], prepared.codec, tiny.values
    whole = forecast_windows(*given)
    assert whole.shape == (9, 3, 3)
    sizes.clear()
    monkeypatch.setattr("seqtune.tasks.forecast.inference.CHUNK", 4)
    assert np.array_equal(forecast_windows(*given), whole)
    assert sizes == [4, 4, 4]
    sizes.clear()
    numbers = int(tiny.values["lookback"]) + 3 * 4  # three steps, each with three quantiles
    monkeypatch.setattr("seqtune.tasks.forecast.inference.CHUNK_NUMBERS", 2 * numbers)
    assert np.array_equal(forecast_windows(*given), whole)
    assert sizes == [2] * 5


def test_long_answers_have_fewer_windows(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(tiny.prepared.windows["test"]) == 9
    monkeypatch.setattr("seqtune.tasks.forecast.prepared.MAX_NUMBERS", 4 * 9)
    fewer = Prepared(tiny.prepared.panel, tiny.prepared.split, tiny.prepared.codec)
    assert [len(each) for each in fewer.windows.values()] == [3, 3]  # every third
