"""Conditional random field over the words around a token and their spelling.

A linear chain: weights of features for each tag, and of which tag follows which, with an L2
penalty, by crfsuite. The features are those of the logistic regression; training has each of them
at least twice. A run of positions without a tag ends a chain. Where each tag may depend on what
came before alone, this is no method: the whole sentence decides.

Source:
    Lafferty, McCallum and Pereira 2001, "Conditional random fields", ICML; Okazaki 2007, CRFsuite.
"""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.tag import commonest_tag
from seqtune.baselines.tag._sequences import Sequences
from seqtune.baselines.tag._token_features import TokenFeatures

KINDS = ("tokens",)
CAUSAL = False
PENALTY = 0.1
"""Half the weight of the squared weights in the loss (crfsuite's c2)."""

ITERATIONS = 50
MOST_WEIGHTS = 12_000_000
"""Features times tags at most; crfsuite keeps only what training has together."""


def work(training: int, asked: int) -> float:
    """Return what a fit costs: each iteration sees every training position."""
    return 2.0 * ITERATIONS * training + asked


def fit(sequences: Sequences, targets: Integers, tags: int, *, causal: bool, seed: int) -> Predict:
    """Fit the weights."""
    import pycrfsuite

    scored = targets >= 0
    features = TokenFeatures(sequences, scored, max(1, MOST_WEIGHTS // tags), causal)
    if len(np.unique(targets[scored])) < 2 or not len(features):
        return commonest_tag.fit(sequences, targets, tags, causal=causal, seed=seed)
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c2": PENALTY, "max_iterations": ITERATIONS})
    names, words = [str(tag) for tag in targets.tolist()], _in_words(features, sequences)
    for start, end in _chains(sequences.offsets, scored):
        trainer.append(words[start:end], names[start:end])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights"
        trainer.train(str(path))
        weights = path.read_bytes()

    def predict(asked: Sequences) -> Floats:
        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(weights)
        labels = tagger.labels()
        words = _in_words(features, asked)
        answer = np.zeros((len(words), tags))
        codes = np.array([int(label) for label in labels])
        for start, end in pairwise(asked.offsets.tolist()):
            if start < end:
                tagger.set(words[start:end])
                shares = [
                    [tagger.marginal(label, place) for label in labels]
                    for place in range(end - start)
                ]
                answer[start:end, codes] = shares
        return np.asarray(answer / answer.sum(axis=1, keepdims=True), np.float64)

    return predict


def _in_words(features: TokenFeatures, sequences: Sequences) -> list[list[str]]:
    """Return the features of each position as crfsuite takes them."""
    matrix = features.of(sequences)
    names = [str(number) for number in range(len(features))]
    every = [names[number] for number in matrix.indices.tolist()]
    return [every[start:end] for start, end in pairwise(matrix.indptr.tolist())]


def _chains(offsets: Integers, scored: np.ndarray) -> list[tuple[int, int]]:
    """Return where runs of positions with a tag begin and end, each within a sequence."""
    sequence = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    places = np.flatnonzero(scored)
    breaks = (np.diff(places) > 1) | (np.diff(sequence[places]) > 0)
    borders = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(places)]
    return [(int(places[a]), int(places[b - 1]) + 1) for a, b in pairwise(borders)]
