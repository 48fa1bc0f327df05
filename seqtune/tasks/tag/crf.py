"""A linear-chain conditional random field: which tags follow each other, learnt with the network.

The score of a way to tag a sequence is the sum of the emissions, one for each position and tag, and
of the transitions, one for each tag and the next; its probability is the softmax over all ways.

Source:
    Lafferty, McCallum & Pereira, Conditional Random Fields (ICML 2001), section 3; on top of a
    recurrent network: Huang, Xu & Yu, arXiv 1508.01991, section 2.5, and Lample et al., arXiv
    1603.01360, section 2.2.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from seqtune.initializers import Given
from seqtune.tasks.tag.weighted_loss import ABSENT, WeightedLoss

FORBIDDEN = -1e4
"""Added to the score of a transition that is not legal: the exponential of it is 0."""

LEAST = 1e-30
"""Added to a sum of exponentials, relative to its largest: gradients stay finite where the only way
that is left is less likely than that. Such a way counts as 69 nats worse than the best."""

CHAIN = "chain"
"""Name of the layer in a network."""

BORDERS = 2
"""Rows behind the transitions: scores of the first tag, and of the last one."""


@keras.saving.register_keras_serializable("seqtune")
class LinearChain(keras.layers.Layer):  # type: ignore[misc]
    """Learns which tags follow each other, and hands that on beside the emissions.

    A trainer knows one output of a network; so all that the loss needs is packed into one.

    Args:
        follow: (tags, tags), whether the second may follow the first; None where weights of a file
            are to come.
        options: What every layer takes.

    Shape:
        Emissions (batch, steps, tags) -> (batch, steps + tags + 2, tags): the emissions; the
        transitions from each tag (row) to each; the scores of the first tag; those of the last.
    """

    def __init__(self, follow: npt.NDArray[np.bool_] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.follow = follow
        self.supports_masking = True

    def build(self, shape: Any) -> None:
        """Create the weights for emissions (batch, steps, tags)."""
        tags = shape[-1]
        add = None if self.follow is None else np.where(self.follow, 0, FORBIDDEN)
        self.forbidden = self.add_weight(
            shape=(tags, tags),
            initializer=Given(None if add is None else add.astype(np.float32)),
            trainable=False,
            name="forbidden",
        )
        self.transitions = self.add_weight(
            shape=(tags, tags), initializer="zeros", name="transitions"
        )
        self.borders = self.add_weight(shape=(BORDERS, tags), initializer="zeros", name="borders")

    def call(self, emissions: Any) -> Any:
        """Return emissions and transitions in one."""
        rows = ops.concatenate([self.transitions + self.forbidden, self.borders], axis=0)
        rows = ops.expand_dims(rows, 0) + ops.zeros_like(
            emissions[:, :1]
        )  # (batch, tags + 2, tags)
        return ops.concatenate([emissions, rows], axis=1)

    def compute_mask(self, *_: Any) -> None:
        """Hand no mask on: it is an output."""

    def compute_output_spec(self, emissions: Any) -> Any:
        """Return the output without computing it."""
        batch, steps, tags = emissions.shape
        longer = None if steps is None else steps + tags + BORDERS
        return keras.KerasTensor((batch, longer, tags), emissions.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments; a file of weights holds which transitions are not legal."""
        return super().get_config()  # type: ignore[no-any-return]


@keras.saving.register_keras_serializable("seqtune")
class ChainLoss(WeightedLoss):
    """Nats of the known tags of a sequence together, summed over all tags of the others.

    They are spread evenly over the positions whose tag is known, so that weights of the positions
    work as in any other loss.

    Shape:
        Targets (batch, steps) int32, -1 where a tag is not known and -2 where padded, and what
        `LinearChain` packs to (batch, steps) nats.

    Source:
        Lample et al., arXiv 1603.01360, equation 1; unknown tags: Tsuboi et al., Training
        Conditional Random Fields Using Incomplete Annotations (COLING 2008), section 4.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the nats of each sequence, a part at each of its known positions."""
        targets = ops.cast(y_true, "int32")
        known = ops.cast(targets >= 0, y_pred.dtype)
        nats = sequence_nats(targets, y_pred)  # (batch,)
        shares = nats / ops.maximum(ops.sum(known, axis=1), 1.0)
        return ops.expand_dims(shares, 1) * known


def sequence_nats(targets: Any, packed: Any) -> Any:
    """Return the negative log-probability of the known tags of each sequence, (batch,).

    Args:
        targets: (batch, steps) int32, -1 where not known, -2 where padded.
        packed: From `LinearChain`.
    """
    tags = packed.shape[-1]
    emissions = packed[:, : -tags - BORDERS]  # TensorFlow knows no number of steps here
    transitions = packed[0, -tags - BORDERS : -BORDERS]
    first, last = packed[0, -BORDERS], packed[0, -1]
    is_tag = ops.expand_dims(targets, -1) == ops.arange(tags, dtype="int32")
    is_open = ops.expand_dims(targets < 0, -1)
    bound = ops.where(ops.logical_or(is_tag, is_open), emissions, emissions + FORBIDDEN)
    both = ops.concatenate([emissions, bound], axis=0)  # all ways, then those of the known tags
    present = ops.concatenate([targets, targets], axis=0) != ABSENT
    total = log_partition(both, present, transitions, first, last)
    half = ops.shape(targets)[0]
    return total[:half] - total[half:]


def log_partition(emissions: Any, present: Any, transitions: Any, first: Any, last: Any) -> Any:
    """Return the logarithm of the summed exponentials of the scores of all ways, (batch,).

    The forward algorithm; sums are taken by a matrix product of exponentials, each relative to the
    largest, which is quicker than in logarithms by the number of tags.

    Args:
        emissions: (batch, steps, tags).
        present: (batch, steps), true where a step is there; the first one is.
        transitions: (tags, tags), from each tag to the next.
        first: (tags,), scores of the first tag.
        last: (tags,), scores of the last tag.

    Source:
        Rabiner, A tutorial on hidden Markov models (1989), sections III.A and V.A (scaling).
    """
    peak = ops.stop_gradient(ops.max(transitions))
    moves = ops.exp(transitions - peak)
    begin, shift = _relative(emissions[:, 0] + first)

    def step(state: Any, arriving: Any) -> tuple[Any, Any]:
        scores, total = state
        emission, is_there = arriving[:, :-1], arriving[:, -1] > 0
        sums = ops.log(ops.matmul(ops.exp(scores), moves) + LEAST)
        following, more = _relative(sums + emission)
        scores = ops.where(ops.expand_dims(is_there, -1), following, scores)
        total = ops.where(is_there, total + more + peak, total)
        return (scores, total), (scores, total)  # TensorFlow's scan returns nothing but states

    is_there = ops.expand_dims(ops.cast(present, emissions.dtype), -1)
    # in one array: TensorFlow's scan takes several only where it knows the number of steps
    by_step = ops.transpose(ops.concatenate([emissions, is_there], axis=-1), (1, 0, 2))[1:]
    scores, total = begin, shift
    if emissions.shape[1] != 1:
        (scores, total), _ = ops.scan(step, (begin, shift), by_step)
    return total + ops.logsumexp(scores + last, axis=-1)


def _relative(scores: Any) -> tuple[Any, Any]:
    """Return scores (batch, tags) less the largest of each row, and that, (batch,)."""
    largest = ops.stop_gradient(ops.max(scores, axis=-1))
    return scores - ops.expand_dims(largest, -1), largest
