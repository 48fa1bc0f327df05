"""From the states of all steps to one vector: each pooling against numbers worked by hand."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from seqtune.architectures._pooling import POOLINGS, pool
from seqtune.architectures._recurrence import recur_and_pool
from seqtune.architectures._settings import Settings

STATES = np.array([[[1.0, -4.0], [3.0, -2.0], [8.0, -9.0]], [[5.0, -1.0], [7.0, 6.0], [2.0, 4.0]]])
"""Two cases of three steps of two features."""

MASK = np.array([[True, True, False], [True, False, False]])


def pooled(pooling: str, mask: Any = None, states: Any = STATES) -> Any:
    steps, features = states.shape[1:]
    inputs = [keras.Input((steps, features))]
    if mask is not None:
        inputs.append(keras.Input((steps,), dtype="bool"))
    model = keras.Model(inputs, pool(inputs[0], inputs[1] if len(inputs) > 1 else None, pooling))
    given = [states.astype(np.float32)] + ([] if mask is None else [mask])
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.5))
    return np.asarray(model.predict_on_batch(given))


def test_the_mean_is_of_the_steps_that_are_there() -> None:
    assert pooled("mean") == pytest.approx(np.array([[4.0, -5.0], [14 / 3, 3.0]]))
    assert pooled("mean", MASK) == pytest.approx(np.array([[2.0, -3.0], [5.0, -1.0]]))


def test_the_maximum_is_of_the_steps_that_are_there() -> None:
    assert pooled("max").tolist() == [[8.0, -2.0], [7.0, 6.0]]
    assert pooled("max", MASK).tolist() == [[3.0, -2.0], [5.0, -1.0]]


def test_the_maximum_of_negative_states_is_not_the_zero_of_padding() -> None:
    states = np.array([[[-3.0, -5.0], [-2.0, -7.0], [0.0, 0.0]]])
    mask = np.array([[True, True, False]])
    assert pooled("max", mask, states).tolist() == [[-2.0, -5.0]]


def test_attention_weighs_the_steps_that_are_there() -> None:
    """With all weights and biases 0.5: score = 0.5 + 0.5 * 2 * tanh(0.5 + 0.5 * sum of states)."""
    score = 0.5 + np.tanh(0.5 + 0.5 * STATES.sum(axis=-1))
    for mask in (None, MASK):
        weights = np.exp(score) * (1 if mask is None else mask)
        weights /= weights.sum(axis=1, keepdims=True)
        expected = (weights[..., None] * STATES).sum(axis=1)
        assert pooled("attention", mask) == pytest.approx(expected, rel=1e-5)
    assert pooled("attention", MASK)[1].tolist() == [5.0, -1.0]  # one step has all the weight


def test_the_last_is_that_of_the_last_step_that_is_there() -> None:
    assert pooled("last").tolist() == [[8.0, -9.0], [2.0, 4.0]]
    assert pooled("last", MASK).tolist() == [[3.0, -2.0], [5.0, -1.0]]


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("mask", [None, np.ones((2, 1), bool)])
def test_a_single_step_is_all_there_is(pooling: str, mask: Any) -> None:
    found = pooled(pooling, mask, STATES[:, :1])
    assert found.tolist() == [[1.0, -4.0], [5.0, -1.0]]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_mask_of_all_steps_is_as_none(pooling: str) -> None:
    every = np.ones((2, 3), bool)
    assert pooled(pooling, every) == pytest.approx(pooled(pooling), rel=1e-6)


def sums(
    steps: list[list[float]], mask: Any, pooling: str, *, bidirectional: bool, layers: int = 1
) -> Any:
    """Recur over one feature; each state is the step and half of the state before."""
    settings = Settings("simple_rnn", 1, layers, pooling=pooling)
    values = np.array(steps, np.float32)[..., None]
    inputs = [keras.Input(values.shape[1:])]
    given = [values]
    if mask is not None:
        inputs.append(keras.Input((values.shape[1],), dtype="bool"))
        given.append(np.array(mask))
    model = keras.Model(
        inputs,
        recur_and_pool(
            inputs[0], inputs[1] if len(inputs) > 1 else None, settings,
            bidirectional=bidirectional,
        ),
    )  # fmt: skip
    for layer in model.layers:
        cells = [layer.forward_layer, layer.backward_layer] if hasattr(
            layer, "forward_layer"
        ) else [layer] if hasattr(layer, "cell") else []  # fmt: skip
        for cell in cells:
            cell.cell.activation = keras.activations.linear
            cell.set_weights(
                [np.ones(w.shape) if "recurrent" not in w.path and "bias" not in w.path
                 else np.full(w.shape, 0.5 if "recurrent" in w.path else 0.0)
                 for w in cell.weights]
            )  # fmt: skip
    return np.asarray(model.predict_on_batch(given))


THREE = [[4.0, 2.0, 1.0], [8.0, 6.0, 100.0]]
TWO_THERE = [[True, True, True], [True, True, False]]


def test_the_last_state_of_both_directions_has_read_all_steps_that_are_there() -> None:
    # forward: 4, 4, 3 and 8, 10; backward: 1, 2.5, 5.25 and (from the second step) 6, 11
    found = sums(THREE, TWO_THERE, "last", bidirectional=True)
    assert found.tolist() == [[3.0, 5.25], [10.0, 11.0]]


def test_the_last_state_of_one_direction_is_that_of_the_last_step_that_is_there() -> None:
    assert sums(THREE, TWO_THERE, "last", bidirectional=False).tolist() == [[3.0], [10.0]]
    assert sums(THREE, None, "last", bidirectional=False).tolist() == [[3.0], [105.0]]


def test_the_states_of_both_directions_stand_at_the_steps_that_they_read() -> None:
    # backward states by step: 5.25, 2.5, 1 and 11, 6
    maximum = sums(THREE, TWO_THERE, "max", bidirectional=True)
    assert maximum.tolist() == [[4.0, 5.25], [10.0, 11.0]]
    mean = sums(THREE, TWO_THERE, "mean", bidirectional=True)
    assert mean == pytest.approx(np.array([[11 / 3, 8.75 / 3], [9.0, 8.5]]), rel=1e-6)


def test_a_second_layer_passes_over_padding_too() -> None:
    # the first layer's states: 4, 4, 3 and 8, 10; of these the second's last: 6, 6 and 14
    found = sums(THREE, TWO_THERE, "last", bidirectional=False, layers=2)
    assert found.tolist() == [[6.0], [14.0]]
