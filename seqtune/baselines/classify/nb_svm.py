"""A linear classifier over the log-count ratios of words and pairs of words (NB-SVM).

How much more often a class has a word than the other classes have it is what naive Bayes goes by.
Here these ratios scale the words, and a linear classifier learns how much each of them counts;
between its weights and their mean size, which is naive Bayes again, lies what predicts. The
classifier is a logistic regression: on film reviews it is as right as a support vector machine
over the same ratios, and nearer to probabilities. These are set right on cases that were held out
from it (Platt scaling). Of more than two classes, each is told from all others. A class that no
training case has gets zero.

Sources:
    Wang and Manning 2012, "Baselines and bigrams: simple, good sentiment and topic
    classification", ACL, equations 1 to 3;
    Platt 1999, "Probabilistic outputs for support vector machines", section 2.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.classify._bag_of_words import fit_over_presence
from seqtune.baselines.method import Floats, Predict

KINDS = ("text",)
SMOOTHING = 1.0  # the paper's alpha
INTERPOLATION = 0.25  # its beta: the share of the weights that were learnt
C = 1.0
FOLDS = 5  # by turns held out, to set the probabilities right
NEARLY_FREE = 1e4  # a penalty of strength 1 / this, on a slope and an intercept alone

Labels = npt.NDArray[np.bool_]


def fit(cases: Sequence[str], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Count the words of each class, and learn how much each of them counts."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fit_over_presence(partial(OneVersusRest, seed), cases, targets, is_multi)


class OneVersusRest:
    """Tells each class from all others, or one of two from the other.

    Args:
        seed: Of the order in which the regression visits the cases.

    Attributes:
        classes_: The classes that training has, ascending.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.classes_: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._scores: list[Score] = []

    def fit(self, words: Any, labels: npt.NDArray[np.int64]) -> OneVersusRest:
        """Learn from words, (cases, words) sparse zeros and ones, and the class of each case."""
        self.classes_ = np.unique(labels)
        told = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        self._scores = [calibrated_score(words, labels == each, self.seed) for each in told]
        return self

    def predict_proba(self, words: Any) -> Floats:
        """Return the probability of each class, (cases, classes); they sum to one."""
        found = np.stack([share_of(score(words)) for score in self._scores], axis=1)
        if len(self._scores) == 1:
            return np.hstack([1 - found, found])
        found = np.maximum(found, np.finfo(np.float64).tiny)
        return np.asarray(found / found.sum(axis=1, keepdims=True))


def share_of(log_odds: Floats) -> Floats:
    """Return the probabilities of log-odds."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * log_odds))


@dataclass(frozen=True)
class Score:
    """A linear score of words: the log-odds of a class.

    Args:
        weights: (words,) float64.
        intercept: Of a text without words that training has.
    """

    weights: Floats
    intercept: float

    def __call__(self, words: Any) -> Floats:
        """Return the score of each case, (cases,)."""
        return np.asarray(words @ self.weights + self.intercept)


def calibrated_score(words: Any, is_in: Labels, seed: int) -> Score:
    """Return the score of a class, as log-odds that hold for cases that training has not.

    Where a class or the others have one case, nothing can be held out: the score stays as it is.
    So it does where the folds are so small that held-out scores point the wrong way.

    Args:
        words: (cases, words) sparse, zeros and ones.
        is_in: (cases,), whether each is of the class; some are and some are not.
        seed: Of the regression.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    score = score_of(words, is_in, seed)
    folds = min(FOLDS, int(is_in.sum()), int((~is_in).sum()))
    if folds < 2:
        return score
    held_out = np.empty(len(is_in))
    for learnt, asked in StratifiedKFold(folds).split(held_out, is_in):
        held_out[asked] = score_of(words[learnt], is_in[learnt], seed)(words[asked])
    scaling = LogisticRegression(C=NEARLY_FREE).fit(held_out[:, None], is_in)
    slope, shift = float(scaling.coef_[0, 0]), float(scaling.intercept_[0])
    if slope <= 0:
        return score
    return Score(slope * score.weights, slope * score.intercept + shift)


def score_of(words: Any, is_in: Labels, seed: int) -> Score:
    """Return the score of a class as the regression over its ratios leaves it."""
    from sklearn.linear_model import LogisticRegression

    ratios = log_count_ratios(words, is_in)
    scaled = words.multiply(ratios).tocsr()
    model = LogisticRegression(C=C, solver="liblinear", dual=True, random_state=seed)
    model.fit(scaled, is_in)
    learnt = model.coef_[0]
    weights = (1 - INTERPOLATION) * np.abs(learnt).mean() + INTERPOLATION * learnt
    return Score(ratios * weights, float(model.intercept_[0]))


def log_count_ratios(words: Any, is_in: Labels) -> Floats:
    """Return how much more often a class has each word than the other cases, (words,).

    Args:
        words: (cases, words) sparse, zeros and ones.
        is_in: (cases,), whether each is of the class.

    Returns:
        log((p / |p|) / (q / |q|)), with p and q the smoothed counts inside and outside of it.
    """
    inside, outside = (
        SMOOTHING + np.asarray(words[rows].sum(axis=0), np.float64).ravel()
        for rows in (is_in, ~is_in)
    )
    return np.asarray(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
