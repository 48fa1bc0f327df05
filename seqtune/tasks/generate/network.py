"""The Keras network of one configuration, and those of its layers that read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from seqtune.architectures._settings import settings_of
from seqtune.architectures._vocabulary import Vocabulary
from seqtune.cells._stateful import StatefulLayer
from seqtune.registry import architectures
from seqtune.tasks.generate.objective import is_for_gaps
from seqtune.tasks.generate.prepared import Prepared

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


def reading_layers(model: Any) -> list[Any]:
    """Return the layers between the vectors of tokens and the logits, first to last."""
    kinds = (StatefulLayer, keras.layers.LayerNormalization)
    return [layer for layer in model.layers if isinstance(layer, kinds)]


def state_shapes(model: Any) -> list[tuple[int, ...]]:
    """Return the shape of each state of a network, without the streams."""
    stateful = (each for each in reading_layers(model) if isinstance(each, StatefulLayer))
    return [shape for layer in stateful for shape in layer.shapes]
