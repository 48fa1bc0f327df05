"""Logistic regression over the words around a token and their spelling.

Multinomial, with an L2 penalty of strength 1 / C, on features that training has at least twice (see
`_token_features.py`); there are as many at most as keep the fit within some hundred megabytes. Tags
are decided one by one: what follows what is left to the decoding of all models.

Source:
    Ratnaparkhi 1996, "A maximum entropy model for part-of-speech tagging", EMNLP.
"""

from __future__ import annotations

import warnings

import numpy as np

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.tag import commonest_tag
from seqtune.baselines.tag._sequences import Sequences
from seqtune.baselines.tag._token_features import TokenFeatures

KINDS = ("tokens",)
C = 1.0
MAX_ITERATIONS = 100
TOLERANCE = 1e-3
MOST_WEIGHTS = 4_000_000
"""Features times tags at most: the optimiser holds twenty copies of them."""


def work(training: int, asked: int) -> float:
    """Return what a fit costs: each iteration sees every training position."""
    return 20 * training + asked


def fit(sequences: Sequences, targets: Integers, tags: int, *, causal: bool, seed: int) -> Predict:
    """Fit the regression."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    scored = targets >= 0
    known = np.unique(targets[scored])
    features = TokenFeatures(sequences, scored, max(1, MOST_WEIGHTS // tags), causal)
    if len(known) < 2 or not len(features):
        return commonest_tag.fit(sequences, targets, tags, causal=causal, seed=seed)
    model = LogisticRegression(C=C, max_iter=MAX_ITERATIONS, tol=TOLERANCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features.of(sequences)[scored], targets[scored])

    def predict(asked: Sequences) -> Floats:
        answer = np.zeros((int(asked.offsets[-1]), tags))
        if len(answer):
            answer[:, model.classes_] = model.predict_proba(features.of(asked))
        return answer

    return predict
