"""What each case adds to a metric of classifiers: what chance does to the metric is known from it.

Of each case a value, whose mean over the cases is the metric. For a share of right cases it is 1 or
0. For a mean over classes it is the metric and the case's influence on it, to the first order: a
right case of a rare class counts for more.

Shapes as in `seqtune.metrics.classify`.

Source:
    Hampel 1974, "The influence curve and its role in robust estimation", JASA 69(346).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.metrics.classify import YES, score_classes, true_classes

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


def case_values(
    metric: str, probabilities: Floats, targets: Floats, *, is_multi: bool = False
) -> Floats | None:
    """Return (cases,) values whose mean is the metric; None of a metric that is not known here.

    Args:
        metric: "accuracy", "balanced_accuracy" or "macro_f1".
        probabilities: (cases, classes), none of them NaN; at least one case.
        targets: (cases, classes).
        is_multi: Whether a case may have any number of labels.

    Raises:
        ValueError: Probabilities and targets are not of the same cases and classes.

    Example:
        >>> said, known = np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> case_values("accuracy", said, known)
        array([1., 0.])
    """
    if probabilities.shape != targets.shape:
        raise ValueError(f"found {probabilities.shape} probabilities of {targets.shape} targets")
    truth, predicted = _decided(probabilities, targets, is_multi)
    if metric == "accuracy":
        right: Floats = (truth == predicted).all(axis=1).astype(np.float64)
        return right
    if metric == "balanced_accuracy":
        influence = _of_recalls(truth, predicted, is_multi)
    elif metric == "macro_f1":
        influence = _of_f1(truth, predicted)
    else:
        return None
    values: Floats = score_classes(probabilities, targets, is_multi=is_multi)[metric] + influence
    return values


def _decided(probabilities: Floats, targets: Floats, is_multi: bool) -> tuple[Booleans, Booleans]:
    """Return (cases, classes) which labels are true, and which are predicted."""
    if is_multi:
        return targets >= YES, probabilities >= YES
    classes = np.arange(targets.shape[1])
    return (
        true_classes(targets)[:, None] == classes,
        probabilities.argmax(axis=1)[:, None] == classes,
    )


def _of_recalls(truth: Booleans, predicted: Booleans, is_multi: bool) -> Floats:
    """Return (cases,) influences on the mean recall: of each class, or of its yes and its no."""
    right = truth == predicted
    parts = [_of_recall(truth, right)]
    if not is_multi:
        influence: Floats = parts[0].sum(axis=1) / truth.any(axis=0).sum()
        return influence
    parts.append(_of_recall(~truth, right))
    sides = truth.any(axis=0).astype(int) + (~truth).any(axis=0)
    of_both: Floats = ((parts[0] + parts[1]) / sides).mean(axis=1)
    return of_both


def _of_recall(asked: Booleans, right: Booleans) -> Floats:
    """Return (cases, classes) influences on the share of right ones among those asked for."""
    count = np.maximum(asked.sum(axis=0), 1)
    recall = (asked & right).sum(axis=0) / count
    influence: Floats = len(asked) * asked * (right - recall) / count
    return influence


def _of_f1(truth: Booleans, predicted: Booleans) -> Floats:
    """Return (cases,) influences on the mean of `2 TP / (truth + predicted)` over classes."""
    claims = truth.astype(np.float64) + predicted
    total = claims.sum(axis=0)
    occurs = total > 0
    claims, total, both = claims[:, occurs], total[occurs], (truth & predicted)[:, occurs]
    f1 = 2 * both.sum(axis=0) / total
    influence: Floats = len(truth) * ((2 * both - f1 * claims) / total).mean(axis=1)
    return influence
