"""Recurrent layers over ever fewer steps: each joins two of the layer below (a pyramid)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
from keras import ops

from seqtune.architectures._recurrence import recur
from seqtune.architectures._settings import Settings

OPTIONS = {
    "halvings": {
        "type": "integer",
        "minimum": 1,
        "maximum": 5,
        "default": 2,
        "description": "How many times two steps become one, each time with a recurrent layer "
        "above; 2 leave a quarter of the steps.",
    },
    "bidirectional": {
        "type": "boolean",
        "default": True,
        "causal": False,
        "description": "Read the sequence from both ends and join the two states.",
    },
}


def memory(sequence: Any, mask: Any | None, settings: Settings) -> tuple[Any, Any]:
    """Read a sequence, and read what was read in steps that are twice as long.

    A decoder that looks at a quarter of 800 steps is quicker, and finds what it looks for sooner.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes (`layers` below the first halving), `halvings` and `bidirectional`.

    Returns:
        (batch, steps / 2**halvings rounded up, features), and which of them are there.

    Source:
        Chan et al., Listen, Attend and Spell, arXiv 1508.01211, section 3.1, equation 5.
    """
    both = bool(settings.options["bidirectional"])
    states = recur(sequence, settings, mask=mask, bidirectional=both, sequences=True)
    if mask is None:
        mask = ops.ones_like(states[:, :, 0], dtype="bool")
    for number in range(int(settings.options["halvings"])):
        states, mask = Halving(name=f"halving_{number}")(states, mask)
        states = recur(
            states, replace(settings, layers=1), mask=mask, bidirectional=both, sequences=True,
            name=f"recurrence_above_{number}",
        )  # fmt: skip
    return states, mask


@keras.saving.register_keras_serializable("seqtune")
class Halving(keras.layers.Layer):  # type: ignore[misc]
    """Joins every two steps.

    Shape:
        (batch, steps, features) and (batch, steps) -> (batch, steps / 2, 2 * features) and
        (batch, steps / 2), rounded up. What is not there is zero.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def call(self, states: Any, present: Any) -> tuple[Any, Any]:
        """Return steps twice as long, and which of them are there."""
        states = states * ops.expand_dims(ops.cast(present, states.dtype), -1)
        count = (ops.shape(states)[1] + 1) // 2
        states = ops.pad(states, ((0, 0), (0, 1), (0, 0)))[:, : 2 * count]
        joined = ops.reshape(states, (-1, count, 2 * states.shape[-1]))
        return joined, present[:, ::2]

    def compute_mask(self, *_: Any) -> None:
        """Hand no mask on: it is an output."""

    def compute_output_shape(
        self, states_shape: tuple[int | None, ...], present_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Return both shapes."""
        batch, steps, features = states_shape
        half = None if steps is None else (steps + 1) // 2
        return (batch, half, 2 * (features or 0)), (batch, half)

    def compute_output_spec(self, states: Any, present: Any) -> tuple[Any, Any]:
        """Return both outputs without computing them."""
        shapes = self.compute_output_shape(states.shape, present.shape)
        return keras.KerasTensor(shapes[0], states.dtype), keras.KerasTensor(shapes[1], "bool")
