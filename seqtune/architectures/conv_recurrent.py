"""Convolutions and a recurrence side by side over the same sequence (LSTM-FCN)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.architectures._pooling import pool
from seqtune.architectures._recurrence import recur, recur_and_pool
from seqtune.architectures._settings import Settings
from seqtune.initializers import GlorotUniform

KERNELS = (8, 5, 3)
"""Steps that each of the three convolutions looks at."""

WIDENING = (1, 2, 1)
"""Filters of each of them, in units of `filters`."""

OPTIONS = {
    "filters": {
        "type": "integer",
        "minimum": 2,
        "default": 64,
        "description": "Filters of the first and the last convolution; the middle one has twice "
        "as many.",
    },
    "bidirectional": {
        "type": "boolean",
        "default": False,
        "forms": ["states"],
        "causal": False,
        "description": "Let the recurrence read from both ends, and join the two states.",
    },
    "shuffle": {
        "type": "boolean",
        "default": False,
        "forms": ["vector"],
        "description": "Let the recurrence run over channels, each with all of its steps, instead "
        "of over steps, as LSTM-FCN does; quick for long series of few channels.",
    },
}


def states(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Find local patterns by convolution and order by recurrence, at every step.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `filters` and `bidirectional`.

    Returns:
        (batch, steps, units + filters); twice the units when bidirectional.

    Source:
        As `vector`, without the mean over all steps.
    """
    patterns = _patterns(sequence, mask, settings)
    bidirectional = bool(settings.options.get("bidirectional", False))
    order = recur(sequence, settings, mask=mask, bidirectional=bidirectional, sequences=True)
    return keras.layers.Concatenate(name="order_and_patterns")([order, patterns])


def vector(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Find local patterns by convolution and order by recurrence, and join what both say.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `pooling`, `filters` and `shuffle`.

    Returns:
        (batch, units + filters): the recurrence's state beside the mean of the last convolution.

    Source:
        Karim et al., LSTM Fully Convolutional Networks for Time Series Classification, arXiv
        1709.05206, figure 2; for several channels, arXiv 1801.04503. Kernels of 8, 5 and 3 steps
        and the doubled middle are theirs.
    """
    patterns = pool(_patterns(sequence, mask, settings), mask, "mean")
    if settings.options["shuffle"]:
        turned = keras.layers.Permute((2, 1), name="channels_first")(sequence)
        order = recur_and_pool(turned, None, settings)
    else:
        order = recur_and_pool(sequence, mask, settings)
    return keras.layers.Concatenate(name="order_and_patterns")([order, patterns])


def _patterns(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Return (batch, steps, filters), three convolutions over the steps that are there."""
    filters = int(settings.options["filters"])
    present = None if mask is None else ops.expand_dims(ops.cast(mask, sequence.dtype), -1)
    for number, (kernel, factor) in enumerate(zip(KERNELS, WIDENING, strict=True)):
        name = f"convolution_{number}"
        sequence = keras.layers.Conv1D(
            factor * filters,
            kernel,
            padding="causal" if settings.causal else "same",
            kernel_initializer=GlorotUniform(),
            name=name,
        )(sequence)
        sequence = keras.layers.BatchNormalization(name=f"{name}_normalised")(sequence, mask=mask)
        sequence = ops.relu(sequence)  # the layer would hand a mask on to the convolution
        if present is not None:  # what a convolution makes of padding is nothing to the next
            sequence = sequence * present
    return sequence
