"""Choices around the network that no shipped recipe takes by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trial import TrialJob
from seqtune.tasks.forecast.reversible import ReversibleScale
from seqtune.tasks.forecast.task import TASK


def test_a_learnt_scale_is_taken_back() -> None:
    layer = ReversibleScale()
    values = np.random.default_rng(0).normal(size=(2, 3, 2)).astype(np.float32)
    assert np.array(layer(values)) == pytest.approx(values)  # at first it changes nothing
    layer.set_weights([np.array([np.log(2.0)]), np.array([0.5])])
    changed = np.array(layer(values))
    assert changed[..., 0] == pytest.approx(2 * values[..., 0] + 0.5, abs=1e-6)
    assert np.array_equal(changed[..., 1], values[..., 1])
    assert np.array(layer(values, reverse=True)) == pytest.approx(values / 2, abs=1e-6)


def test_a_network_with_a_learnt_scale_trains_and_loads(tiny: Any, tmp_path: Path) -> None:
    values = {
        **tiny.values, "preprocessing.scaling": "revin", "preprocessing.base": "growing_blend",
        "training.loss": "relative_quantile",
    }  # fmt: skip
    job = TrialJob("t001", values, 1, 600.0, 4, 2)
    result = job.run(Problem(TASK, tiny.prepared, tmp_path), Watch())
    assert (result.status, result.reason) == ("completed", "")
    plain = TASK.build(tiny.prepared, tiny.values)
    assert result.parameters == plain.count_params() + 2
    model = TASK.build(tiny.prepared, values)
    draw = np.random.default_rng(1)
    model.set_weights([draw.normal(0, 0.3, weight.shape) for weight in model.get_weights()])
    expected = TASK.forward(
        KerasNetwork(model), tiny.prepared, tiny.prepared.encoded("test"), values
    )
    save_network(model, tmp_path / "model.keras")
    loaded = load_network(TASK, tiny.prepared, values, tmp_path / "model.keras")
    assert TASK.forward(
        KerasNetwork(loaded), tiny.prepared, tiny.prepared.encoded("test"), values
    ) == pytest.approx(expected, abs=1e-5)
    assert (np.diff(expected, axis=2) >= 0).all()
    opened = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    assert TASK.forward(
        KerasNetwork(opened), tiny.prepared, tiny.prepared.encoded("test"), values
    ) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("sampling", ["windows", "root", "series"])
def test_a_network_trains_on_every_way_to_draw_windows(
    tiny: Any, tmp_path: Path, sampling: str
) -> None:
    values = {**tiny.values, "training.sampling": sampling, "preprocessing.scaling": "level"}
    result = TrialJob("t001", values, 1, 600.0, 4, 2).run(
        Problem(TASK, tiny.prepared, tmp_path), Watch()
    )
    assert (result.status, result.reason) == ("completed", "")


def test_history_and_segments_may_be_searched(tiny: Any, prepare: Any) -> None:
    settled = ("lookback", "network.segment.length")
    others = [one for one in tiny.overrides if not one.startswith(settled)]
    data = prepare(tiny.frame, [*others, "lookback=[8,12]", "network.segment.length=[2,4]"])
    found = {dimension.path: dimension.choices for dimension in data.recipe.dimensions()}
    assert [found[path] for path in settled] == [(8, 12), (2, 4)]
