"""Ridge regression on class targets, its penalty and its probabilities chosen by leave-one-out.

Targets are 1 for a class that a case has and -1 for one that it has not. Features are centred
and divided by their norm. For each penalty the value that each training case would get, were it
left out, has a closed form: with H the matrix that turns targets into fitted values,

    left out_i = y_i - (y_i - fitted_i) / (1 - H_ii)

The penalty with the smallest squared error of these is taken. Probabilities are the softmax (or,
where a case may have several classes, the logistic function) of the values times a sharpness,
which is the one with the smallest log loss of the left out values. There, as with Platt, a
case's own class counts (n + 1) / (n + classes) and each other 1 / (n + classes), n training
cases: where all left out cases are right, the sharpness stays finite.

Source:
    Golub, Heath and Wahba 1979, "Generalized cross-validation as a method for choosing a good
    ridge parameter", Technometrics 21(2); Platt 1999, "Probabilistic outputs for support vector
    machines", section 2.2; Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern
    neural networks", ICML (one temperature for all classes).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats

PENALTIES = np.logspace(-3, 3, 10)
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
    center = features.mean(axis=0)
    norm = np.linalg.norm(features - center, axis=0)
    norm[norm < 1e-6] = np.inf  # constant: no weight
    scaled = (features - center) / norm
    signs = 2.0 * targets - 1.0
    weights, held_out = ridge(scaled, signs - signs.mean(axis=0), PENALTIES)
    sharpness = best_sharpness(held_out + signs.mean(axis=0), targets, is_multi)

    def predict(features: Features) -> Floats:
        values = (features - center) / norm @ weights + signs.mean(axis=0)
        return probabilities(sharpness * values, is_multi)

    return predict


def ridge(features: Features, values: Floats, penalties: Floats) -> tuple[Floats, Floats]:
    """Solve the regression for the best of the penalties.

    Args:
        features: (cases, features), each with mean zero.
        values: (cases, classes), each with mean zero.
        penalties: Above zero.

    Returns:
        The weights, (features, classes), and the left out values, (cases, classes), with the
        intercept (1 / cases of H) left out too.
    """
    count = len(features)
    is_wide = features.shape[1] >= count
    gram = features @ features.T if is_wide else features.T @ features
    squares, vectors = np.linalg.eigh(gram.astype(np.float64))
    squares = np.maximum(squares, 0.0)
    # The columns of `scores` are the principal components' values, their squares summing to
    # `squares`.
    scores = vectors * np.sqrt(squares) if is_wide else features @ vectors
    along = scores.T @ values
    best: tuple[float, float, Floats] | None = None
    for penalty in penalties:
        fitted = scores @ (along / (squares + penalty)[:, None])
        leverage = (scores**2 / (squares + penalty)).sum(axis=1) + 1.0 / count
        rest = np.maximum(1.0 - leverage, 1e-9)[:, None]
        held_out = values - (values - fitted) / rest
        error = float(((values - held_out) ** 2).mean())
        if best is None or error < best[0]:
            best = error, float(penalty), held_out
    assert best is not None
    _, penalty, held_out = best
    if is_wide:
        inner = vectors.T @ values / (squares + penalty)[:, None]
        return features.T @ (vectors @ inner), held_out
    return vectors @ (along / (squares + penalty)[:, None]), held_out


def best_sharpness(values: Floats, targets: Floats, is_multi: bool) -> float:
    """Return the factor on the values with the smallest log loss; 1 for a single case."""
    count, classes = targets.shape
    if count == 1 or (classes == 1 and not is_multi):
        return 1.0
    outcomes = 2 if is_multi else classes
    softened = (targets * count + 1.0) / (count + outcomes)
    losses = []
    for sharpness in SHARPNESSES:
        known = np.clip(probabilities(sharpness * values, is_multi), 1e-15, 1.0)
        loss = -(softened * np.log(known)).sum()
        if is_multi:
            absent = np.clip(probabilities(-sharpness * values, is_multi), 1e-15, 1.0)
            loss -= ((1.0 - softened) * np.log(absent)).sum()
        losses.append(loss)
    return float(SHARPNESSES[int(np.argmin(losses))])


def probabilities(values: Floats, is_multi: bool) -> Floats:
    """Return the softmax over classes, or the logistic function of each."""
    if is_multi:
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
