"""Commonest tag: each token gets the tags that it had in training, a new one those of its spelling.

The probability of a tag given a token is its share among the token's positions, mixed with what the
token's spelling says, which weighs as much as one more position. The spelling is first how the
token is written (capitals, digits, signs), then its last letter, its last two and so on up to five,
each mixed with the one before in the same way. Spelling is learnt from rare tokens, which are more
like new ones.

Source:
    Brants 2000, "TnT: a statistical part-of-speech tagger", ANLP, section 2.3 (endings, learnt from
    tokens that occur ten times at most, capitals apart).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.tag._sequences import Sequences
from seqtune.baselines.tag._spelling import Numbering, different, shape

ALWAYS = True
KINDS = ("tokens",)
RARE = 10
LONGEST_ENDING = 5
WEIGHT = 1.0
BLOCK = 50_000  # different tokens looked up at once


def fit(sequences: Sequences, targets: Integers, tags: int, *, causal: bool, seed: int) -> Predict:
    """Count the tags of tokens and of endings."""
    types, codes = different(sequences.tokens)
    scored = targets >= 0
    counts = csr_matrix(
        (np.ones(int(scored.sum())), (codes[scored], targets[scored])), (len(types), tags)
    )
    often = np.asarray(counts.sum(axis=1)).ravel()
    rare = np.flatnonzero((often > 0) & (often <= RARE))
    if not len(rare):
        rare = np.flatnonzero(often > 0)
    spelt = [types[each] for each in rare.tolist()]
    prior = _smoothed(np.asarray(counts[rare].sum(axis=0)), np.full((1, tags), 1.0 / tags))
    levels = [
        _Level([_spelling(token, length) for token in spelt], counts[rare])
        for length in range(LONGEST_ENDING + 1)
    ]
    levels.append(_Level(types, counts))

    def probabilities(tokens: Sequence[str]) -> Floats:
        found = np.repeat(prior, len(tokens), axis=0)
        for length, level in enumerate(levels):
            whole = length > LONGEST_ENDING
            texts = tokens if whole else [_spelling(token, length) for token in tokens]
            found = _smoothed(level.counts_of(texts), found)
        return found

    def predict(asked: Sequences) -> Floats:
        types, codes = different(asked.tokens)
        answer = np.empty((len(codes), tags))
        for start in range(0, len(types), BLOCK):
            here = (codes >= start) & (codes < start + BLOCK)
            answer[here] = probabilities(types[start : start + BLOCK])[codes[here] - start]
        return answer

    return predict


class _Level:
    """How often what is written in one way had each tag.

    Args:
        texts: (types,) how each type is written.
        counts: (types, tags).
    """

    def __init__(self, texts: Sequence[str], counts: csr_matrix) -> None:
        self.numbering = Numbering(texts)
        places = (self.numbering.of(texts), np.arange(len(texts)))
        shape = (len(self.numbering) + 1, len(texts))
        self.counts = csr_matrix((np.ones(len(texts)), places), shape) @ counts

    def counts_of(self, texts: Sequence[str]) -> Floats:
        """Return (texts, tags) how often each had each tag; the last row, zeros, is of new ones."""
        return np.asarray(self.counts[self.numbering.of(texts)].toarray(), np.float64)


def _smoothed(counts: Floats, expected: Floats) -> Floats:
    """Return shares of counts, mixed with what is expected without them."""
    total = counts.sum(axis=1, keepdims=True) + WEIGHT
    return np.asarray((counts + WEIGHT * expected) / total, np.float64)


def _spelling(token: str, length: int) -> str:
    """Return how a token is written, and its last letters."""
    return f"{shape(token)} {token[-length:].lower()}" if length else shape(token)
