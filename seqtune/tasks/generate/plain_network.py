"""One step of a recurrent network in NumPy, for one text at a time.

While a text is written, a step is a few products of a vector with a matrix: handing arrays to a
compiled program and back costs more than that. Only networks whose cells say what they do in any
array library are run here; `seqtune.tasks.generate.network_reader` takes the program otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.architectures._vocabulary import Vocabulary
from seqtune.cells._stateful import StatefulRNN
from seqtune.tasks.generate.network import VOCABULARY, reading_layers

Vector = npt.NDArray[np.float32]
States = tuple[Any, ...]

MOST_TABLED = 16_000_000
"""Numbers of the table of what each token gives the first layer; of more it is computed."""


class PlainOps:
    """What cells use of `keras.ops`, for vectors."""

    tanh = np.tanh

    @staticmethod
    def split(vector: Vector, parts: int, axis: int = -1) -> Vector:
        """Return equal parts, as rows."""
        return vector.reshape(parts, -1)

    @staticmethod
    def sigmoid(vector: Vector) -> Vector:
        """Return 1 / (1 + exp(-x)), in a form that overflows nowhere."""
        half = np.float32(0.5)
        bent: Vector = np.tanh(vector * half)
        bent += np.float32(1.0)
        bent *= half
        return bent


def can_be_plain(model: Any) -> bool:
    """Say whether every layer of a network can be run here."""
    return all(
        isinstance(layer, keras.layers.LayerNormalization)
        or (isinstance(layer, StatefulRNN) and "ops" in signature(layer.step.forward).parameters)
        for layer in reading_layers(model)
    )


class PlainNetwork:
    """A network that reads one token of one text at a time.

    Args:
        model: What `build_network` returned; its weights are copied.
    """

    def __init__(self, model: Any) -> None:
        vocabulary, layers = model.get_layer(VOCABULARY), reading_layers(model)
        self._layers = [_plain_layer(layer) for layer in layers]
        vectors = _array(vocabulary.vectors)
        self._read: Callable[[int], Vector] = vectors.__getitem__
        first = layers[0]
        if vocabulary.size * first.kernel.shape[1] <= MOST_TABLED:
            table = vectors @ _array(first.kernel) + _array(first.bias)
            self._read = table.__getitem__
            self._layers[0] = _plain_layer(first, is_fed=True)
        self._logits = _plain_output(vocabulary, vectors)

    def step(self, token: int, states: States) -> tuple[Vector, States]:
        """Read one token.

        Args:
            token: Its id.
            states: Each (units,).

        Returns:
            (vocabulary,) logits of the next token, and the new states.
        """
        features, after = self._read(token), list[Any]()
        for run, count in self._layers:
            features, left = run(features, states[:count])
            states = states[count:]
            after += left
        return self._logits(features), tuple(after)


Layer = tuple[Callable[[Vector, States], tuple[Vector, States]], int]
"""What runs a layer, and how many states it has."""


def _plain_layer(layer: Any, *, is_fed: bool = False) -> Layer:
    """Return a layer; one that is fed gets gates, and not features."""
    if not isinstance(layer, StatefulRNN):
        return _plain_normalization(layer), 0
    forward, ops = layer.step.forward, PlainOps
    kernel, bias = _array(layer.kernel), _array(layer.bias)
    recurrent = _array(layer.recurrent_kernel)
    own = None if layer.state_bias is None else _array(layer.state_bias)

    def run(features: Vector, states: States) -> tuple[Vector, States]:
        given = features if is_fed else features @ kernel + bias
        remembered = states[0] @ recurrent
        after, _ = forward(given, remembered if own is None else remembered + own, states, ops=ops)
        return after[0], after

    return run, layer.step.states


def _plain_normalization(layer: Any) -> Callable[[Vector, States], tuple[Vector, States]]:
    scale, shift, least = _array(layer.gamma), _array(layer.beta), np.float32(layer.epsilon)

    def run(features: Vector, states: States) -> tuple[Vector, States]:
        apart = features - features.mean()
        return apart / np.sqrt((apart * apart).mean() + least) * scale + shift, ()

    return run


def _plain_output(vocabulary: Vocabulary, vectors: Vector) -> Callable[[Vector], Vector]:
    kernel = None if vocabulary.kernel is None else _array(vocabulary.kernel)
    bias, turned = _array(vocabulary.bias), np.ascontiguousarray(vectors.T)

    def logits(features: Vector) -> Vector:
        seen: Any = features if kernel is None else features @ kernel
        found: Vector = (seen @ turned if vocabulary.is_tied else seen) + bias
        return found

    return logits


def _array(weight: Any) -> Vector:
    return np.ascontiguousarray(keras.ops.convert_to_numpy(weight), np.float32)
