"""How far the states that a network is in lie from those that it is usually in.

What a network expects follows an anomaly that lasts, and its errors shrink again. Meanwhile it is
in states that it is never in on normal rows, and that says what the errors no longer do. States are
averaged over a part of the season before their distance is measured: what they have in common
stays, and where the season just stands is averaged out.

Source:
    Lee, Lee, Lee and Shin 2018, "A simple unified framework for detecting out-of-distribution
    samples and adversarial attacks", NeurIPS, section 2.1: the Mahalanobis distance of what a
    network makes of its input. Beside errors it stands in Zong et al. 2018, "Deep autoencoding
    Gaussian mixture model for unsupervised anomaly detection", ICLR.

Measured in docs/notes/anomalies.md, "The state of a network".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

FEWEST = 20
"""Of fewer states no covariance is measured."""

MIN_UNIT = 0.01
"""A state that never moves is counted in this unit; states are within -1 and 1."""


def averaged(
    states: Floats32,
    rows: int,
    usual: Floats | None = None,
    fresh: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """Average the states at a row and at those before it, (rows, units) float64.

    Args:
        states: (rows, units); where one holds no numbers, as of a network that diverged, neither
            does any average with it.
        rows: So many are averaged.
        usual: (units,) what stands for the states before the first, so that an average of few is
            not taken for a strange one; None averages fewer there.
        fresh: (rows,) where a state is of values that came; in a gap the usual one stands for it,
            or if there is none the mean of the others. All if None.

    Example:
        >>> averaged(np.array([[1.0], [3.0], [5.0]], np.float32), 2)
        array([[1.],
               [2.],
               [4.]])
        >>> averaged(np.array([[1.0], [3.0]], np.float32), 2, usual=np.zeros(1))
        array([[0.5],
               [2. ]])
    """
    if fresh is not None and not fresh.all() and fresh.any():
        other = states[fresh].mean(axis=0) if usual is None else usual
        states = np.where(fresh[:, None], states, other)
    end = np.arange(1, len(states) + 1)
    begin = np.maximum(end - rows, 0)
    finite = np.asarray(np.isfinite(states).all(axis=1))
    sums = np.zeros((len(states) + 1, states.shape[1]))
    np.cumsum(np.where(finite[:, None], states, 0.0), axis=0, dtype=np.float64, out=sums[1:])
    lost = np.concatenate([[0], np.cumsum(~finite)])
    count = (end - begin)[:, None]
    mean = (sums[end] - sums[begin]) / count
    if usual is not None:
        mean = usual + (mean - usual) * (count / rows)
    return np.where((lost[end] - lost[begin] > 0)[:, None], np.nan, mean)


@dataclass(frozen=True)
class MahalanobisDistance:
    """How far averaged states of a network lie from the usual ones.

    Args:
        center: (units,) the middle of the usual ones.
        unit: (units,) deviation of each number of the state, above 0.
        precision: (units, units) inverse covariance, in these units.
    """

    center: Floats
    unit: Floats
    precision: Floats

    @classmethod
    def fit(cls, states: Floats) -> MahalanobisDistance:
        """Measure the states of mostly normal rows.

        Args:
            states: (rows, units); few rows say nothing of which numbers go together. Those that
                hold no numbers, as of a network that diverged, are left out.
        """
        from sklearn.covariance import LedoitWolf

        states = states[np.isfinite(states).all(axis=1)]
        if len(states) < FEWEST:
            units = states.shape[1]
            middle = states.mean(axis=0, dtype=np.float64) if len(states) else np.zeros(units)
            return cls(middle, np.ones(units), np.eye(units))
        center = np.median(states, axis=0).astype(np.float64)
        unit = np.maximum(states.std(axis=0, dtype=np.float64), MIN_UNIT)
        spread = LedoitWolf().fit((states - center) / unit)
        middle = center + spread.location_ * unit
        return cls(middle, unit, np.asarray(spread.precision_, np.float64))

    def distance(self, states: Floats) -> Floats32:
        """Return the logarithm of 1 + Mahalanobis distance, (rows,).

        Args:
            states: (rows, units); of what is no number the distance is none either, NaN.

        Example:
            >>> usual = MahalanobisDistance(np.zeros(2), np.ones(2), np.eye(2))
            >>> usual.distance(np.array([[0.0, 0.0], [3.0, 4.0]])).round(2)
            array([0.  , 1.79], dtype=float32)
        """
        scaled = (states - self.center) / self.unit
        with np.errstate(invalid="ignore", over="ignore"):
            square = np.einsum("ru,ru->r", scaled @ self.precision, scaled)
            found: Floats32 = np.log1p(np.sqrt(np.maximum(square, 0.0))).astype(np.float32)
        return found
