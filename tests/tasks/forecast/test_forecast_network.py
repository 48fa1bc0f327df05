"""The whole forecaster: it trains, is saved, and its quantiles never cross."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.registry import cells
from seqtune.tasks.forecast.loss import quantile_loss
from seqtune.tasks.forecast.network import build_network
from seqtune.tasks.forecast.schema import ARCHITECTURES

LEVELS = (0.1, 0.25, 0.5, 0.9)
IDENTITIES = 5
ROWS = 6
Arrays = dict[str, npt.NDArray[Any]]

OPTIONS = {
    "attention": True, "before": True, "bidirectional": True, "blocks": "resnet", "code": 2,
    "dilation": 2, "filters": 2, "growth": 2, "length": 4, "residual": True, "shuffle": False,
}  # fmt: skip
"""A value for every option of any architecture."""

PAIRS = list(zip(ARCHITECTURES, cycle(cells), strict=False))
"""Every architecture, each with another cell."""


def values_of(architecture: str, cell: str = "gru", **changes: Any) -> dict[str, Any]:
    options = {name: OPTIONS[name] for name in ARCHITECTURES.options(architecture)}
    return {
        "network.cell": cell,
        "network.architecture": architecture,
        "network.units": 4,
        "network.layers": 1,
        "network.dropout": 0.0,
        "preprocessing.embedding": 2,
        **{f"network.{architecture}.{name}": value for name, value in options.items()},
        **{f"network.{architecture}.{name}": value for name, value in changes.items()},
    }


def inputs_of(lookback: int, horizon: int, *, static: bool = True, identity: bool = True) -> Arrays:
    draw = np.random.default_rng(0)
    inputs: Arrays = {
        "history": draw.normal(size=(ROWS, lookback, 3)).astype(np.float32),
        "future": draw.normal(size=(ROWS, horizon, 2)).astype(np.float32),
    }
    if identity:
        inputs["identity"] = (np.arange(ROWS) % IDENTITIES).astype(np.int32)
    if static:
        inputs["static"] = draw.normal(size=(ROWS, 2)).astype(np.float32)
    return inputs


def build(
    inputs: Arrays, horizon: int, values: Mapping[str, Any], levels: tuple[float, ...] = LEVELS
) -> keras.Model:
    keras.utils.clear_session(free_memory=False)
    shapes = {name: array.shape[1:] for name, array in inputs.items()}
    return build_network(shapes, IDENTITIES, horizon, levels, values)


def train_a_step(network: keras.Model, inputs: Arrays, horizon: int) -> float:
    truth = np.random.default_rng(1).normal(size=(ROWS, horizon, 2)).astype(np.float32)
    truth[..., 1] = 1.0
    network.compile(optimizer=keras.optimizers.SGD(0.5), loss=quantile_loss(LEVELS))
    return float(network.train_on_batch(inputs, truth))


def assert_ascending(quantiles: npt.NDArray[Any]) -> None:
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()


def layers_in(network: Any) -> Iterator[Any]:
    for layer in network.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from layers_in(layer)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder whose networks are those of the contract, with what they should say."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "models").mkdir()
    return folder


@pytest.mark.parametrize(
    ("architecture", "cell"), [("segment", "jordan"), ("encoder_decoder", "lstm")]
)  # one that is read out from a vector, and one that answers each step ahead
def test_a_forecaster_trains_is_saved_and_loaded(
    architecture: str, cell: str, run_folder: Path
) -> None:
    horizon, lookback = 5, 10  # neither is a multiple of the segment length
    inputs = inputs_of(lookback, horizon)
    network = build(inputs, horizon, values_of(architecture, cell))
    assert network.output_shape == (None, horizon, len(LEVELS))
    before = [keras.ops.convert_to_numpy(weight) for weight in network.trainable_weights]

    assert np.isfinite(train_a_step(network, inputs, horizon))
    unchanged = [
        weight.path
        for weight, old in zip(network.trainable_weights, before, strict=True)
        if np.array_equal(weight, old)
    ]
    # the median's weights begin at zero, so the first step moves nothing but the head beneath it
    assert not [path for path in unchanged if path.startswith("quantiles")]
    assert len(unchanged) < len(before)

    quantiles = network.predict_on_batch(inputs)
    assert quantiles.shape == (ROWS, horizon, len(LEVELS))
    assert_ascending(quantiles)
    assert len(np.unique(quantiles[:, 0, 2].round(6))) > 1  # it looks at its inputs

    path = run_folder / "models" / f"{architecture}.keras"
    network.save(path)
    loaded = keras.saving.load_model(path, compile=False, safe_mode=True)
    assert not [layer for layer in layers_in(loaded) if isinstance(layer, keras.layers.Lambda)]
    assert loaded.predict_on_batch(inputs) == pytest.approx(quantiles, abs=1e-5)
    np.save(path.with_suffix(".npy"), quantiles)


OTHER_PROCESS = """
import sys
import numpy as np
from seqtune.runtime.backend import activate
from seqtune.tasks import load_layers

