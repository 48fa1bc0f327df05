"""The compiled parts of decoding: reading sources, and taking answers one token further."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import keras
from keras import ops

from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.translate.beam import NEVER
from seqtune.tasks.translate.network import DECODER, MEMORY


@dataclass(frozen=True)
class DecodingPrograms:
    """Functions of a network, as `Network.run` takes them.

    Args:
        read: From the inputs to what steps look at, and to the states of each answer, (rows *
            answers, …) each.
        step: From the last tokens (rows, answers), which answers they go on from (rows, answers),
            what is looked at, and the states: to log-probabilities (rows, answers, tokens), the
            states, and the attention (rows, answers, source steps).
        choose: From such log-probabilities of each member, the members' weights, and the scores of
            the answers (rows, answers): to the parts of `Candidates`.
        step_and_choose: Both, for a network alone.
    """

    read: Callable[..., Any]
    step: Callable[..., Any]
    choose: Callable[..., Any]
    step_and_choose: Callable[..., Any]


@cache
def programs_of(answers: int) -> DecodingPrograms:
    """Return the functions that follow so many answers to each source, always the same ones."""

    def read(model: Any, inputs: Any) -> tuple[Any, Any]:
        memory, present = memory_model(model)(inputs, training=False)
        read, states = model.get_layer(DECODER).read(memory, present, inputs.get("source"))
        return read, [ops.repeat(each, answers, axis=0) for each in states]

    def step(model: Any, tokens: Any, parents: Any, read: Any, states: Any) -> tuple[Any, Any, Any]:
        if answers > 1:
            first = ops.arange(ops.shape(parents)[0], dtype="int32") * answers
            places = ops.reshape(parents + ops.expand_dims(first, 1), (-1,))
            states = [ops.take(each, places, axis=0) for each in states]
        said, states, look = model.get_layer(DECODER).step(tokens, tuple(states), tuple(read))
        return said, list(states), look

    def choose(model: Any, said: Sequence[Any], weights: Any, scores: Any) -> Any:
        shares = ops.log(ops.reshape(weights, (-1, 1, 1, 1)))
        return _best(ops.logsumexp(ops.stack(list(said)) + shares, axis=0), scores, answers)

    def step_and_choose(
        model: Any, tokens: Any, parents: Any, read: Any, states: Any, scores: Any
    ) -> tuple[Any, Any, Any]:
        said, states, look = step(model, tokens, parents, read, states)
        return _best(said, scores, answers), states, look

    return DecodingPrograms(read, step, choose, step_and_choose)


def memory_model(model: Any) -> Any:
    """Return the part of a network that reads: from the source to the memory."""
    own = {name: tensor for name, tensor in model.input.items() if name != "previous"}
    return keras.Model(own, model.get_layer(MEMORY).output)


def _best(chances: Any, scores: Any, answers: int) -> tuple[Any, Any, Any, Any]:
    """Return the best continuations of each row, as `Candidates` has them.

    Args:
        chances: (rows, answers, tokens) log-probabilities of the next token.
        scores: (rows, answers) log-probability of each answer so far.
        answers: Answers of each row.
    """
    size = chances.shape[2]
    chances = chances + ops.cast(ops.arange(size) == UNKNOWN, chances.dtype) * NEVER
    ends = chances[:, :, END]
    if answers == 1:
        best = ops.argmax(chances, axis=-1)
        values = ops.take_along_axis(chances, ops.expand_dims(best, -1), axis=-1)[:, :, 0]
        return values + scores, ops.zeros_like(best), best, ends
    count = min(2 * answers, size)
    values, tokens = ops.top_k(chances, count)  # the best of each answer
    values = ops.reshape(values + ops.expand_dims(scores, -1), (-1, answers * count))
    values, places = ops.top_k(values, 2 * answers)  # and of all of them
    tokens = ops.take_along_axis(ops.reshape(tokens, (-1, answers * count)), places, axis=1)
    return values, places // count, tokens, ends
