"""Complement naive Bayes over tf-idf of words and pairs of words.

Each class is weighed by the words of all *other* classes, which is steadier with few cases in a
class. Its probabilities are badly calibrated, since it counts every word as independent
evidence: judge it by accuracy, and log loss with care. A class that no training case has gets
zero.

The weight of a word that a class does not have is that of the word among all classes. So weights
are kept as these, and what is different about a class: of 1,000 classes that is a hundredth.

Source:
    Rennie, Shih, Teevan and Karger 2003, "Tackling the poor assumptions of naive Bayes text
    classifiers", ICML, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.classify._bag_of_words import fit_over_tfidf
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
KINDS = ("text",)
SMOOTHING = 1.0


def fit(cases: Sequence[str], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Count the words of the classes."""
    return fit_over_tfidf(ComplementNaiveBayes, cases, targets, is_multi)


class ComplementNaiveBayes:
    """What scikit-learn's `ComplementNB` computes, in sparse arrays.

    Attributes:
        classes_: The classes that training has, ascending, at least two.
    """

    classes_: npt.NDArray[np.int64]

    def fit(self, words: Any, labels: npt.NDArray[np.int64]) -> ComplementNaiveBayes:
        """Count words, (cases, words) sparse, in the class of each case."""
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

        self.classes_, numbers = np.unique(labels, return_inverse=True)
        places = (numbers, np.arange(len(labels)))
        counts = (csr_matrix((np.ones(len(labels)), places)) @ words).tocoo()  # (classes, words)
        everywhere = SMOOTHING + np.asarray(words.sum(axis=0)).ravel()
        inside = np.asarray(counts.sum(axis=1)).ravel()
        self._sizes = np.log(everywhere.sum() - inside)
        self._weights = np.log(everywhere)
        # outside a class that has all of a word, its smoothing is left; not less by rounding
        outside = np.maximum(everywhere[counts.col] - counts.data, SMOOTHING)
        changes = np.log(outside) - self._weights[counts.col]
        self._changes = csr_matrix((changes, (counts.row, counts.col)), shape=counts.shape)
        return self

    def predict_proba(self, words: Any) -> Floats:
        """Return the probability of each class, (cases, classes); they sum to one."""
        from scipy.special import softmax  # type: ignore[import-untyped]

        total = np.asarray(words.sum(axis=1)).ravel()
        found = np.asarray((words @ self._changes.T).todense())
        found *= -1
        found -= (words @ self._weights)[:, None]
        found += total[:, None] * self._sizes
        return np.asarray(softmax(found, axis=1))
