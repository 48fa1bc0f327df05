"""The metrics of classifiers: formula, unit and source of each.

Common shapes:

    probabilities: (cases, classes), float64, 0 to 1; each row sums to 1 where a case has one label
    targets:       (cases, classes), float64, 0 or 1; a single 1 per row where a case has one label
    values:        (classes,), float64, the number that each of the ordered labels stands for

A case has one label (`is_multi` false), or any number of them (`is_multi` true: each label is a
question of its own, answered yes from a probability of 0.5 on). The one predicted label is the
most probable one, the first of equals.

A NaN among the *probabilities* is a fault of the classifier and makes the result NaN: it is never
ignored. Without any case the result is NaN too.

Higher is better for `accuracy`, `balanced_accuracy`, `macro_f1` and `kappa`; lower for `log_loss`,
`calibration_error` and `mae`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MIN_PROBABILITY = 1e-15
BINS = 15
YES = 0.5


def score_classes(
    probabilities: Floats, targets: Floats, *, is_multi: bool, values: Floats | None = None
) -> dict[str, float]:
    """Return every metric by its name.

    Args:
        probabilities: (cases, classes).
        targets: (cases, classes).
        is_multi: Whether a case may have any number of labels.
        values: (classes,), the numbers of ordered labels: adds `mae` and `kappa`.

    Raises:
        ValueError: A case has not exactly one label, or labels that are ordered are multi.
    """
    if is_multi and values is not None:
        raise ValueError("ordered labels are one per case, and these are several")
    if _has_nan(probabilities) or not len(probabilities):
        ordered = () if values is None else ("mae", "kappa")
        names = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss", "calibration_error")
        return dict.fromkeys((*names, *ordered), float("nan"))
    counts = confusion(probabilities, targets, is_multi=is_multi)
    exact = _exact_matches(probabilities, targets) if is_multi else _share_right(counts)
    scores = {
        "accuracy": exact,
        "balanced_accuracy": _balanced_accuracy(counts),
        "macro_f1": _macro_f1(counts),
        "log_loss": log_loss(probabilities, targets, is_multi=is_multi),
        "calibration_error": calibration_error(probabilities, targets, is_multi=is_multi),
    }
    if values is not None:
        scores |= {"mae": _mae(counts, values), "kappa": _kappa(counts, values)}
    return scores


def log_loss(probabilities: Floats, targets: Floats, *, is_multi: bool = False) -> float:
    """Log loss: the mean negative logarithm of what the truth was given; in nats, 0 or more.

    `mean_i -ln p_i,true`; with several labels the binary cross-entropy
    `mean_i mean_c -(y ln p + (1 - y) ln(1 - p))`. Probabilities are first brought within 1e-15
    and 1 - 1e-15, so that one sure mistake costs 34.5 and not infinitely much.

    Args:
        probabilities: (cases, classes).
        targets: (cases, classes).
        is_multi: Whether a case may have any number of labels.

    Source:
        Good 1952, "Rational decisions", JRSS B 14(1); a proper score: Gneiting and Raftery 2007,
        JASA 102(477), section 3.
    """
    if _has_nan(probabilities) or not len(probabilities):
        return float("nan")
    if is_multi:
        given = np.where(targets >= YES, probabilities, 1.0 - probabilities)
    else:
        given = np.take_along_axis(probabilities, true_classes(targets)[:, None], axis=1)
    return float(-np.log(clipped(given)).mean())


def calibration_error(probabilities: Floats, targets: Floats, *, is_multi: bool = False) -> float:
    """Expected calibration error: how far what is claimed lies from what comes true; 0 to 1.

    `sum_b (n_b / n) |right_b - claimed_b|`, over 15 bins of equal width, (0, 1/15] to (14/15, 1]:
    `claimed_b` is the mean probability in the bin and `right_b` the share that came true. What is
    put into bins is the probability of the predicted label of each case; with several labels the
    probability of each label of each case.

    Args:
        probabilities: (cases, classes).
        targets: (cases, classes).
        is_multi: Whether a case may have any number of labels.

    Source:
        Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", ICML,
        equation 3.
    """
    if _has_nan(probabilities) or not len(probabilities):
        return float("nan")
    if is_multi:
        claimed, right = probabilities.ravel(), targets.ravel()
    else:
        chosen = probabilities.argmax(axis=1)[:, None]
        claimed = np.take_along_axis(probabilities, chosen, axis=1)[:, 0]
        right = (chosen[:, 0] == true_classes(targets)).astype(np.float64)
    place = np.clip(np.ceil(claimed * BINS) - 1, 0, BINS - 1).astype(np.int64)
    gaps = np.bincount(place, weights=right - claimed, minlength=BINS)
    return float(np.abs(gaps).sum() / len(claimed))


def confusion(probabilities: Floats, targets: Floats, *, is_multi: bool = False) -> Integers:
    """Count what was taken for what.

    Args:
        probabilities: (cases, classes).
        targets: (cases, classes).
        is_multi: Whether a case may have any number of labels.

    Returns:
        (classes, classes), int64: cases of the row's truth predicted as the column's class. With
        several labels (classes, 2, 2): of each label, the rows truth and the columns prediction,
        no before yes.

    Raises:
        ValueError: A probability is NaN, which is no prediction that could be counted; or a case
            has not exactly one label.

    Example:
        >>> confusion(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
        array([[1, 0],
               [1, 0]])
    """
    if _has_nan(probabilities):
        raise ValueError("a probability is NaN; such a prediction cannot be counted")
    classes = probabilities.shape[1]
    if is_multi:
        return _confusion_of_each(targets >= YES, probabilities >= YES)
    if not len(probabilities):
        return np.zeros((classes, classes), dtype=np.int64)
    cell = true_classes(targets) * classes + probabilities.argmax(axis=1)
    return np.bincount(cell, minlength=classes * classes).reshape(classes, classes)


def true_classes(targets: Floats) -> Integers:
    """Return (cases,) the number of each case's one label.

    Raises:
        ValueError: A case has no label, several, or a part of one.
    """
    labels = targets.sum(axis=1)
    if not (np.all(labels == 1) and np.all(targets.max(axis=1, initial=0.0)[labels == 1] == 1)):
        raise ValueError("every case needs exactly one label: a single 1 in its row of targets")
    return np.asarray(targets.argmax(axis=1), dtype=np.int64)


def clipped(probabilities: Floats) -> Floats:
    """Return probabilities within 1e-15 and 1 - 1e-15, whose logarithms are finite."""
    return np.clip(probabilities, MIN_PROBABILITY, 1.0 - MIN_PROBABILITY)


def _has_nan(probabilities: Floats) -> bool:
    return bool(np.isnan(probabilities).any())


def _confusion_of_each(truth: npt.NDArray[np.bool_], predicted: npt.NDArray[np.bool_]) -> Integers:
    both = (truth & predicted).sum(axis=0)
    true, yes = truth.sum(axis=0), predicted.sum(axis=0)
    counts = np.empty((truth.shape[1], 2, 2), dtype=np.int64)
    counts[:, 1, 1] = both
    counts[:, 1, 0] = true - both
    counts[:, 0, 1] = yes - both
    counts[:, 0, 0] = len(truth) - true - yes + both
    return counts


def _exact_matches(probabilities: Floats, targets: Floats) -> float:
    return float(((probabilities >= YES) == (targets >= YES)).all(axis=1).mean())


def _share_right(counts: Integers) -> float:
    """Accuracy: the share of cases that are wholly right; 0 to 1.

    `mean_i [predicted_i = true_i]`. With several labels a case is right where each of its labels
    is (exact match, also called subset accuracy).

    Source:
        Sokolova and Lapalme 2009, "A systematic analysis of performance measures for
        classification tasks", Information Processing and Management 45(4), tables 3 and 4.
    """
    return float(np.trace(counts) / counts.sum())


def _balanced_accuracy(counts: Integers) -> float:
    """Balanced accuracy: the mean over classes of the share of their cases found; 0 to 1.

    `mean_c (right in c / cases of c)`, over classes that occur in the truth. With several labels,
    the balanced accuracy of each label as a question of two classes, yes and no, and the mean
    over labels: yes to everything is worth no more than no to everything.

    Source:
        Brodersen et al. 2010, "The balanced accuracy and its posterior distribution", ICPR,
        section II; for more than two classes as in scikit-learn's `balanced_accuracy_score`.
    """
    cases = counts.sum(axis=-1)
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    recall = np.divide(right, cases, out=np.zeros(cases.shape), where=cases > 0)
    return float(np.mean(recall.sum(axis=-1) / (cases > 0).sum(axis=-1)))


def _macro_f1(counts: Integers) -> float:
    """Macro F1: the mean over classes of the harmonic mean of precision and recall; 0 to 1.

    `mean_c 2 TP_c / (2 TP_c + FP_c + FN_c)`, over classes that occur in the truth or in the
    prediction; a class that is absent from both is left out. With every class left out (several
    labels, and none of them true or predicted anywhere) the result is NaN.

    Source:
        Opitz and Burst 2019, "Macro F1 and Macro F1", arXiv:1911.03347, equation 3 (the mean of
        F1 values, not the F1 of means).
    """
    if counts.ndim == 3:
        right, cases, claimed = (
            counts[:, 1, 1],
            counts[:, 1].sum(axis=1),
            counts[:, :, 1].sum(axis=1),
        )
    else:
        right, cases, claimed = np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)
    occurs = cases + claimed > 0
    if not occurs.any():
        return float("nan")
    return float((2.0 * right[occurs] / (cases + claimed)[occurs]).mean())


def _mae(counts: Integers, values: Floats) -> float:
    """Mean absolute error between the number of the predicted label and that of the true one.

    `mean_i |v_predicted - v_true|`, in the unit of `values`; one ordered label per case.

    Source:
        Gaudette and Japkowicz 2009, "Evaluation methods for ordinal classification", Canadian AI,
        section 3.
    """
    return float((counts * np.abs(values[:, None] - values)).sum() / counts.sum())


def _kappa(counts: Integers, values: Floats) -> float:
    """Quadratic weighted kappa: agreement of ordered labels beyond that of chance; 1 at most.

    `1 - sum_rc w_rc O_rc / sum_rc w_rc E_rc` with `w_rc = (rank_r - rank_c)^2`, `O` the share of
    cases of truth `r` and prediction `c`, and `E` the share if both came independently. No unit;
    0 is what chance (and a prediction that is always the same) reaches, below 0 is worse. Where
    every case has the same label and the same prediction, nothing lies beyond chance: 0.

    Source:
        Cohen 1968, "Weighted kappa", Psychological Bulletin 70(4), equation 5, with squared
        distances as weights.
    """
    rank = np.unique(values, return_inverse=True)[1].astype(np.float64)
    weights = (rank[:, None] - rank) ** 2
    total = float(counts.sum())
    by_chance = float((weights * np.outer(counts.sum(axis=1), counts.sum(axis=0) / total)).sum())
    return 1.0 - float((weights * counts).sum()) / by_chance if by_chance > 0 else 0.0
