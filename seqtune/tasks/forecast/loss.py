"""The quantile loss, weighted so that training minimises what the leaderboard measures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def quantile_loss(levels: tuple[float, ...]) -> Callable[[Any, Any], Any]:
    """Return a Keras loss: the weighted mean over quantiles of the pinball loss.

    For level q, truth y and forecast f: max(q (y - f), (q - 1) (y - f)), doubled, so that at the
    median alone it is the absolute error.

    Args:
        levels: The probabilities that the network's last axis stands for.

    Returns:
        A function of `truth` (batch, horizon, 2), the scaled target and the weight of each step
        (zero where nothing was observed), and `forecast` (batch, horizon, levels); its value is
        (batch,).

    Source:
        Koenker & Bassett, Regression Quantiles, Econometrica 46 (1978); as a loss of a recurrent
        forecaster: Wen et al., MQ-RNN, arXiv 1711.11053.
    """
    import keras

    def loss(truth: Any, forecast: Any) -> Any:
        probability = keras.ops.convert_to_tensor(levels, dtype=forecast.dtype)
        target, weight = truth[..., 0:1], truth[..., 1:2]  # (batch, horizon, 1) each
        error = target - forecast  # (batch, horizon, levels)
        pinball = 2 * keras.ops.maximum(probability * error, (probability - 1) * error)
        return keras.ops.mean(keras.ops.mean(pinball, axis=-1) * weight[..., 0], axis=-1)

    return loss
