"""Logistic regression over tf-idf of words and pairs of words.

Multinomial, or one binary regression per class where a case may have several, with an L2 penalty
of strength 1 / C. A class that no training case has gets zero.

Source:
    Wang and Manning 2012, "Baselines and bigrams: simple, good sentiment and topic
    classification", ACL; the weights are scikit-learn's sublinear tf-idf.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from seqtune.baselines.classify._bag_of_words import fit_over_tfidf
from seqtune.baselines.method import Floats, Predict

KINDS = ("text",)
C = 10.0  # rows of tf-idf have length 1: weaker penalties than the customary 1 suit them
MAX_ITERATIONS = 1000

MAX_WEIGHTS = 4_000_000
"""With more weights than this, one per class and word, the rarest words are left out: L-BFGS keeps
some 20 vectors of all weights, which is 0.65 GB of so many. 20 classes may have 200,000 words."""


def fit(cases: Sequence[str], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Fit the regression."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    def make() -> Any:
        return LogisticRegression(C=C, max_iter=MAX_ITERATIONS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classes = 1 if is_multi else int(targets.any(axis=0).sum())
        return fit_over_tfidf(make, cases, targets, is_multi, MAX_WEIGHTS // max(classes, 1))