activate("auto")
load_layers("forecast")
import keras

folder, inputs = sys.argv[1], dict(np.load(sys.argv[2]))
for name in sys.argv[4:]:
    expected = np.load(f"{folder}/models/{name}.npy")
    network = keras.saving.load_model(f"{folder}/models/{name}.keras", compile=False)
    print(name, float(np.abs(network.predict_on_batch(inputs) - expected).max()))
assert "tensorflow" not in sys.modules or sys.argv[3] == "tensorflow"
"""


def test_networks_load_in_another_process(run_folder: Path, tmp_path: Path) -> None:
    inputs = inputs_of(10, 5)
    for architecture, cell in PAIRS:
        path = run_folder / "models" / f"{architecture}.keras"
        network = build(inputs, 5, values_of(architecture, cell))
        network.save(path)
        np.save(path.with_suffix(".npy"), network.predict_on_batch(inputs))
    np.savez(tmp_path / "inputs.npz", **inputs)
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, run_folder, tmp_path / "inputs.npz",
         keras.backend.backend(), *ARCHITECTURES],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    distances = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert list(distances) == list(ARCHITECTURES)
    assert max(map(float, distances.values())) <= 1e-5


SIZES = [
    (10, 4, True, True),
    (1, 1, False, False),
    (1, 5, True, False),
    (3, 1, False, True),  # shorter than a segment
    (9, 9, False, False),  # the horizon is longer than a segment and no multiple of it
    (8, 4, False, True),  # whole segments
]


@pytest.mark.parametrize(
    ("architecture", "lookback", "horizon", "static", "identity"),
    [
        (architecture, *size)
        for architecture in ARCHITECTURES
        for size in (SIZES if architecture == "segment" else SIZES[2:5])
    ],
)
def test_odd_sizes_build_and_answer(
    architecture: str, lookback: int, horizon: int, static: bool, identity: bool
) -> None:
    inputs = inputs_of(lookback, horizon, static=static, identity=identity)
    network = build(inputs, horizon, values_of(architecture))
    quantiles = network.predict_on_batch(inputs)
    assert quantiles.shape == (ROWS, horizon, len(LEVELS))
    assert_ascending(quantiles)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_an_untrained_network_forecasts_its_base(architecture: str) -> None:
    inputs = inputs_of(6, 2)
    network = build(inputs, 2, values_of(architecture))
    assert (network.predict_on_batch(inputs)[..., LEVELS.index(0.5)] == 0).all()


@pytest.mark.parametrize("levels", [(0.5,), (0.5, 0.9), (0.1, 0.5), (0.05, 0.1, 0.5, 0.9, 0.95)])
def test_any_quantiles_ascend_whatever_the_weights(levels: tuple[float, ...]) -> None:
    inputs = inputs_of(3, 2, static=False, identity=False)
    network = build(inputs, 2, values_of("segment", "simple_rnn", length=1), levels)
    draw = np.random.default_rng(5)
    for _ in range(3):
        network.set_weights([draw.normal(0, 30, w.shape) for w in network.get_weights()])
        quantiles = network.predict_on_batch(inputs)
        assert quantiles.shape == (ROWS, 2, len(levels))
        assert_ascending(quantiles)


def test_what_is_known_of_a_step_reaches_that_step_alone_through_the_head() -> None:
    """Show that the future is not mixed up: one step's covariates move that step."""
    inputs = inputs_of(3, 4, static=False, identity=False)
    network = build(inputs, 4, values_of("segment", length=1))
    draw = np.random.default_rng(6)
    network.set_weights([draw.normal(0, 0.5, w.shape) for w in network.get_weights()])
    before = network.predict_on_batch(inputs)
    inputs["future"][:, 2] += 1.0
    moved = np.abs(network.predict_on_batch(inputs) - before).max(axis=(0, 2))
    assert moved[2] > 1e-3
    assert moved[[0, 1, 3]].max() < 1e-5
