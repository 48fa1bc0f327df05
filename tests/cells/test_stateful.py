"""Recurrences over streams: Keras's numbers, and a state that goes on."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from seqtune.architectures._attention import PastAttention
from seqtune.cells._stateful import StatefulRNN
from seqtune.registry import cells, stateful_cells

STREAMS, STEPS, FEATURES, UNITS = 3, 6, 5, 4


def drawn(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def alike(cell: str) -> tuple[Any, Any]:
    """Return a stateful layer and Keras's own with the same weights."""
    stateful = StatefulRNN(cell, UNITS, STREAMS)
    plain = cells[cell].layer(UNITS, return_sequences=True)
    for layer in (stateful, plain):
        layer.build((None, None, FEATURES))
    for number, weight in enumerate(stateful.weights):
        weight.assign(0.5 * drawn(*weight.shape, seed=number))
    arrays = [ops.convert_to_numpy(weight) for weight in stateful.weights]
    biases = arrays[2] if len(arrays) == 3 else np.stack(arrays[2:])
    plain.set_weights([*arrays[:2], biases])
    return stateful, plain


def changes(layer: Any) -> list[Any]:
    """Return by how much a step of gradient descent changes each weight of a layer."""
    tokens = keras.Input((STEPS, FEATURES))
    model = keras.Model(tokens, layer(tokens))
    model.compile(keras.optimizers.SGD(1.0), "mse")
    before = model.get_weights()
    model.train_on_batch(drawn(STREAMS, STEPS, FEATURES), drawn(STREAMS, STEPS, UNITS, seed=9))
    return [a - b for a, b in zip(before, model.get_weights(), strict=True)]


@pytest.mark.parametrize("cell", stateful_cells)
def test_a_stateful_layer_gives_the_numbers_of_keras(cell: str) -> None:
    stateful, plain = alike(cell)
    sequence = drawn(STREAMS, STEPS, FEATURES)
    found, expected = (ops.convert_to_numpy(layer(sequence)) for layer in (stateful, plain))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("cell", stateful_cells)
def test_the_gradient_that_is_written_out_is_that_of_keras(cell: str) -> None:
    stateful, plain = alike(cell)
    found, expected = changes(stateful), changes(plain)
    found = [*found[:2], found[2] if len(found) == 3 else np.stack(found[2:])]
    for one, other in zip(found, expected, strict=True):
        assert np.abs(other).max() > 1e-3
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("cell", stateful_cells)
def test_while_training_the_state_goes_on_from_batch_to_batch(cell: str) -> None:
    layer, _ = alike(cell)
    sequence = drawn(STREAMS, 2 * STEPS, FEATURES)
    whole = ops.convert_to_numpy(layer(sequence))
    first = ops.convert_to_numpy(layer(sequence[:, :STEPS], training=True))
    second = ops.convert_to_numpy(layer(sequence[:, STEPS:], training=True))
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-6)
    fresh = ops.convert_to_numpy(layer(sequence[:, :STEPS]))
    np.testing.assert_allclose(fresh, whole[:, :STEPS], atol=1e-6)


def layers() -> list[Any]:
    stateful = [StatefulRNN(cell, UNITS, STREAMS, name=cell) for cell in stateful_cells]
    return [*stateful, PastAttention(3, UNITS, STREAMS, name="attention")]


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.name)
def test_states_that_are_handed_on_are_as_good_as_one_reading(layer: Any) -> None:
    layer.build((None, None, UNITS))
    for number, weight in enumerate(layer.weights):
        weight.assign(0.5 * drawn(*weight.shape, seed=number))
    sequence = drawn(STREAMS, STEPS, UNITS)
    whole = ops.convert_to_numpy(layer(sequence))
    states: list[Any] = [np.zeros((STREAMS, *shape), "float32") for shape in layer.shapes]
    for step in range(STEPS):
        output, *states = layer(sequence[:, step : step + 1], states)
        np.testing.assert_allclose(ops.convert_to_numpy(output)[:, 0], whole[:, step], atol=1e-6)


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.name)
def test_states_are_no_weights(layer: Any) -> None:
    layer.build((None, None, UNITS))
    kept = {id(state) for state in layer.kept}
    assert kept and not kept & {id(weight) for weight in layer.weights}
    assert kept <= {id(variable) for variable in layer.variables}


def test_attention_sees_no_further_than_its_reach() -> None:
    layer = PastAttention(2, UNITS, STREAMS)
    layer.build((None, None, UNITS))
    for number, weight in enumerate(layer.weights):
        weight.assign(drawn(*weight.shape, seed=number))
    sequence = drawn(1, 5, UNITS)
    before = ops.convert_to_numpy(layer(sequence))
    sequence[:, 1] += 1.0
    moved = np.abs(ops.convert_to_numpy(layer(sequence)) - before).max(axis=(0, 2)) > 1e-6
    assert moved.tolist() == [False, True, True, False, False]


def test_weight_dropout_acts_while_training_alone() -> None:
    layer = StatefulRNN("lstm", UNITS, STREAMS, weight_dropout=0.5)
    sequence = drawn(STREAMS, STEPS, FEATURES)
    first = ops.convert_to_numpy(layer(sequence))
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(sequence)), first)
    assert np.abs(ops.convert_to_numpy(layer(sequence, training=True)) - first).max() > 1e-4
