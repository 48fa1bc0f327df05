"""The generalised Pareto distribution of excesses, fitted to few of them, some not to be trusted.

    survival(x) = (1 + shape * x / scale) ** (-1 / shape)

- **Anomalies may be among them.** Of the highest tenth of the excesses (one at least) it is only
  used that they are beyond the others, not by how much: the likelihood of type-II censored peaks.
- **Few make no shape.** The shape's likelihood is weighted by a normal prior around 0 with a
  deviation of 0.15, within -0.5 and 0.5: with hundreds of peaks it weighs little, with a handful
  the tail is close to an exponential one. A prior on the shape for this reason: Martins and
  Stedinger 2000, Water Resources Research 36(3).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CENSORED_SHARE = 0.1
SHAPE_PRIOR = (0.0, 0.15)
SHAPES = np.linspace(-0.5, 0.5, 101)
STRAIGHT = 1e-9  # shapes closer to 0 are taken as the exponential tail


def fit_pareto(excesses: Floats) -> tuple[float, float]:
    """Return shape and scale of excesses, by censored likelihood with a prior.

    Args:
        excesses: (peaks,), float64, at least 0, sorted.

    Example:
        >>> fit_pareto(np.array([0.5]))
        (0.0, 0.5)
    """
    if not len(excesses):
        return 0.0, 0.0
    censored = max(1, math.ceil(CENSORED_SHARE * len(excesses)))
    inner = excesses[: len(excesses) - censored]
    if not len(inner):  # a single peak: its own size is all that is known
        return 0.0, float(excesses[0])
    last = float(inner[-1])
    best = (-math.inf, 0.0, last)
    for scale in last * np.geomspace(0.02, 20.0, 121):
        values = _log_likelihoods(inner / scale, censored) - len(inner) * math.log(scale)
        top = int(np.argmax(values))
        if values[top] > best[0]:
            best = (float(values[top]), float(SHAPES[top]), float(scale))
    return best[1], best[2]


def _log_likelihoods(scaled: Floats, censored: int) -> Floats:
    """Return the weighted log likelihood of each of `SHAPES`, without the scale's own term."""
    shape = np.where(np.abs(SHAPES) < STRAIGHT, STRAIGHT, SHAPES)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.maximum(1.0 + shape * scaled, 0.0)) / shape  # (shapes, peaks)
    density = -((1.0 + shape) * logs).sum(axis=1)
    beyond = -censored * logs[:, -1]
    mean, deviation = SHAPE_PRIOR
    prior = -((SHAPES - mean) ** 2) / (2.0 * deviation**2)
    total = density + beyond + prior
    return np.asarray(np.where(np.isfinite(total), total, -np.inf))


def quantile_of(share: float, shape: float) -> float:
    """Return the excess that this share of the peaks passes, in units of the scale."""
    if abs(shape) < STRAIGHT:
        return -math.log(share)
    return float((share**-shape - 1.0) / shape)
