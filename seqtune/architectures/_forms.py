"""The forms of an architecture: what it makes of a sequence, whatever the task.

A file of `seqtune/architectures/` is an architecture. It offers a form by defining its functions.
`seqtune.registry.FORMS` says which functions give which form, and `architectures_with` lists the
architectures of a form. A task names the forms that it can work with, and takes every architecture
that offers one of them.

    form         functions         makes
    states       states            (batch, steps, features), a state at every step
    memory       memory, or states (batch, fewer steps, features), what a decoder looks at
    vector       vector, or states (batch, features), one vector of the whole sequence
    decode       encode, decode    (batch, queries, features), an answer to each query
    decode_each  encode, decode    (batch, steps, queries, features), the same from every step
    stream       stream            (streams, steps, features), a state that goes on between batches
    context      context           (streams, steps, features), what surrounds each step

`mask` is (batch, steps), true where a step is there and false for padding at the end; None where
all steps are there. Padded steps are zero. `Settings` are the sizes and the architecture's options.
What comes before (embeddings, scaling) and behind (a readout, a head) belongs to the task.

`OPTIONS`, a literal, holds the options of an architecture as JSON-Schema fragments by name. Two
keys of a fragment are not JSON Schema: `forms`, the forms in which the option has a meaning (all,
where it is missing), and `causal: False` for an option that lets a step look at later ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import keras
from keras import ops

from seqtune.architectures._pooling import pool
from seqtune.architectures._settings import Settings


class States(Protocol):
    """A sequence to a state at every step."""

    def states(self, sequence: Any, mask: Any | None, settings: Settings) -> Any:
        """Return (batch, steps, features) from (batch, steps, features).

        `steps` may be unknown while building. With `settings.causal` no state depends on a later
        step.
        """


class Remember(Protocol):
    """A sequence to states that a decoder looks at, for an architecture that shortens time."""

    def memory(self, sequence: Any, mask: Any | None, settings: Settings) -> tuple[Any, Any]:
        """Return (batch, fewer steps, features), and (batch, fewer steps), which are there."""


class Vector(Protocol):
    """A sequence to one vector. An architecture without it joins its states by `pooling`."""

    def vector(self, sequence: Any, mask: Any | None, settings: Settings) -> Any:
        """Return (batch, features) from (batch, steps, features)."""


@dataclass(frozen=True)
class Memory:
    """What an encoder hands to a decoder.

    Args:
        states: (batch, steps, units), the encoder's state at every step.
        codes: (batch, steps, features), what the decoder may know of each step: the states
            themselves, or fewer numbers.
        last: (batch, features) each: the last code; behind it any other states of the cell.
        mask: (batch, steps), or None.
    """

    states: Any
    codes: Any
    last: tuple[Any, ...]
    mask: Any | None = None


class Decode(Protocol):
    """A memory and queries to a sequence: an encoder and a decoder."""

    def encode(self, sequence: Any, mask: Any | None, settings: Settings) -> Memory:
        """Read (batch, steps, features)."""

    def decode(self, memory: Memory, queries: Any, settings: Settings) -> Any:
        """Return (batch, queries, units) for queries (batch, queries, features)."""


class Stream(Protocol):
    """A stream whose state goes on from batch to batch while training."""

    def stream(self, sequence: Any, settings: Settings) -> Any:
        """Return (streams, steps, features): of each step, what was read up to it."""


class Context(Protocol):
    """What stands before and after each step, and nothing of the step itself."""

    def context(self, sequence: Any, settings: Settings) -> Any:
        """Return (streams, steps, features), half of them from each side."""


def vector_of(architecture: Any, sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Return the vector of a sequence, (batch, features), from an architecture of that form.

    Args:
        architecture: A module with `vector`, or with `states` alone.
        sequence: (batch, steps, features).
        mask: (batch, steps), or None.
        settings: Sizes, options and `pooling`.
    """
    if hasattr(architecture, "vector"):
        return architecture.vector(sequence, mask, settings)
    return pool(architecture.states(sequence, mask, settings), mask, settings.pooling)


def memory_of(
    architecture: Any, sequence: Any, mask: Any | None, settings: Settings
) -> tuple[Any, Any | None]:
    """Return what a decoder looks at, from an architecture of that form.

    Args:
        architecture: A module with `memory`, or with `states` alone.
        sequence: (batch, steps, features).
        mask: (batch, steps), or None.
        settings: Sizes and options.

    Returns:
        States (batch, steps, features), and which of them are there, (batch, steps) or None; steps
        are fewer where the architecture shortens time.
    """
    if hasattr(architecture, "memory"):
        states, present = architecture.memory(sequence, mask, settings)
        return states, present
    return architecture.states(sequence, mask, settings), mask


def decode_each(
    architecture: Any, sequence: Any, known: Any, count: int, settings: Settings
) -> tuple[Any, Any]:
    """Read a sequence once, and decode from each step what was read up to it.

    Args:
        architecture: A module with `encode` and `decode`.
        sequence: (batch, steps, features).
        known: (batch, steps, features), the query of each step, asked `count` times.
        count: Answers for each step.
        settings: Sizes and options.

    Returns:
        (batch, steps, count, features), and the encoder's states, (batch, steps, units).
    """
    memory = architecture.encode(sequence, None, settings)
    codes = ops.reshape(memory.codes, (-1, 1, memory.codes.shape[-1]))  # (batch * steps, 1, …)
    queries = ops.repeat(ops.reshape(known, (-1, 1, known.shape[-1])), count, axis=1)
    alone = Memory(codes, codes, (codes[:, 0],))
    answers = architecture.decode(alone, queries, settings)  # (batch * steps, count, features)
    return ByStep(name="answers_of_step")(answers, memory.states), memory.states


@keras.saving.register_keras_serializable("seqtune")
class ByStep(keras.layers.Layer):  # type: ignore[misc]
    """Puts answers back to the steps that they came from.

    Shape:
        (batch * steps, count, features), and any (batch, steps, …) -> (batch, steps, count,
        features).
    """

    def call(self, answers: Any, like: Any) -> Any:
        """Return answers by batch and step."""
        shape = ops.shape(like)
        return ops.reshape(answers, (shape[0], shape[1], *answers.shape[1:]))

    def compute_output_shape(
        self, answers_shape: tuple[int | None, ...], like_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Return (batch, steps, count, features)."""
        return (*like_shape[:2], *answers_shape[1:])
