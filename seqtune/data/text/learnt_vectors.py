"""Vectors of tokens learnt from texts without labels: tokens of like company have like vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import UNKNOWN

Ids = npt.NDArray[np.int32]

WINDOW = 5
"""So many tokens on either side are company; the nearest counts 1, the furthest 1 / WINDOW."""

SMOOTHING = 0.75
"""Power of the counts of company: rare tokens are else too near to each other."""

SPREAD = 0.2
"""Standard deviation of the numbers of a vector (docs/notes/classification.md)."""

MOST_TOKENS = 2_000_000
"""Of more, texts are left out at even distances: counting and factorising stay within seconds."""

POWERS = 4
"""Power iterations of the factorisation."""


def learn_vectors(texts: Ragged, size: int, width: int, seed: int) -> npt.NDArray[np.float32]:
    """Return a vector for each token, (size, width), the directions that tell most first.

    A token without company has zeros, and so have directions beyond what the tokens tell.

    Args:
        texts: Token ids, of training texts alone, and not too many: see `some_of`.
        size: Number of different tokens.
        width: Numbers of each vector.
        seed: Of the factorisation, which begins at random.

    Source:
        Levy, Goldberg & Dagan 2015, Improving Distributional Similarity with Lessons Learned from
        Word Embeddings, TACL 3, sections 2.1, 2.2 and 3: positive pointwise mutual information
        with a weighted window and smoothed company, and its singular vectors by the square root
        of their values; Halko, Martinsson & Tropp, arXiv 0909.4061, algorithm 4.4.
    """
    from sklearn.utils.extmath import randomized_svd

    information = _information(_company(texts, size))
    vectors = np.zeros((size, width), np.float32)
    count = min(width, size - 1)
    if information.nnz and count:
        left, values, _ = randomized_svd(
            information, count, n_iter=POWERS, power_iteration_normalizer="QR", random_state=seed
        )
        left[np.asarray(abs(information).sum(axis=1)).ravel() == 0] = 0.0
        vectors[:, :count] = left * np.sqrt(values)
    return vectors


def first_numbers(vectors: npt.NDArray[np.float32], width: int) -> npt.NDArray[np.float32]:
    """Return the first numbers of each vector, brought to a standard deviation of `SPREAD`.

    Args:
        vectors: (tokens, at least width), as `learn_vectors` returned them.
        width: How many numbers.
    """
    chosen = np.asarray(vectors[:, :width], np.float32)
    spread = float(chosen[UNKNOWN + 1 :].std()) if len(chosen) > UNKNOWN + 1 else 0.0
    return chosen * np.float32(SPREAD / spread) if spread > 0 else chosen


def some_of(texts: Sequence[Ids]) -> Ragged:
    """Return texts at even distances, of at most about `MOST_TOKENS` in all: as many as teach.

    Args:
        texts: Token ids of each, (tokens,).
    """
    step = -(-sum(map(len, texts)) // MOST_TOKENS)
    return Ragged.from_list(texts[:: max(step, 1)])


def _company(texts: Ragged, size: int) -> Any:
    """Return how often each token stands near each, (size, size) sparse; unknown ones do not."""
    from scipy import sparse  # type: ignore[import-untyped]

    tokens, text = texts.values, np.repeat(np.arange(len(texts)), texts.lengths)
    found = sparse.csr_matrix((size, size))
    for distance in range(1, WINDOW + 1):
        left, right = tokens[:-distance], tokens[distance:]
        counted = (text[:-distance] == text[distance:]) & (left > UNKNOWN) & (right > UNKNOWN)
        weight = np.full(int(counted.sum()), 1 - (distance - 1) / WINDOW)
        found = found + sparse.csr_matrix((weight, (left[counted], right[counted])), (size, size))
    return found + found.T


def _information(company: Any) -> Any:
    """Return the positive pointwise mutual information of each pair of tokens, sparse."""
    from scipy import sparse

    pairs = company.tocoo()
    counts = np.asarray(company.sum(axis=1)).ravel()
    smoothed = counts**SMOOTHING / max(float((counts**SMOOTHING).sum()), 1e-9)
    known = np.log(pairs.data / (counts[pairs.row] * smoothed[pairs.col]))
    positive = known > 0
    places = (pairs.row[positive], pairs.col[positive])
    return sparse.csr_matrix((known[positive].astype(np.float32), places), company.shape)
