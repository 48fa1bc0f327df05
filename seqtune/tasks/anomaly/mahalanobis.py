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

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.shrunk_covariance import ShrunkCovariance

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

KEPT, STEPS = 0.95, 3
"""Of the states this share is usual, the nearest ones; it is looked for so many times, each time by
the distances of the last: anomalies among the rows do not widen what is usual."""

FEWEST = 20
"""Of fewer states no covariance is measured."""

PER_NUMBER = 2.0
"""With fewer independent states than so many for each number of them, which numbers go together is
not known: each is measured by itself. An hourly series of 200 rows has 8 for states of 32 numbers.
Not measured by itself; with what else is told of short series in docs/notes/anomalies.md."""

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
class Mahalanobis:
    """The usual states of a network, as they are averaged.

    Args:
        center: (units,) the middle of the usual ones.
        unit: (units,) deviation of each number of the state, above 0.
        precision: (units, units) inverse covariance, in these units.
    """

    center: Floats
    unit: Floats
    precision: Floats

    @classmethod
    def fit(cls, states: Floats, independent: float = math.inf) -> Mahalanobis:
        """Measure the states of mostly normal rows.

        Args:
            states: (rows, units); few rows say nothing of which numbers go together. Those that
                hold no numbers, as of a network that diverged, are left out.
            independent: How many of them are independent of each other; averages over rows that
                overlap are fewer than they seem.
        """
        states = states[np.isfinite(states).all(axis=1)]
        if len(states) < FEWEST:
            units = states.shape[1]
            middle = states.mean(axis=0, dtype=np.float64) if len(states) else np.zeros(units)
            return cls(middle, np.ones(units), np.eye(units))
        center = np.median(states, axis=0).astype(np.float64)
        unit = np.maximum(states.std(axis=0, dtype=np.float64), MIN_UNIT)
        scaled = (states - center) / unit
        usual = scaled
        for _ in range(STEPS):
            spread = ShrunkCovariance.fit(usual)
            distance = spread.distances(scaled)
            usual = scaled[distance <= np.quantile(distance, KEPT)]
        middle = center + spread.center * unit
        if independent < PER_NUMBER * states.shape[1]:
            return cls(middle, unit, np.diag(1.0 / np.diag(spread.covariance)))
        return cls(middle, unit, spread.precision)

    def distance(self, states: Floats) -> Floats32:
        """Return how unfamiliar states are, (rows,): the logarithm of 1 + Mahalanobis distance.

        Args:
            states: (rows, units); of what is no number the distance is none either, NaN.

        Example:
            >>> known = Mahalanobis(np.zeros(2), np.ones(2), np.eye(2))
            >>> known.distance(np.array([[0.0, 0.0], [3.0, 4.0]])).round(2)
            array([0.  , 1.79], dtype=float32)
        """
        scaled = (states - self.center) / self.unit
        with np.errstate(invalid="ignore", over="ignore"):
            square = np.einsum("ru,ru->r", scaled @ self.precision, scaled)
            found: Floats32 = np.log1p(np.sqrt(np.maximum(square, 0.0))).astype(np.float32)
        return found
