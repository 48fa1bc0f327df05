"""Ridge regression on class targets, with probabilities.

scikit-learn's `RidgeCV` on standardised features predicts 1 for a class that a case has and -1 for
one that it has not, with the penalty whose leave-one-out values have the smallest squared error.
Probabilities are the softmax (or, where a case may have several classes, the logistic function) of
its values times a sharpness: the one with the smallest log loss of the leave-one-out values. There,
as with Platt, a case's own class counts (n + 1) / (n + classes) and each other 1 / (n + classes),
n training cases: where all leave-one-out values are right, the sharpness stays finite.

Source:
    Platt 1999, "Probabilistic outputs for support vector machines", section 2.2; Guo, Pleiss, Sun
    and Weinberger 2017, "On calibration of modern neural networks", ICML (one temperature for all
    classes).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats

PENALTIES = np.logspace(-3, 3, 10)
"""Per training case, of features with deviation 1."""

SHARPNESSES = np.geomspace(0.1, 100, 91)

Features = npt.NDArray[Any]


def fit_ridge(features: Features, targets: Floats, is_multi: bool) -> Callable[[Features], Floats]:
    """Fit the regression.

    Args:
        features: (cases, features), at least one case.
        targets: (cases, classes), zeros and ones.
        is_multi: Whether a case may have any number of classes.

    Returns:
        From features to probabilities, (cases, classes), float64.
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    signs = 2.0 * targets - 1.0
    if len(features) == 1:  # nothing to compare with
        return lambda features: np.tile(probabilities(signs, is_multi), (len(features), 1))
    scaler = StandardScaler()
    ridge = RidgeCV(
        len(features) * PENALTIES, scoring="neg_mean_squared_error", store_cv_results=True
    ).fit(scaler.fit_transform(features), signs)
    chosen = list(ridge.alphas).index(ridge.alpha_)
    sharpness = best_sharpness(ridge.cv_results_[:, :, chosen], targets, is_multi)

    def predict(features: Features) -> Floats:
        values = ridge.predict(scaler.transform(features)).reshape(len(features), -1)
        return probabilities(sharpness * np.asarray(values, np.float64), is_multi)

    return predict


def best_sharpness(values: Floats, targets: Floats, is_multi: bool) -> float:
    """Return the factor on the values with the smallest log loss; 1 for a single class."""
    from scipy.special import log_expit, log_softmax  # type: ignore[import-untyped]

    count, classes = targets.shape
    if classes == 1 and not is_multi:
        return 1.0
    softened = (targets * count + 1.0) / (count + (2 if is_multi else classes))

    def loss(sharpness: float) -> float:
        scaled = sharpness * values
        if is_multi:
            logarithms = softened * log_expit(scaled) + (1.0 - softened) * log_expit(-scaled)
        else:
            logarithms = softened * log_softmax(scaled, axis=1)
        return -float(logarithms.sum())

    return float(min(SHARPNESSES, key=loss))


def probabilities(values: Floats, is_multi: bool) -> Floats:
    """Return the softmax over classes, or the logistic function of each."""
    from scipy.special import expit, softmax

    return np.asarray(expit(values) if is_multi else softmax(values, axis=1))
