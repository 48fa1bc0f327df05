"""Complement naive Bayes over tf-idf of words and pairs of words.

Each class is weighed by the words of all *other* classes, which is steadier with few cases in a
class. Its probabilities are badly calibrated, since it counts every word as independent
evidence: judge it by accuracy, and log loss with care. A class that no training case has gets
zero.

Source:
    Rennie, Shih, Teevan and Karger 2003, "Tackling the poor assumptions of naive Bayes text
    classifiers", ICML, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.baselines.classify._bag_of_words import fit_over_tfidf
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
KINDS = ("text",)


def fit(cases: Sequence[str], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Count the words of the classes."""
    from sklearn.naive_bayes import ComplementNB

    return fit_over_tfidf(ComplementNB, cases, targets, is_multi)
