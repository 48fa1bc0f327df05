"""What reading asks of a network, in Keras: the next token, and how likely given ones are.

`seqtune.tasks.generate.programs` names these functions; nothing that predicts imports this module.
"""

from __future__ import annotations

from typing import Any

from keras import ops

from seqtune.cells._stateful import StatefulLayer
from seqtune.tasks.generate.network import VOCABULARY, reading_layers


def read_one(model: Any, tokens: Any, states: Any) -> tuple[Any, list[Any]]:
    """Read one token of each text.

    Args:
        model: What `build_network` returned.
        tokens: (batch, 1) int32.
        states: (batch, …) each.

    Returns:
        (batch, vocabulary) logits of the next tokens, and the new states.
    """
    vocabulary = model.get_layer(VOCABULARY)
    features, waiting, after = vocabulary(tokens), list(states), list[Any]()
    for layer in reading_layers(model):
        if isinstance(layer, StatefulLayer):
            own = tuple(waiting.pop(0) for _ in layer.shapes)
            features, left = layer.run(features, own, training=False)
            after += left
        else:
            features = layer(features)
    return vocabulary(features, is_read=False)[:, -1], after


def score_targets(model: Any, tokens: Any, targets: Any, states: Any) -> tuple[Any, Any, Any]:
    """Return the log-probability of each target, the entropy there, and the states at the end.

    Args:
        model: What `build_network` returned.
        tokens: (streams, steps) int32.
        targets: (streams, steps) int32, the token after each.
        states: States before the first step, (streams, …) each.

    Returns:
        The log-probability of each target (streams, steps), the entropy of what was expected in
        its place (streams, steps), in nats, and the states behind the last step.
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
    entropy = -ops.sum(ops.exp(chances) * chances, axis=-1)
    return ops.squeeze(found, -1), entropy, leaving
