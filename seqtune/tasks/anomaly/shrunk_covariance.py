"""The covariance of many numbers measured on few rows, drawn to that of independent numbers.

scikit-learn has the same, and takes longer to import than to predict needs in all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ShrunkCovariance:
    """Where rows lie, and how they spread.

    Args:
        center: (units,) their mean.
        covariance: (units, units).
        precision: (units, units) its inverse; its pseudo-inverse where there is none.
    """

    center: Floats
    covariance: Floats
    precision: Floats

    @classmethod
    def fit(cls, rows: Floats) -> ShrunkCovariance:
        """Measure rows (rows, units), at least one.

        Source:
            Ledoit & Wolf, A well-conditioned estimator for large-dimensional covariance matrices,
            Journal of Multivariate Analysis 88 (2004), lemmas 3.2 to 3.4.
        """
        center = rows.mean(axis=0)
        centered = rows - center
        count, units = rows.shape
        covariance = centered.T @ centered / count
        mean = np.trace(covariance) / units
        covariance = _shrunk(covariance, centered, mean) if units > 1 else covariance
        return cls(center, covariance, np.linalg.pinv(covariance, hermitian=True))

    def distances(self, rows: Floats) -> Floats:
        """Return the squared Mahalanobis distance of rows from the center, (rows,)."""
        centered = rows - self.center
        found: Floats = np.einsum("ru,ru->r", centered @ self.precision, centered)
        return found


def _shrunk(covariance: Floats, centered: Floats, mean: float) -> Floats:
    """Return a covariance drawn to `mean` times the identity, as far as its own error says."""
    count, units = centered.shape
    square = np.sum(covariance**2)
    squares = np.sum(centered**2, axis=1)
    error = (np.sum(squares**2) / count - square) / (count * units)
    spread = square / units - mean**2  # how far it is from what it is drawn to
    share = 0.0 if spread <= 0 else min(max(error, 0.0), spread) / spread
    return (1.0 - share) * covariance + share * mean * np.eye(units)
