"""The Keras network of one configuration, and the same layers as they read a text with a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from seqtune.architectures._settings import settings_of
from seqtune.architectures._vocabulary import Vocabulary
from seqtune.cells._stateful import StatefulLayer
from seqtune.registry import architectures
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.schema import ARCHITECTURES

VOCABULARY = "vocabulary"


def build_network(prepared: Prepared, values: Mapping[str, Any]) -> Any:
    """Build the network of one configuration.

    Args:
        prepared: Says how many tokens there are.
        values: The configuration.

    Returns:
        A model from `tokens` (streams, steps) int32 to logits (streams, steps, vocabulary) of the
        token after each; while training, its state goes on from batch to batch. For gaps, to
        logits (streams, steps, vocabulary) of each token from all the others.
    """
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    vocabulary = Vocabulary(
        prepared.codec.tokens[str(values["tokens.kind"])].size,
        embedding=int(values["network.embedding"]),
        units=int(values["network.units"]) * (2 if is_for_gaps(values) else 1),
        is_tied=bool(values["network.tied"]),
        counts=prepared.codec.counts[str(values["tokens.kind"])],
        name=VOCABULARY,
    )
    settings = settings_of(values, streams=int(values["training.batch_size"]))
    architecture = architectures[str(values["network.architecture"])]
    read = architecture.context if is_for_gaps(values) else architecture.stream
    features = read(vocabulary(tokens), settings)
    return keras.Model(tokens, vocabulary(features, is_read=False))


def is_for_gaps(values: Mapping[str, Any]) -> bool:
    """Say whether a configuration reads from both sides."""
    return ARCHITECTURES.form_of(str(values["network.architecture"])) == "context"


def reading_layers(model: Any) -> list[Any]:
    """Return the layers between the vectors of tokens and the logits, first to last."""
    kinds = (StatefulLayer, keras.layers.LayerNormalization)
    return [layer for layer in model.layers if isinstance(layer, kinds)]


def score_targets(model: Any, tokens: Any, targets: Any, states: Any) -> tuple[Any, Any]:
    """Return the log-probability of each target, and the states behind the last step.

    Args:
        model: What `build_network` returned.
        tokens: (streams, steps) int32.
        targets: (streams, steps) int32, the token after each.
        states: States before the first step, (streams, …) each.

    Returns:
        The log-probability of each target (streams, steps), and the states.
    """
    vocabulary = model.get_layer(VOCABULARY)
    features = vocabulary(tokens)
    leaving: list[Any] = []
    for layer in reading_layers(model):
        if isinstance(layer, StatefulLayer):
            count = len(layer.shapes)
            features, *after = layer(features, states[:count])
            states, leaving = states[count:], [*leaving, *after]
        else:
            features = layer(features)
    chances = ops.log_softmax(vocabulary(features, is_read=False), axis=-1)
    found = ops.take_along_axis(chances, ops.expand_dims(targets, -1), axis=-1)
    return ops.squeeze(found, -1), leaving


def state_shapes(model: Any) -> list[tuple[int, ...]]:
    """Return the shape of each state of a network, without the streams."""
    stateful = (each for each in reading_layers(model) if isinstance(each, StatefulLayer))
    return [shape for layer in stateful for shape in layer.shapes]
