"""Temperature scaling: probabilities that come true as often as they say.

One number, the temperature, makes all predictions of a classifier less sure (above 1) or more sure
(below 1). It is fitted on cases that the classifier did not learn from, and changes how sure a
prediction is, never what is predicted.

Source:
    Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", ICML,
    section 4.2, equation 9.
"""

from __future__ import annotations

import math

import numpy as np

from seqtune.metrics.classify import YES, Floats, clipped, true_classes

LOWEST, HIGHEST = 0.05, 20.0
PRIOR_WIDTH = 0.5
GRID = 13


def fit_temperature(probabilities: Floats, targets: Floats, *, is_multi: bool) -> float:
    """Return the temperature at which the log loss of `scaled` probabilities is lowest.

    `argmin_T sum_i NLL_i(T) + (ln T)^2 / (2 * 0.5^2)`: the second term is a log-normal prior that
    holds the temperature of a few cases near 1 (a dozen cases that are all right would otherwise
    ask for a temperature of 0) and is outweighed by some hundreds of cases. With several labels
    the NLL of a case is the sum over its labels.

    Args:
        probabilities: (cases, classes), of cases that took no part in training.
        targets: (cases, classes), 0 or 1.
        is_multi: Whether a case may have any number of labels.

    Returns:
        The temperature, within 0.05 and 20; 1 without any case.

    Raises:
        ValueError: A probability is NaN, or a case has not exactly one label.
    """
    from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]

    if np.isnan(probabilities).any():
        raise ValueError("a probability is NaN; no temperature can be fitted to it")
    if not len(probabilities):
        return 1.0
    if not is_multi:
        true_classes(targets)  # refuses what is not one label per case
    logits = _logits(probabilities, is_multi)
    of_truth = float((logits * targets).sum())

    def cost(logarithm: float) -> float:
        sharpness = math.exp(-logarithm)
        loss = _log_normaliser(logits * sharpness, is_multi) - of_truth * sharpness
        return loss + logarithm**2 / (2.0 * PRIOR_WIDTH**2)

    grid = np.linspace(math.log(LOWEST), math.log(HIGHEST), GRID)
    nearest = int(np.argmin([cost(float(point)) for point in grid]))
    around = (grid[max(0, nearest - 1)], grid[min(GRID - 1, nearest + 1)])
    found = minimize_scalar(cost, bounds=around, method="bounded", options={"xatol": 1e-6})
    return float(np.clip(math.exp(found.x), LOWEST, HIGHEST))


def scaled(probabilities: Floats, temperature: float, *, is_multi: bool) -> Floats:
    """Return probabilities made less sure (temperature above 1) or more sure (below 1).

    `p_c^(1/T) / sum_k p_k^(1/T)`, worked out in logarithms; with several labels
    `sigmoid(logit(p) / T)` of each. A temperature of 1 returns the same values; otherwise
    probabilities are first brought within 1e-15 and 1 - 1e-15, as in the log loss, so that zeros
    and ones have a finite result. NaN stays NaN (with one label per case, in the whole case).

    What is predicted never changes: neither the most probable class of a case, nor, with several
    labels, which of them reach 0.5.

    Args:
        probabilities: (cases, classes); each row sums to 1 where a case has one label.
        temperature: Above 0.
        is_multi: Whether a case may have any number of labels.

    Returns:
        (cases, classes), a new array.

    Raises:
        ValueError: The temperature is not a finite number above 0.

    Example:
        >>> scaled(np.array([[0.8, 0.2]]), 2.0, is_multi=False).round(3)
        array([[0.667, 0.333]])
    """
    if not (math.isfinite(temperature) and temperature > 0):
        raise ValueError(f"a temperature is a finite number above 0, and not {temperature}")
    if temperature == 1.0:
        return probabilities.copy()
    logits = _logits(probabilities, is_multi) / temperature
    if is_multi:
        return _same_answers(probabilities, _sigmoid(logits))
    powers = np.exp(logits)
    return _same_choice(probabilities, powers / powers.sum(axis=1, keepdims=True))


def _logits(probabilities: Floats, is_multi: bool) -> Floats:
    """Return logits: log-odds of each label, or logarithms of which each row's largest is 0."""
    inside = clipped(probabilities)
    if is_multi:
        return np.asarray(np.log(inside / (1.0 - inside)))
    logits = np.log(inside)
    return np.asarray(logits - logits.max(axis=1, keepdims=True))


def _log_normaliser(logits: Floats, is_multi: bool) -> float:
    """Return the sum of `ln sum_c exp(z_c)` over cases, or of `ln(1 + exp(z))` over labels too."""
    if is_multi:
        return float(np.maximum(logits, 0.0).sum() + np.log1p(np.exp(-np.abs(logits))).sum())
    return float(np.log(np.exp(logits).sum(axis=1)).sum())


def _sigmoid(logits: Floats) -> Floats:
    small = np.exp(-np.abs(logits))
    return np.asarray(np.where(logits >= 0, 1.0, small) / (1.0 + small))


def _same_choice(before: Floats, after: Floats) -> Floats:
    """Lift what was most probable over what rounding made its equal."""
    chosen = before.argmax(axis=1)
    for case in np.flatnonzero(after.argmax(axis=1) != chosen):
        after[case, chosen[case]] = np.nextafter(after[case].max(), 2.0)
    return after


def _same_answers(before: Floats, after: Floats) -> Floats:
    """Bring what was below 0.5, and was rounded up to it, below it again."""
    after[(before < YES) & (after >= YES)] = np.nextafter(YES, 0.0)
    return after
