"""What a network looks at, on networks of which it is known."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.runtime.gradients import input_gradient
from seqtune.runtime.network import KerasNetwork
from seqtune.tasks.forecast import explain as explaining
from seqtune.tasks.forecast.explain import block_length, explain, lag_within
from seqtune.tasks.forecast.preprocessing import channel_names, preprocess
from seqtune.tasks.forecast.task import TASK


class Known(keras.layers.Layer):  # type: ignore[misc]
    """Forecasts, at every step and level, a weighted sum of what is named."""

    def __init__(self, lag: int = 0, channel: int = 0, weight: float = 1.0) -> None:
        super().__init__()
        self.lag, self.channel, self.weight = lag, channel, weight

    def call(self, inputs: dict[str, Any]) -> Any:
        history = inputs["history"]
        one = history[:, history.shape[1] - self.lag, self.channel] if self.lag else 0.0
        one = one * self.weight + 0.0 * history[:, 0, 0]
        base = inputs["future"][:, :, 0]
        return keras.ops.repeat((0.0 * base + one[:, None])[..., None], 3, axis=-1)


def network(data: Any, layer: Any) -> Any:
    """Return a model over the inputs of some prepared data."""
    prepared, values = data.prepared, data.values
    preprocessed = preprocess(
        prepared.coded, prepared.windows["validation"][:1], prepared.codec, values
    )
    inputs = {
        name: keras.Input(array.shape[1:], name=name, dtype=str(array.dtype))
        for name, array in preprocessed.inputs.items()
    }
    return keras.Model(inputs, layer(inputs))


def found(data: Any, layer: Any, deadline: float = 1e18) -> dict[str, Any]:
    return explain(KerasNetwork(network(data, layer)), data.prepared, data.values, deadline)


def test_channels_are_named_in_the_order_in_which_they_are_arranged(
    tiny: Any, prepare: Any
) -> None:
    prepared = tiny.prepared
    names = channel_names(prepared.coded, prepared.codec, tiny.values)
    windows = prepared.windows["validation"]
    preprocessed = preprocess(prepared.coded, windows, prepared.codec, tiny.values)
    assert {
        part: array.shape[2] for part, array in preprocessed.inputs.items() if array.ndim == 3
    } == {part: len(each) for part, each in names.items()}
    assert names["history"][:4] == [
        ("target", ""), ("target", ""), ("past", "visitors"), ("future", "price"),
    ]  # fmt: skip
    assert names["future"][:2] == [("base", ""), ("future", "price")]
    lookback = int(tiny.values["lookback"])
    rows = windows.cut[:, None] + np.arange(-lookback, 0)
    panel = prepared.panel
    visitors = prepared.codec.past.apply(panel.past[rows])[..., 0]
    assert np.allclose(preprocessed.inputs["history"][..., 2], visitors)
    plain = {**tiny.values, "preprocessing.covariates": False, "preprocessing.calendar": False}
    assert channel_names(prepared.coded, prepared.codec, plain) == {
        "history": [("target", ""), ("target", ""), ("future", "price")],
        "future": [("base", ""), ("future", "price")],
    }


def test_the_gradient_of_a_known_network() -> None:
    inputs = {"x": keras.Input((3,), name="x"), "y": keras.Input((3,), name="y")}
    model = keras.Model(inputs, inputs["x"] ** 2 + 5.0 * inputs["y"])
    arrays = {
        "x": np.array([[1.0, 2.0, 3.0]], np.float32), "y": np.zeros((1, 3), np.float32),
    }  # fmt: skip
    weights = np.array([[1.0, 0.0, -1.0]], np.float32)
    assert input_gradient(model, arrays, "x", weights).tolist() == [[2.0, 0.0, -6.0]]
    assert input_gradient(model, arrays, "y", weights).tolist() == [[5.0, 0.0, -5.0]]


def test_the_reach_is_the_lag_that_the_network_reads(tiny: Any) -> None:
    reach = found(tiny, Known(lag=4, weight=2.0))["reach"]
    # three steps ahead, each 2 times the value 4 steps back: the norm is 2 sqrt(3), roughly, for
    # signs are drawn and few windows average them
    assert reach["lag"] == 4 and reach["share"] == 0.95
    assert [number for number, norm in enumerate(reach["norms"], 1) if norm] == [4]
    assert reach["norms"][3] == pytest.approx(2 * np.sqrt(3), rel=0.5)


def test_a_network_that_reads_nothing_reaches_nowhere(tiny: Any) -> None:
    result = found(tiny, Known())
    assert result["reach"]["lag"] == 0
    assert {each["rise"] for each in result["importance"]} == {0.0}


def test_what_the_network_reads_is_what_matters(tiny: Any) -> None:
    groups = found(tiny, Known(lag=2, channel=2, weight=5.0))["importance"]
    moved = [(each["kind"], each["name"]) for each in groups if each["rise"] or each["spread"]]
    assert moved == [("past", "visitors")]
    groups = found(tiny, Known(lag=2, channel=0, weight=5.0))["importance"]
    moved = [(each["first"], each["last"]) for each in groups if each["rise"] or each["spread"]]
    assert moved == [(1, 4)]  # a season of 4 steps, of the 9


def test_every_kind_of_input_is_a_group(tiny: Any) -> None:
    result = found(tiny, Known())
    assert [(each["kind"], each["name"]) for each in result["importance"]] == [
        ("past", "visitors"), ("future", "price"), ("calendar", ""), ("static", "region"),
        ("identity", ""), ("history", ""), ("history", ""), ("history", ""),
    ]  # fmt: skip
    assert (result["left_out"], result["windows"]) == (0, 9)
    lags = [(each["first"], each["last"]) for each in result["importance"][-3:]]
    assert lags == [(1, 4), (5, 8), (9, 9)]


def test_the_score_is_that_of_the_whole_validation_part(tiny: Any, trained: Any) -> None:
    from seqtune.search.network_file import load_network
    from seqtune.search.trial_files import model_path

    model = load_network(TASK, tiny.prepared, tiny.values, model_path(trained.folder, "t001"))
    result = TASK.explain(KerasNetwork(model), tiny.prepared, tiny.values, time.monotonic() + 600)
    assert result["score"] == pytest.approx(trained.result.score, rel=1e-5)
    assert all(np.isfinite(each["rise"]) for each in result["importance"])
    assert 1 <= result["reach"]["lag"] <= 9


def test_what_there_is_no_time_for_is_counted(tiny: Any) -> None:
    result = found(tiny, Known(), deadline=time.monotonic() - 1)
    assert (result["importance"], result["left_out"]) == ([], 8)
    assert len(result["reach"]["norms"]) == 9


def test_few_windows_of_many_stand_for_all(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "MAX_WINDOWS", 4)
    assert found(tiny, Known())["windows"] == 4


@pytest.mark.parametrize(
    ("lookback", "period", "length"),
    [(336, 24, 48), (100, 12, 24), (5, 1, 1), (9, 4, 4), (1, 1, 1), (16, 24, 2), (8, 8, 8)],
)
def test_blocks_are_whole_seasons(lookback: int, period: int, length: int) -> None:
    assert block_length(lookback, period) == length


def test_the_lag_within_which_a_share_lies() -> None:
    assert lag_within(np.array([6.0, 3.0, 1.0]), 0.6) == 1
    assert lag_within(np.array([6.0, 3.0, 1.0]), 0.95) == 3
    assert lag_within(np.zeros(3), 0.95) == 0
