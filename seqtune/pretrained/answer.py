"""From what the network says of each step ahead to quantiles: one rule for NumPy and for Keras.

The network weighs what the reading of a history offers (`seqtune.pretrained.reading`): levels and
slopes at its end, the same phase of earlier seasons, autoregressions. Untrained it weighs them by
the inverse fourth powers of their errors before, as combinations of forecasts do.
"""

from __future__ import annotations

from typing import Any

from seqtune.pretrained.autoregression import PATHS
from seqtune.pretrained.lines import LEVELS
from seqtune.pretrained.reading import ROUTES, SEASONS, SLOPES
from seqtune.pretrained.summary import LAGS

QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
POWER = 4.0
FORBIDDEN = -1e9

PARTS = {
    "level": LEVELS, "slope": SLOPES + 1, "damping": 1, "season": SEASONS, "gain": 1,
    "voice": 1 + PATHS + ROUTES + LAGS, "rest": 1, "widths": len(QUANTILES) - 1,
}  # fmt: skip
"""What the last layer says of each step ahead, and of how many numbers."""

SAID = sum(PARTS.values())


def answer(said: Any, inputs: Any, ops: Any) -> Any:
    """Return quantiles, (batch, horizon, 9), ascending along the last axis, scaled.

    Args:
        said: (batch, horizon, SAID), the last layer.
        inputs: The arrays of a `Reading`, by name.
        ops: `numpy`, or `keras.ops`, and whatever else has their functions.
    """
    part, place = {}, 0
    for name, size in PARTS.items():
        part[name] = said[..., place : place + size]
        place += size
    there = inputs["there"]
    level = _weighed(
        part["level"] + POWER * inputs["trust"][:, None], inputs["levels"][:, None], ops
    )
    slope = _shares(part["slope"], ops)[..., 1:] * inputs["slopes"][:, None]
    steps = ops.exp(inputs["local"][..., :1])
    slope = ops.sum(slope, axis=-1, keepdims=True) * steps * _sigmoid(part["damping"], ops)
    both = ops.ones_like(there[..., :2])
    allowed = ops.concatenate([there, both], axis=-1)
    season = _weighed(ops.where(allowed > 0, part["season"], FORBIDDEN), inputs["seasons"], ops)
    season = season * 1.5 * _sigmoid(part["gain"] + 0.5, ops)
    paths = inputs["paths"]
    always = ops.concatenate([season, paths, inputs["routes"]], axis=-1)
    allowed = ops.concatenate([ops.ones_like(always), there], axis=-1)
    habit = ops.pad(POWER * inputs["habit"], ((0, 0), (1 + PATHS + ROUTES, 0)))
    votes = ops.where(allowed > 0, part["voice"] + habit[:, None], FORBIDDEN)
    voices = [level + slope + season, paths + season, inputs["routes"], inputs["lags"]]
    middle = _weighed(votes, ops.concatenate(voices, axis=-1), ops) + part["rest"]
    distances = ops.exp(ops.clip(part["widths"] - 1.0, -8.0, 6.0))
    half = len(QUANTILES) // 2
    below = ops.flip(ops.cumsum(distances[..., :half], axis=-1), axis=-1)
    above = ops.cumsum(distances[..., half:], axis=-1)
    return ops.concatenate([middle - below, middle, middle + above], axis=-1)


def _shares(votes: Any, ops: Any) -> Any:
    """Return the softmax over the last axis."""
    powers = ops.exp(votes - ops.max(votes, axis=-1, keepdims=True))
    return powers / ops.sum(powers, axis=-1, keepdims=True)


def _weighed(votes: Any, values: Any, ops: Any) -> Any:
    return ops.sum(_shares(votes, ops) * values, axis=-1, keepdims=True)


def _sigmoid(values: Any, ops: Any) -> Any:
    return 0.5 * (1.0 + ops.tanh(0.5 * values))
