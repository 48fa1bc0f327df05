"""Features of a sequence by convolutions that are drawn once and never trained.

    sequence, and its changes from step to step
        > kernels of nine steps, more or less far apart (dilation), each over a few channels
        > of each: how large its response is, and at what share of the steps it is above a threshold

What a threshold is depends on the response of the very case: it is drawn in standard deviations.
MiniRocket takes quantiles of training cases; a layer of a network has none, and here needs none.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from seqtune.architectures._convolutions import MOMENTUM
from seqtune.initializers import KERNEL_STEPS, NormalQuantiles, SparsePatterns

LENGTH = 10.0
"""How long the vector of all features is on average. A dense layer behind thousands of features of
size 1 changes its answers by far more than its weights in a step; one behind a vector of length 1
learnt too slowly (docs/notes/classification.md)."""

SPAN = KERNEL_STEPS - 1
"""Steps from the first to the last that a kernel looks at, without dilation."""

SMALLEST = 1e-6
"""A response of this size counts as none."""

LARGEST = 1e14
"""Values beyond it count as this; what is squared and summed over the steps is finite then."""


def dilations_for(steps: int) -> tuple[int, ...]:
    """Return how far apart the steps of a kernel lie: powers of two, while it fits into a case.

    Args:
        steps: Of a usual case.

    Example:
        >>> dilations_for(100)  # nine steps that are 8 apart span 65
        (1, 2, 4, 8)
    """
    powers = range(max(1, (steps - 1) // SPAN).bit_length())
    return tuple(2**power for power in powers)


@keras.saving.register_keras_serializable("seqtune")
class RandomKernels(keras.layers.Layer):  # type: ignore[misc]
    """Convolves with frozen kernels, and says of each how large and how often high its response is.

    All dilations have as many kernels. Half of them respond at every step, where what lies outside
    the case is zero; the other half only where they lie inside the case, and do not see its level.
    Where a usual case is shorter than a kernel, all of them respond everywhere.

    The features go through batch normalisation, which alone is trained, and are made smaller
    together: a case is a vector `LENGTH` long. It is one layer for the sake of a network's order
    of weights, in which it comes last whatever stands beside it.

    Args:
        kernels: How many are drawn.
        usual_steps: Steps of a usual case, which set the dilations.
        options: What every layer takes.

    Shape:
        (batch, steps, channels), zero where a step is not there, and which are, (batch, steps), or
        None for all; (batch, 2 * kernels).

    Source:
        Dempster et al., MiniRocket, arXiv 2012.08791, section 3; the changes as a second view: Tan
        et al., MultiRocket, arXiv 2102.00457, section 3.1.
    """

    def __init__(self, kernels: int, usual_steps: int, **options: Any) -> None:
        super().__init__(**options)
        self.kernels, self.usual_steps = kernels, usual_steps
        self.normalise = keras.layers.BatchNormalization(momentum=MOMENTUM, name="normalised")

    def build(self, shape: tuple[int | None, ...], *_: Any) -> None:
        """Draw kernels (9, channels, kernels) and thresholds (kernels,) of each group."""
        is_short = self.usual_steps <= SPAN
        kinds = [
            (dilation, pads)
            for dilation in dilations_for(self.usual_steps)
            for pads in ((True,) if is_short else (True, False))
        ]
        places = np.linspace(0, self.kernels, len(kinds) + 1).astype(int)
        self.groups = [
            (dilation, pads, *self._draw(2 * int(shape[-1] or 1), count, f"{dilation}_{pads}"))
            for (dilation, pads), count in zip(kinds, np.diff(places).tolist(), strict=True)
            if count
        ]
        self.normalise.build((None, 2 * self.kernels))

    def _draw(self, channels: int, count: int, name: str) -> tuple[Any, Any]:
        kernels, thresholds = (KERNEL_STEPS, channels, count), (count,)
        return (
            self.add_weight(
                shape=kernels, initializer=SparsePatterns(), trainable=False, name=f"kernels_{name}"
            ),
            self.add_weight(
                shape=thresholds,
                initializer=NormalQuantiles(),
                trainable=False,
                name=f"thresholds_{name}",
            ),
        )

    def call(self, sequence: Any, present: Any | None = None, training: bool = False) -> Any:
        """Return the features (batch, 2 * kernels), normalised."""
        normalised = self.normalise(self.features(sequence, present), training=training)
        return normalised * (LENGTH / float(np.sqrt(2 * self.kernels)))

    def features(self, sequence: Any, present: Any | None = None) -> Any:
        """Return the features (batch, 2 * kernels) as they are.

        Of each group of kernels come their shares of steps above a threshold, then the logarithms
        of their sizes.
        """
        if present is not None:
            present = ops.expand_dims(ops.cast(present, sequence.dtype), -1)
        views = _with_changes(ops.clip(sequence, -LARGEST, LARGEST), present)
        features: list[Any] = []
        for dilation, pads, kernels, thresholds in self.groups:
            read, counted, span = views, present, dilation * SPAN
            if pads:
                read = ops.pad(views, ((0, 0), (span // 2, span // 2), (0, 0)))
            elif present is not None:
                counted = present[:, span:]  # a kernel whose last step is there lies inside
            response = ops.conv(read, kernels, dilation_rate=dilation)
            features += _pooled(response, counted, thresholds)
        return ops.concatenate(features, axis=-1)

    def compute_output_shape(self, shape: tuple[int | None, ...], *_: Any) -> tuple[Any, ...]:
        """Return (batch, 2 * kernels)."""
        return shape[0], 2 * self.kernels

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "kernels": self.kernels, "usual_steps": self.usual_steps}


def _with_changes(sequence: Any, present: Any | None) -> Any:
    """Return (batch, steps, twice the channels): beside each step how it differs from the last."""
    changes = sequence[:, 1:] - sequence[:, :-1]
    if present is not None:
        changes = changes * present[:, 1:]
    return ops.concatenate([sequence, ops.pad(changes, ((0, 0), (1, 0), (0, 0)))], axis=-1)


def _pooled(response: Any, present: Any | None, thresholds: Any) -> tuple[Any, Any]:
    """Return the share of steps above the thresholds, and the logarithm of the size.

    Args:
        response: (batch, steps, kernels).
        present: (batch, steps, 1), which of the steps count; None for all.
        thresholds: (kernels,), in sizes: roots of the mean square.

    Returns:
        (batch, kernels) each; zero where no step counts.
    """
    if present is None:
        steps = float(response.shape[1])
        size = ops.sqrt(ops.sum(response * response, axis=1) / steps)
        above = response > ops.expand_dims(thresholds * size, 1)
        share = ops.sum(ops.cast(above, response.dtype), axis=1) / steps
        return share, ops.log(ops.maximum(size, SMALLEST))
    steps = ops.sum(present, axis=1)  # (batch, 1)
    counted = ops.maximum(steps, 1.0)
    size = ops.sqrt(ops.sum(response * response * present, axis=1) / counted)
    above = response > ops.expand_dims(thresholds * size, 1)
    share = ops.sum(ops.cast(above, response.dtype) * present, axis=1) / counted
    return share, ops.log(ops.maximum(size, SMALLEST)) * ops.minimum(steps, 1.0)
