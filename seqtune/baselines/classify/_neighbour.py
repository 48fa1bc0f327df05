"""Probabilities from the nearest training case, sized by how often it is wrong in training.

With e the rate of error, the neighbour's class gets 1 - e and the others e / (classes - 1) each;
where a case may have several classes, each that the neighbour has gets 1 - e, each other e.

    e = min((wrong + 1) / (tried + 2), 0.9 * limit)

Up to 100 training cases, evenly spaced, are tried, each by its nearest other training case:
`tried` are these cases (times the classes with several a case) and `wrong` those that get the
wrong answer. The limit is what guessing would have, (classes - 1) / classes, or 1/2 with
several a case; below it the neighbour's answer stays the likeliest, and e is never zero, so that
the log loss is finite.

Source:
    (wrong + 1) / (tried + 2) is Laplace's rule of succession.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seqtune.baselines.method import Floats, Predict

MAX_TRIED = 100

Distances = Callable[[Sequence[Floats]], Floats]


def nearest_predictor(
    distances: Distances, cases: Sequence[Floats], targets: Floats, is_multi: bool
) -> Predict:
    """Answer by the nearest training case; of several at the same distance the first.

    Args:
        distances: From series to their distances from each training case,
            (cases, training cases).
        cases: The training cases.
        targets: (training cases, classes), zeros and ones.
        is_multi: Whether a case may have any number of classes.

    Returns:
        From series to probabilities, (cases, classes), float64.
    """
    error = error_rate(distances, cases, targets, is_multi)
    classes = targets.shape[1]
    other = error if is_multi else error / max(classes - 1, 1)
    answers = np.where(targets > 0, 1.0 - error, other)

    def predict(cases: Sequence[Floats]) -> Floats:
        if not len(cases):
            return np.empty((0, classes))
        predicted: Floats = answers[distances(cases).argmin(axis=1)]
        return predicted

    return predict


def error_rate(
    distances: Distances, cases: Sequence[Floats], targets: Floats, is_multi: bool
) -> float:
    """Return e of the module's formula; see `nearest_predictor`."""
    count, classes = targets.shape
    if not is_multi and classes == 1:
        return 0.0
    limit = 0.5 if is_multi else (classes - 1) / classes
    wrong = tried = 0
    if count > 1:
        held = np.unique(np.linspace(0, count - 1, min(count, MAX_TRIED)).astype(int))
        apart = distances([cases[case] for case in held])
        apart[np.arange(len(held)), held] = np.inf
        differs = targets[held] != targets[apart.argmin(axis=1)]
        each = differs if is_multi else differs.any(axis=1)
        wrong, tried = int(each.sum()), each.size
    return min((wrong + 1) / (tried + 2), 0.9 * limit)


def pairs(training: int, cases: int) -> float:
    """Return how many distances fitting and predicting take."""
    return float(training * (min(training, MAX_TRIED) + cases))
