"""The cells that are not Keras's own: each equals its equations, written out step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.cells import _scan
from seqtune.registry import cells

Floats = npt.NDArray[np.float64]
Step = Callable[[dict[str, Floats], Floats, list[Floats]], tuple[Floats, list[Floats]]]

UNITS, FEATURES, ROWS, STEPS = 3, 2, 4, 6
OWN = ("jordan", "min_gru", "min_lstm", "rwa", "slstm")
LINEAR = ("min_gru", "min_lstm")
OF_ONE_STATE = ("jordan", *LINEAR)


@pytest.fixture(params=["loop", "rounds"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How linear cells are computed: as on a CPU, and as on an accelerator."""
    monkeypatch.setattr(_scan, "has_accelerator", lambda: request.param == "rounds")
    return str(request.param)


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def gates(weights: dict[str, Floats], x: Floats, h: Floats | None = None) -> list[Floats]:
    """Return each gate, the recurrent ones last."""
    total = x @ weights["kernel"] + weights["bias"]
    if h is not None:
        seen = h @ weights["recurrent_kernel"]
        total[:, total.shape[1] - seen.shape[1] :] += seen
    return np.split(total, total.shape[1] // UNITS, axis=1)


def min_gru(weights: dict[str, Floats], x: Floats, states: list[Floats]) -> Any:
    z, candidate = gates(weights, x)
    h = (1 - sigmoid(z)) * states[0] + sigmoid(z) * candidate
    return h, [h]


def min_lstm(weights: dict[str, Floats], x: Floats, states: list[Floats]) -> Any:
    f, i, candidate = gates(weights, x)
    total = sigmoid(f) + sigmoid(i)
    h = sigmoid(f) / total * states[0] + sigmoid(i) / total * candidate
    return h, [h]


def jordan(weights: dict[str, Floats], x: Floats, states: list[Floats]) -> Any:
    (hidden,) = gates(weights, x, states[0])
    y = np.tanh(np.tanh(hidden) @ weights["output_kernel"] + weights["output_bias"])
    return y, [y]


def slstm(weights: dict[str, Floats], x: Floats, states: list[Floats]) -> Any:
    """Follow equations 8 to 14, without the stabiliser: its states are c, n and nothing."""
    h, c, n = states
    z, i, f, o = gates(weights, x, h)
    c = sigmoid(f) * c + np.exp(i) * np.tanh(z)
    n = sigmoid(f) * n + np.exp(i)
    h = sigmoid(o) * c / n
    return h, [h, c, n]


def rwa(weights: dict[str, Floats], x: Floats, states: list[Floats]) -> Any:
    h, total, weight = states
    u, g, a = gates(weights, x, h)
    total = total + u * np.tanh(g) * np.exp(a)
    weight = weight + np.exp(a)
    h = np.tanh(total / weight)
    return h, [h, total, weight]


STEP: dict[str, Step] = {
    "jordan": jordan, "min_gru": min_gru, "min_lstm": min_lstm, "slstm": slstm, "rwa": rwa,
}  # fmt: skip


def drawn(layer: Any) -> dict[str, Floats]:
    """Give a layer weights that are all at work, and return them by name."""
    draw = np.random.default_rng(3)
    layer.set_weights([draw.normal(0, 0.7, each.shape) for each in layer.get_weights()])
    return {each.name: np.asarray(each).astype(np.float64) for each in layer.weights}


def sequences(rows: int = ROWS, steps: int = STEPS) -> npt.NDArray[np.float32]:
    return np.random.default_rng(4).normal(size=(rows, steps, FEATURES)).astype(np.float32)


def by_hand(name: str, weights: dict[str, Floats], x: Any, states: list[Floats]) -> Floats:
    """Return all outputs, (rows, steps, units)."""
    outputs = []
    for step in range(x.shape[1]):
        output, states = STEP[name](weights, x[:, step].astype(np.float64), states)
        outputs.append(output)
    return np.stack(outputs, axis=1)


def nothing(name: str) -> list[Floats]:
    count = 1 if name in OF_ONE_STATE else 3
    return [np.zeros((ROWS, UNITS)) for _ in range(count)]


def built(name: str, **options: Any) -> Any:
    layer = cells[name].layer(UNITS, **options)
    layer.build((None, STEPS, FEATURES))
    return layer


@pytest.mark.parametrize("name", OWN)
def test_every_step_follows_the_equations(way: str, name: str) -> None:
    layer = built(name, return_sequences=True)
    weights = drawn(layer)
    expected = by_hand(name, weights, sequences(), nothing(name))
    assert np.array(layer(sequences())) == pytest.approx(expected, abs=1e-5)
    assert np.abs(expected).max() > 0.1


@pytest.mark.parametrize("name", OWN)
def test_the_last_output_is_the_first_state(name: str) -> None:
    layer = built(name, return_state=True)
    weights = drawn(layer)
    output, *states = layer(sequences())
    assert len(states) == (1 if name in OF_ONE_STATE else 4)
    assert np.array_equal(output, states[0])
    expected = by_hand(name, weights, sequences(), nothing(name))[:, -1]
    assert np.array(output) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", OWN)
def test_a_sequence_in_two_parts_gives_the_states_of_the_whole(way: str, name: str) -> None:
    layer = built(name, return_state=True)
    drawn(layer)
    whole = layer(sequences())
    _, *states = layer(sequences()[:, :4])
    parts = layer(sequences()[:, 4:], initial_state=states)
    for part, one in zip(parts, whole, strict=True):
        assert np.array(part) == pytest.approx(np.array(one), abs=1e-5)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("backwards", [False, True])
def test_padding_changes_nothing(way: str, name: str, backwards: bool) -> None:
    """What stands after a sequence's end is not looked at, from either end."""
    layer = built(name, return_state=True, go_backwards=backwards)
    drawn(layer)
    mask = np.arange(STEPS) < np.array([[6], [4], [1], [3]])
    padded = np.where(mask[..., None], sequences(), 99.0).astype(np.float32)
    results = layer(padded, mask=mask)
    for row, length in enumerate(mask.sum(axis=1)):
        alone = layer(sequences()[row : row + 1, :length])
        for found, expected in zip(results, alone, strict=True):
            assert np.array(found)[row] == pytest.approx(np.array(expected)[0], abs=1e-5)


@pytest.mark.parametrize("name", OWN)
def test_masked_steps_repeat_the_output_before(way: str, name: str) -> None:
    layer = built(name, return_sequences=True)
    drawn(layer)
    mask = np.arange(STEPS) < np.full((ROWS, 1), 4)
    outputs = np.array(layer(sequences(), mask=mask))
    assert np.allclose(outputs[:, 4:], outputs[:, 3:4], atol=1e-6)
    layer.zero_output_for_mask = True
    assert not np.array(layer(sequences(), mask=mask))[:, 4:].any()


@pytest.mark.parametrize("name", OWN)
def test_both_ways_is_one_of_each(way: str, name: str) -> None:
    both = keras.layers.Bidirectional(cells[name].layer(UNITS, return_sequences=True))
    both.build((None, STEPS, FEATURES))
    weights = drawn(both.forward_layer)
    drawn(both.backward_layer)
    outputs = np.array(both(sequences()))
    ahead = by_hand(name, weights, sequences(), nothing(name))
    back = by_hand(name, weights, sequences()[:, ::-1], nothing(name))[:, ::-1]
    assert outputs == pytest.approx(np.concatenate([ahead, back], axis=2), abs=1e-5)


@pytest.mark.parametrize("name", OWN)
def test_a_stateful_layer_goes_on_where_it_was(name: str) -> None:
    layer = cells[name].layer(UNITS, stateful=True)
    layer.build((ROWS, 3, FEATURES))
    weights = drawn_of_stateful(layer)
    layer(sequences()[:, :3])
    expected = by_hand(name, weights, sequences(), nothing(name))[:, -1]
    assert np.array(layer(sequences()[:, 3:])) == pytest.approx(expected, abs=1e-5)


def drawn_of_stateful(layer: Any) -> dict[str, Floats]:
    """Draw the trainable weights, and leave the states alone."""
    draw = np.random.default_rng(3)
    for each in layer.trainable_weights:
        each.assign(draw.normal(0, 0.7, each.shape))
    return {each.name: np.asarray(each).astype(np.float64) for each in layer.trainable_weights}


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("size", [1e3, -1e3])
def test_huge_gates_give_numbers(way: str, name: str, size: float) -> None:
    """Show that no exponential overflows: exp(1000) alone would be infinite."""
    layer = built(name, return_sequences=True)
    layer.set_weights([np.full(each.shape, size) for each in layer.get_weights()])
    outputs = np.array(layer(np.full((1, STEPS, FEATURES), 3.0, np.float32)))
    assert np.isfinite(outputs).all()


@pytest.mark.parametrize("name", ["rwa", "slstm"])
def test_states_of_zeros_give_numbers(name: str) -> None:
    layer = built(name)
    layer.set_weights([np.full(each.shape, -50.0) for each in layer.get_weights()])
    zeros = [np.zeros((ROWS, UNITS), np.float32)] * 4
    x = np.full((ROWS, STEPS, FEATURES), 3.0, np.float32)
    assert np.isfinite(np.array(layer(x, initial_state=zeros))).all()


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 8])
def test_rounds_scan_like_steps(steps: int) -> None:
    draw = np.random.default_rng(5)
    keep = draw.uniform(0, 1, (2, steps, 3)).astype(np.float32)
    add = draw.normal(size=(2, steps, 3)).astype(np.float32)
    state, expected = np.zeros((2, 3)), []
    for step in range(steps):
        state = keep[:, step] * state + add[:, step]
        expected.append(state)
    found = np.array(_scan.scan_in_rounds(keras.ops.array(keep), keras.ops.array(add)))
    assert found == pytest.approx(np.stack(expected, axis=1), abs=1e-6)


def test_a_cpu_is_no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    for devices, expected in (["cpu:0"], False), (["cpu:0", "gpu:0"], True), (["gpu:0"], True):
        monkeypatch.setattr(keras.distribution, "list_devices", lambda devices=devices: devices)
        assert _scan.has_accelerator() is expected
