"""What a tagger learns by: the nats of each known tag, alone or as part of its sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from seqtune.tasks.tag.crf import ChainLoss
from seqtune.tasks.tag.weighted_loss import WeightedLoss


def loss_of(values: Mapping[str, Any]) -> Any:
    """Return the loss of a configuration, of targets (batch, steps) int32."""
    if values["network.head"] == "crf":
        return ChainLoss()
    return TagLoss(float(values["training.label_smoothing"]))


@keras.saving.register_keras_serializable("seqtune")
class TagLoss(WeightedLoss):
    """Cross-entropy of tags, with a share of each target spread over all tags.

        loss = -(1 - share) log p(target) - share * mean of log p over the tags

    Args:
        share: The label smoothing, 0 to below 1.
        options: What every loss takes.

    Shape:
        Targets (batch, steps) int32 and logits (batch, steps, tags) to (batch, steps) nats, 0 where
        a target is below 0.

    Source:
        Szegedy et al., Rethinking the Inception Architecture, arXiv 1512.00567, section 7.
    """

    def __init__(self, share: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.share = share

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the nats of each target."""
        targets = ops.cast(y_true, "int32")
        places = ops.expand_dims(ops.maximum(targets, 0), -1)
        largest = ops.stop_gradient(ops.max(y_pred, axis=-1))  # (batch, steps)
        shifted = y_pred - ops.expand_dims(largest, -1)
        total = ops.log(ops.sum(ops.exp(shifted), axis=-1))
        chosen = ops.squeeze(ops.take_along_axis(shifted, places, axis=-1), -1)
        nats = total - (1.0 - self.share) * chosen
        if self.share:
            nats = nats - self.share * ops.mean(shifted, axis=-1)
        return ops.where(targets >= 0, nats, 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "share": self.share}
