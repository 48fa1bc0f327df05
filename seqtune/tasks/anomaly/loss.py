"""The loss that training minimises: how far rows are from the expected, without the strangest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

SMALLEST = 0.02
"""Added to a channel's mean error, so that one that is predicted exactly does not count for all."""


def trimmed_loss(
    offsets: npt.NDArray[np.int64], channels: int, trim: float
) -> Callable[[Any, Any], Any]:
    """Return a Keras loss: the logarithm of the mean absolute error, averaged over channels.

    The logarithm is that of the likelihood of errors with a Laplace distribution, whose scale is
    the one that fits each point and channel: a channel that is hard to predict does not drown the
    others. Absolute errors follow no outlier, and the rows with the largest errors of a batch are
    not learnt from at all.

    Args:
        offsets: (points,) where the rows lie that are told of, as `offsets_of` returns them.
        channels: Number of watched channels.
        trim: Share of the rows that is left out.

    Returns:
        A function of `truth` (batch, steps, 2 * channels), values and whether they count, and
        `expected` (batch, steps, points * channels or more), of which the first count.

    Source:
        Least trimmed absolute deviations: Rousseeuw & Leroy, Robust Regression and Outlier
        Detection (1987), chapter 3; Laplace likelihood: Koenker & Bassett (1978).
    """
    from keras import ops

    def of_point(values: Any, weight: Any, expected: Any) -> Any:
        error = ops.abs(values - expected) * weight
        if trim > 0:
            per_row = ops.stop_gradient(ops.sum(error, axis=-1))
            bar = ops.quantile(ops.reshape(per_row, (-1,)), 1.0 - trim)
            weight = weight * ops.cast(per_row <= bar, weight.dtype)[..., None]
            error = error * weight
        mean = ops.sum(error, axis=(0, 1)) / (ops.sum(weight, axis=(0, 1)) + 1e-6)
        return ops.mean(ops.log(mean + SMALLEST))

    def loss(truth: Any, expected: Any) -> Any:
        values, weight = truth[..., :channels], truth[..., channels:]
        total = 0.0
        for point, offset in enumerate(offsets.tolist()):
            told = expected[..., point * channels : (point + 1) * channels]
            ahead, back = max(offset, 0), max(-offset, 0)
            steps = truth.shape[1] - ahead - back
            total = total + of_point(
                values[:, ahead : ahead + steps],
                weight[:, ahead : ahead + steps],
                told[:, back : back + steps],
            )
        return total / len(offsets)

    return loss
