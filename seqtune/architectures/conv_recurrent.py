"""Convolutions beside a recurrence over the same sequence, or before it (LSTM-FCN)."""

from __future__ import annotations

from typing import Any

import keras

from seqtune.architectures._convolutions import convolve
from seqtune.architectures._pooling import pool
from seqtune.architectures._recurrence import recur, recur_and_pool
from seqtune.architectures._settings import Settings

OPTIONS = {
    "blocks": {
        "enum": ["fcn", "resnet", "inception"],
        "default": "fcn",
        "description": "The convolutions. fcn: three in a row; resnet: three times three, with "
        "short cuts; inception: three modules of parallel ones of 10, 20 and 40 steps.",
    },
    "filters": {
        "type": "integer",
        "minimum": 2,
        "default": 64,
        "description": "Width of the convolutions. fcn doubles it in the middle, resnet from its "
        "second block on; inception divides it among four parallel convolutions.",
    },
    "dilation": {
        "type": "integer",
        "minimum": 1,
        "maximum": 8,
        "default": 1,
        "description": "How many times further apart the steps are that each block of "
        "convolutions looks at than those of the block before; 1 leaves them neighbours.",
    },
    "before": {
        "type": "boolean",
        "default": False,
        "description": "Let the recurrence read what the convolutions found instead of the "
        "sequence itself.",
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
        settings: Cell, sizes, and the options but `shuffle`.

    Returns:
        (batch, steps, units + patterns); twice the units when bidirectional. There are as many
        patterns as `_convolutions.convolve` says.

    Source:
        As `vector`, without the mean over all steps.
    """
    patterns = convolve(sequence, mask, settings)
    bidirectional = bool(settings.options.get("bidirectional", False))
    read = patterns if settings.options.get("before") else sequence
    order = recur(read, settings, mask=mask, bidirectional=bidirectional, sequences=True)
    return keras.layers.Concatenate(name="order_and_patterns")([order, patterns])


def vector(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Find local patterns by convolution and order by recurrence, and join what both say.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `pooling`, and the options but `bidirectional`.

    Returns:
        (batch, units + patterns): the recurrence's state beside the mean of what the convolutions
        found. There are as many patterns as `_convolutions.convolve` says.

    Source:
        Karim et al., LSTM Fully Convolutional Networks for Time Series Classification, arXiv
        1709.05206, figure 2; for several channels, arXiv 1801.04503. A recurrence behind the
        convolutions: Ordóñez & Roggen, Deep Convolutional and LSTM Recurrent Neural Networks for
        Multimodal Wearable Activity Recognition, Sensors 16 (2016), 115, section 3.
    """
    patterns = convolve(sequence, mask, settings)
    read = patterns if settings.options.get("before") else sequence
    if settings.options["shuffle"]:
        turned = keras.layers.Permute((2, 1), name="channels_first")(read)
        order = recur_and_pool(turned, None, settings)
    else:
        order = recur_and_pool(read, mask, settings)
    mean = pool(patterns, mask, "mean")
    return keras.layers.Concatenate(name="order_and_patterns")([order, mean])
