"""What every loss of a tagger has in common: which targets count, and how much."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

ABSENT = -2
"""The target of a position that is padding; that of one whose tag is not known is -1."""


class WeightedLoss(keras.losses.Loss):  # type: ignore[misc]
    """A loss of each position; its mean is taken with the weights of the batch.

    Keras's own way would turn the numbers of the tags into floats, and broadcast.
    """

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the mean over all positions, each with its weight."""
        losses = self.call(y_true, y_pred)
        return ops.mean(losses if sample_weight is None else losses * sample_weight)
