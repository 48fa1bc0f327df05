"""A linear regression whose penalty is chosen by leaving each row out once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqtune.baselines.method import Floats


@dataclass(frozen=True)
class Penalised:
    """A regression that was fitted.

    Args:
        coefficients: (features,).
        intercept: What is predicted where all features are 0.
        penalty: The one that was chosen.
        errors: (rows,) what each row is beyond its prediction by all the others.
    """

    coefficients: Floats
    intercept: float
    penalty: float
    errors: Floats

    @classmethod
    def fit(cls, features: Floats, target: Floats, penalties: Floats) -> Penalised:
        """Fit with the penalty that has the smallest mean square of the errors.

        No row is really left out: with one decomposition, the error of each follows from the
        residual and the leverage of the row, for any penalty. The intercept is not penalised.

        Args:
            features: (rows, features).
            target: (rows,).
            penalties: (penalties,), each above 0.

        Source:
            Golub, Heath and Wahba 1979, "Generalized Cross-Validation as a Method for Choosing a
            Good Ridge Parameter", Technometrics 21(2), section 2. The figures are those of
            scikit-learn's `RidgeCV`, which takes half a second to be imported.
        """
        rows = len(target)
        center, level = features.mean(axis=0), float(target.mean())
        left, sizes, right = np.linalg.svd(features - center, full_matrices=False)
        inside = left.T @ (target - level)
        shares = sizes**2 / (sizes**2 + penalties[:, None])  # (penalties, sizes)
        residuals = (target - level) - (shares * inside) @ left.T  # (penalties, rows)
        errors = residuals / (1.0 - 1.0 / rows - shares @ (left**2).T)
        best = int((errors**2).mean(axis=1).argmin())
        weights = sizes / (sizes**2 + penalties[best]) * inside
        coefficients: Floats = weights @ right
        return cls(
            coefficients,
            level - float(center @ coefficients),
            float(penalties[best]),
            errors[best],
        )
