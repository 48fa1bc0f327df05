"""What a network learns by: the nats of each token, or of each target by any alignment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

INFEASIBLE = 1e4
"""Nats of a target that its frames are too few for; nothing can be learnt from it."""


def loss_of(values: Mapping[str, Any]) -> Any:
    """Return the loss of a configuration, of targets (batch, steps) int32, END behind each."""
    if values["network.decoder"] == "ctc":
        return AlignmentLoss()
    return SmoothedCrossEntropy(float(values["training.label_smoothing"]))


@keras.saving.register_keras_serializable("seqtune")
class SmoothedCrossEntropy(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy of tokens, with a share of each target spread over all tokens.

        loss = -(1 - share) log p(target) - share * mean of log p over the tokens

    Args:
        share: The label smoothing, 0 to below 1.
        options: What every loss takes.

    Shape:
        Targets (batch, steps) int32 and logits or log-probabilities (batch, steps, tokens) to
        (batch, steps) nats.

    Source:
        Szegedy et al., Rethinking the Inception Architecture, arXiv 1512.00567, section 7.
    """

    def __init__(self, share: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.share = share

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the mean over all targets, each with its weight.

        Keras's own way would turn the numbers of the tokens into floats, and broadcast.
        """
        losses = self.call(y_true, y_pred)
        return ops.mean(losses if sample_weight is None else losses * sample_weight)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the nats of each target."""
        largest = ops.stop_gradient(ops.max(y_pred, axis=-1))  # (batch, steps)
        shifted = y_pred - ops.expand_dims(largest, -1)
        total = ops.log(ops.sum(ops.exp(shifted), axis=-1))
        places = ops.expand_dims(ops.cast(y_true, "int32"), -1)
        chosen = ops.squeeze(ops.take_along_axis(shifted, places, axis=-1), -1)
        if not self.share:
            return total - chosen
        evenly = ops.mean(shifted, axis=-1)
        return total - (1.0 - self.share) * chosen - self.share * evenly

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "share": self.share}


@keras.saving.register_keras_serializable("seqtune")
class AlignmentLoss(keras.losses.Loss):  # type: ignore[misc]
    """Connectionist temporal classification: nats of a target summed over all its alignments.

    The nats of a target are spread evenly over its tokens and its end, so that weights of the
    tokens work as in any other loss. A target that has more tokens than there are frames has no
    alignment: it counts nothing.

    Shape:
        Targets (batch, steps) int32, 0 behind each, and logits (batch, frames, tokens) to (batch,
        steps) nats. Token 0 is the blank.

    Source:
        Graves et al., Connectionist Temporal Classification (ICML 2006), equation 8.
    """

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the mean over all targets, each with its weight."""
        losses = self.call(y_true, y_pred)
        return ops.mean(losses if sample_weight is None else losses * sample_weight)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the nats of each target, a part at each of its tokens."""
        nats = alignment_nats(y_true, y_pred)
        nats = ops.where(nats < INFEASIBLE, nats, 0.0)
        tokens = ops.cast(ops.sum(ops.cast(y_true != 0, "int32"), axis=1) + 1, nats.dtype)
        return ops.expand_dims(nats / tokens, 1) + ops.zeros_like(y_true, nats.dtype)


def alignment_nats(targets: Any, logits: Any) -> Any:
    """Return the negative log-probability of targets by any alignment, (batch,).

    Args:
        targets: (batch, steps) int32, 0 behind each.
        logits: (batch, frames, tokens); token 0 is the blank.
    """
    targets = ops.cast(targets, "int32")
    lengths = ops.sum(ops.cast(targets != 0, "int32"), axis=1)
    frames = ops.zeros_like(lengths) + ops.shape(logits)[1]
    return ops.ctc_loss(targets, logits, lengths, frames, mask_index=0)
