"""Words and pairs of words as a sparse table, and a classifier over it for any targets.

A word is a run of letters and digits; a character of a script that puts no spaces between words
(Chinese, Japanese, Thai, Lao, Burmese, Khmer) and an emoji is a word of its own, so that there
the pairs are pairs of characters. One-letter words count, punctuation does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seqtune.baselines.classify import majority
from seqtune.baselines.method import Floats, Predict

SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai and Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
)
EMOJI = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
TOKEN = rf"[{SPACELESS}{EMOJI}]|[^\W{SPACELESS}]+"
WORDS = (1, 2)  # single words and pairs of neighbours


def fit_over_tfidf(
    make: Callable[[], Any],
    cases: Sequence[str],
    targets: Floats,
    is_multi: bool,
    most: int | None = None,
) -> Predict:
    """Fit a classifier as `fit_over_words` does, over tf-idf with sublinear counts.

    Args:
        make: As there.
        cases: As there.
        targets: As there.
        is_multi: As there.
        most: So many words and pairs, the commonest, are taken; all, if None.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        token_pattern=TOKEN, ngram_range=WORDS, sublinear_tf=True, max_features=most
    )
    return fit_over_words(make, vectorizer, cases, targets, is_multi)


def fit_over_presence(
    make: Callable[[], Any], cases: Sequence[str], targets: Floats, is_multi: bool
) -> Predict:
    """Fit a classifier as `fit_over_words` does, over 1 for what a text has, however often."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(token_pattern=TOKEN, ngram_range=WORDS, binary=True)
    return fit_over_words(make, vectorizer, cases, targets, is_multi)


def fit_over_words(
    make: Callable[[], Any],
    vectorizer: Any,
    cases: Sequence[str],
    targets: Floats,
    is_multi: bool,
) -> Predict:
    """Fit a classifier over words, or one per class for several classes a case.

    Where no text has a word, or training knows one answer only, the class frequencies of
    training are the answer. With several classes a case each class has a classifier of its own
    (one versus rest); a class that all training cases have, or none, keeps its frequency.

    Args:
        make: Makes a classifier with `fit`, `classes_` and `predict_proba`, as scikit-learn has.
        vectorizer: Of scikit-learn, not fitted.
        cases: Texts, at least one.
        targets: (cases, classes), float64, zeros and ones.
        is_multi: Whether a case may have any number of classes.

    Returns:
        From texts to probabilities, (cases, classes), float64.
    """
    frequencies = majority.fit(cases, targets, is_multi=is_multi, seed=0)
    if not any(map(vectorizer.build_tokenizer(), cases)):
        return frequencies
    words = vectorizer.fit_transform(cases)
    labels = targets if is_multi else targets.argmax(axis=1)[:, None]
    mixed = np.flatnonzero((labels != labels[0]).any(axis=0))
    models = {int(column): make().fit(words, labels[:, column].astype(int)) for column in mixed}

    def predict(cases: Sequence[str]) -> Floats:
        probabilities = frequencies(cases)
        if not models or not len(cases):
            return probabilities
        words = vectorizer.transform(cases)
        if is_multi:
            for column, model in models.items():
                probabilities[:, column] = model.predict_proba(words)[:, 1]
        else:
            probabilities[:] = 0.0
            probabilities[:, models[0].classes_] = models[0].predict_proba(words)
        return probabilities

    return predict
