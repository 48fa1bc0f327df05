"""What answering asks of a network, in Keras: to read, to write one token more, and to choose.

`seqtune.tasks.translate.programs` names these functions; nothing that predicts imports this module.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.translate.beam import NEVER
from seqtune.tasks.translate.network import DECODER, MEMORY


def read(model: Any, inputs: Any) -> tuple[Any, Any]:
    """Return what steps look at, and the states before the first step.

    Args:
        model: A network with a decoder.
        inputs: `source` (rows, source steps), or `series` and `length`.

    Returns:
        Arrays (rows, source steps, …), and states (rows, …).
    """
    memory, present = _memory_model(model)(inputs, training=False)
    looked_at, states = model.get_layer(DECODER).read(memory, present, inputs.get("source"))
    return list(looked_at), list(states)


def step(model: Any, tokens: Any, places: Any, looked_at: Any, states: Any) -> tuple[Any, Any, Any]:
    """Take several answers to each source one token further.

    Args:
        model: A network with a decoder.
        tokens: (rows, answers) int32, the last token of each.
        places: (rows, answers) int32, which answer each goes on from, counted through all rows.
        looked_at: Of `read`.
        states: (rows, answers, …) each.

    Returns:
        Log-probabilities (rows, answers, tokens) of the next token, the states, and the attention
        (rows, answers, source steps).
    """
    rows, answers = ops.shape(tokens)
    flat = [ops.reshape(each, (-1, *each.shape[2:])) for each in states]
    if tokens.shape[1] != 1:  # one answer goes on from itself
        flat = [ops.take(each, ops.reshape(places, (-1,)), axis=0) for each in flat]
    said, after, look = model.get_layer(DECODER).step(tokens, tuple(flat), tuple(looked_at))
    return said, [ops.reshape(each, (rows, answers, *each.shape[1:])) for each in after], look


def choose(model: Any, said: Any, scores: Any) -> tuple[Any, Any, Any]:
    """Return the most probable continuations of each row, twice as many as it has answers.

    Half of them may be ends, and the others still fill the beam.

    Args:
        model: Plays no part.
        said: (rows, answers, tokens) log-probabilities of the next token.
        scores: (rows, answers) log-probability of each answer so far.

    Returns:
        (rows, continuations) log-probabilities, the best first; (rows, continuations) int32 places
        in answers * tokens; and (rows, answers) log-probabilities that an answer ends here.
    """
    return _best(said, scores, 2 * ops.shape(said)[1])


def choose_greedily(model: Any, said: Any, scores: Any) -> tuple[Any, Any, Any]:
    """Return the one most probable continuation of each row; see `choose`."""
    return _best(said, scores, 1)


def mix(model: Any, one: Any, other: Any, weights: Any) -> Any:
    """Return the logarithm of a weighted sum of probabilities that are given as logarithms.

    Args:
        model: Plays no part.
        one: (rows, answers, tokens), or (rows, frames, tokens).
        other: As `one`.
        weights: (2,), the logarithm of the weight of each.
    """
    return ops.logaddexp(one + weights[0], other + weights[1])


def likely(model: Any, inputs: Any, previous: Any, targets: Any) -> Any:
    """Return the log-probability (rows, steps) of each target after those before it.

    Args:
        model: A network with a decoder.
        inputs: As for `read`.
        previous: (rows, steps) int32, the token before each.
        targets: (rows, steps) int32.
    """
    memory, present = _memory_model(model)(inputs, training=False)
    decoder = model.get_layer(DECODER)
    said = ops.log_softmax(decoder(previous, memory, present, inputs.get("source")), axis=-1)
    return ops.squeeze(ops.take_along_axis(said, ops.expand_dims(targets, -1), axis=-1), -1)


def frames(model: Any, inputs: Any) -> Any:
    """Return the log-probabilities (rows, frames, tokens) of a network that writes by CTC."""
    memory, present = _memory_model(model)(inputs, training=False)
    return ops.log_softmax(model.get_layer(DECODER)(memory, present), axis=-1)


def _memory_model(model: Any) -> Any:
    """Return the part of a network that reads: from the source to the memory."""
    own = {name: tensor for name, tensor in model.input.items() if name != "previous"}
    return keras.Model(own, model.get_layer(MEMORY).output)


def _best(said: Any, scores: Any, count: Any) -> tuple[Any, Any, Any]:
    """Return so many continuations of each row, none by an unknown token; see `choose`.

    On a CPU, `top_k` of one takes half the time of `argmax`.
    """
    is_unknown = ops.cast(ops.arange(said.shape[-1]) == UNKNOWN, said.dtype)
    whole = said + is_unknown * NEVER + ops.expand_dims(scores, -1)
    values, places = ops.top_k(ops.reshape(whole, (ops.shape(said)[0], -1)), count)
    return values, places, said[:, :, END]
