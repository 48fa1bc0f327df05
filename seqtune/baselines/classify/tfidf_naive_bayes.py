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

from seqtune.baselines.classify._tfidf import fit_over_tfidf
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
KINDS = ("text",)


def fit(cases: Sequence[str], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Count the words of the classes.

    Args:
        cases: Texts, at least one, in any script, also empty.
        targets: (cases, classes), float64, zeros and ones.
        is_multi: Whether a case may have any number of classes; then one versus rest.
        seed: Not used.

    Returns:
        From texts to probabilities, (cases, classes), float64.
    """
    from sklearn.naive_bayes import ComplementNB

    return fit_over_tfidf(ComplementNB, cases, targets, is_multi)
