"""The metrics of taggers: formula, unit and source of each.

Common shapes:

    marginals: (positions, tags), float64, 0 to 1; each row sums to 1
    predicted: (positions,), int64, the number of the tag that each position was given
    targets:   (positions,), int64, the number of the true tag; -1 where nothing is known
    offsets:   (sequences + 1,), int64, where each sequence begins among the positions
    spans:     (spans, 3), int64: first position, position behind the last, number of the kind

Positions with a target of -1 are not scored: they are left out before anything is counted. A
target that is beyond the tags of the model stands for a tag that the model cannot give: it counts
as wrong.

A NaN among the *marginals* is a fault of the tagger and makes the result NaN: it is never ignored.
Without any scored position the result is NaN too.

Higher is better for `accuracy`, `macro_f1`, `span_f1` and `edit_score`; lower for `wrong_stretch`
and `log_loss`.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MIN_PROBABILITY = 1e-15
NAMES = ("accuracy", "macro_f1", "edit_score", "wrong_stretch", "log_loss")


def score_tags(
    marginals: Floats, predicted: Integers, targets: Integers, offsets: Integers
) -> dict[str, float]:
    """Return every metric that needs no spans, by its name.

    Args:
        marginals: (positions, tags).
        predicted: (positions,).
        targets: (positions,).
        offsets: (sequences + 1,).

    Raises:
        ValueError: The shapes do not belong together.
    """
    _check(marginals, predicted, targets, offsets)
    scored = targets >= 0
    if not scored.any() or np.isnan(marginals).any():
        return dict.fromkeys(NAMES, float("nan"))
    sequence = sequence_of(offsets)[scored]
    given, truth = predicted[scored], targets[scored]
    return {
        "accuracy": float((given == truth).mean()),
        "macro_f1": macro_f1(given, truth),
        "edit_score": edit_score(given, truth, sequence),
        "wrong_stretch": wrong_stretch(given, truth, sequence),
        "log_loss": log_loss(marginals[scored], truth),
    }


def log_loss(marginals: Floats, targets: Integers) -> float:
    """Log loss: the mean negative logarithm of what the truth was given; in nats, 0 or more.

    `mean_i -ln p_i,true` over the scored positions. Probabilities are first brought up to 1e-15 at
    least, which is also what a tag has that the model cannot give: a sure mistake costs 34.5.

    Args:
        marginals: (positions, tags).
        targets: (positions,).

    Source:
        Good 1952, "Rational decisions", JRSS B 14(1).

    Example:
        >>> round(log_loss(np.array([[0.5, 0.5], [0.2, 0.8]]), np.array([0, -1])), 4)
        0.6931
    """
    scored = np.flatnonzero(targets >= 0)
    if not len(scored) or np.isnan(marginals).any():
        return float("nan")
    given = np.zeros(len(scored))
    known = targets[scored] < marginals.shape[1]
    given[known] = marginals[scored[known], targets[scored[known]]]
    return float(-np.log(np.clip(given, MIN_PROBABILITY, 1.0)).mean())


def macro_f1(predicted: Integers, targets: Integers) -> float:
    """Macro F1: the mean over tags of the harmonic mean of precision and recall; 0 to 1.

    `mean_t 2 TP_t / (2 TP_t + FP_t + FN_t)` over tags that occur in the truth or the prediction.

    Args:
        predicted: (positions,).
        targets: (positions,).

    Source:
        Opitz and Burst 2019, "Macro F1 and Macro F1", arXiv:1911.03347, equation 3.

    Example:
        >>> round(macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1])), 4)  # both tags 2/3
        0.6667
    """
    scored = targets >= 0
    if not scored.any():
        return float("nan")
    given, truth = predicted[scored], targets[scored]
    tags = int(max(given.max(), truth.max())) + 1
    right = np.bincount(truth[given == truth], minlength=tags)
    both = np.bincount(truth, minlength=tags) + np.bincount(given, minlength=tags)
    occurs = both > 0
    return float((2.0 * right[occurs] / both[occurs]).mean())


def span_f1(predicted: Integers, truth: Integers) -> float:
    """Span F1: the harmonic mean of precision and recall of whole spans; 0 to 1.

    `2 |P and T| / (|P| + |T|)` over all sequences together: a span is right where its beginning,
    its end and its kind are. 0 where there are no spans at all, as in seqeval.

    Args:
        predicted: (spans, 3).
        truth: (spans, 3).

    Source:
        Tjong Kim Sang and De Meulder 2003, "Introduction to the CoNLL-2003 shared task", CoNLL,
        section 2.5; equal to the micro average of seqeval's strict mode.

    Example:
        >>> span_f1(np.array([[0, 2, 1]]), np.array([[0, 2, 1], [4, 5, 1]]))
        0.6666666666666666
    """
    both = len(predicted) + len(truth)
    return 2.0 * int(right_spans(predicted, truth).sum()) / both if both else 0.0


def right_spans(predicted: Integers, truth: Integers) -> npt.NDArray[np.bool_]:
    """Say of each predicted span whether it is one of the truth.

    Args:
        predicted: (spans, 3), no two with one beginning.
        truth: (spans, 3), no two with one beginning.

    Returns:
        (spans,) of the predicted ones.
    """
    if not len(truth):
        return np.zeros(len(predicted), np.bool_)
    ordered = truth[np.argsort(truth[:, 0], kind="stable")]
    place = np.searchsorted(ordered[:, 0], predicted[:, 0])
    nearest = ordered[np.minimum(place, len(ordered) - 1)]
    return np.asarray((nearest == predicted).all(axis=1))


def edit_score(predicted: Integers, targets: Integers, sequence: Integers) -> float:
    """Edit score: how alike the orders of the segments are, whatever their lengths; 0 to 1.

    A segment is a run of one tag. `mean_s 1 - d(P_s, T_s) / max(|P_s|, |T_s|)` over sequences,
    with `d` the Levenshtein distance of the tags of the segments, one a segment. Every needless
    change of the tag costs; a change that comes a little late does not.

    Args:
        predicted: (positions,).
        targets: (positions,).
        sequence: (positions,) the number of each position's sequence, ascending.

    Source:
        Lea, Reiter, Vidal and Hager 2016, "Segmental spatiotemporal CNNs for fine-grained action
        segmentation", ECCV, section 4 (there times 100).

    Example:
        >>> given, truth = np.array([0, 0, 1, 0, 2]), np.array([0, 1, 1, 2, 2])
        >>> edit_score(given, truth, np.zeros(5, np.int64))  # 0 1 0 2 against 0 1 2
        0.75
    """
    scored = targets >= 0
    if not scored.any():
        return float("nan")
    sequence = sequence[scored]
    of_given = _segments(predicted[scored], sequence)
    of_truth = _segments(targets[scored], sequence)
    alike = [
        Levenshtein.normalized_similarity(given, truth)
        for given, truth in zip(of_given, of_truth, strict=True)
    ]
    return float(np.mean(alike))


def wrong_stretch(predicted: Integers, targets: Integers, sequence: Integers) -> float:
    """Mean length of wrong stretches: how many positions are wrong one after the other.

    The number of wrong positions over the number of runs of them within a sequence; in positions,
    0 where nothing is wrong.

    Args:
        predicted: (positions,).
        targets: (positions,).
        sequence: (positions,) the number of each position's sequence, ascending.

    Example:
        >>> given, truth = np.array([1, 1, 0, 1]), np.array([0, 0, 0, 0])
        >>> wrong_stretch(given, truth, np.zeros(4, np.int64))  # 2 and 1
        1.5
    """
    scored = targets >= 0
    if not scored.any():
        return float("nan")
    wrong, sequence = (predicted != targets)[scored], sequence[scored]
    begins = wrong.copy()
    begins[1:] &= ~wrong[:-1] | (sequence[1:] != sequence[:-1])
    stretches = int(begins.sum())
    return int(wrong.sum()) / stretches if stretches else 0.0


def confusion(predicted: Integers, targets: Integers, tags: int) -> Integers:
    """Count what was taken for what.

    Args:
        predicted: (positions,).
        targets: (positions,).
        tags: How many tags there are; targets beyond are counted in one more row.

    Returns:
        (tags + 1, tags), int64: positions of the row's truth that were given the column's tag; the
        last row is of truths that no tag stands for.

    Example:
        >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 5]), 2)
        array([[1, 0],
               [1, 0],
               [0, 1]])
    """
    scored = targets >= 0
    cell = np.minimum(targets[scored], tags) * tags + predicted[scored]
    return np.bincount(cell, minlength=(tags + 1) * tags).reshape(tags + 1, tags)


def sequence_of(offsets: Integers) -> Integers:
    """Return (positions,) the number of each position's sequence."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))


def _segments(tags: Integers, sequence: Integers) -> list[list[int]]:
    """Return the tag of each run, by sequence that has a position."""
    changes = np.ones(len(tags), np.bool_)
    changes[1:] = (tags[1:] != tags[:-1]) | (sequence[1:] != sequence[:-1])
    kept, owner = tags[changes].tolist(), sequence[changes]
    borders = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(kept)]
    return [kept[start:end] for start, end in itertools.pairwise(borders)]


def _check(marginals: Floats, predicted: Integers, targets: Integers, offsets: Integers) -> None:
    positions = int(offsets[-1])
    shapes = (marginals.shape[:1], predicted.shape, targets.shape)
    if marginals.ndim != 2 or any(shape != (positions,) for shape in shapes):
        raise ValueError(
            f"the sequences have {positions} positions; found marginals {marginals.shape}, "
            f"predictions {predicted.shape}, targets {targets.shape}"
        )
