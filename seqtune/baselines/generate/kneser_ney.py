"""Kneser-Ney: n-grams of several lengths, interpolated, each discounted by how rare it is.

`seqtune.baselines.ngram_model` has the equation. The longest order is the one that predicts
held-out data best.

Source:
    Chen & Goodman 1999, "An empirical study of smoothing techniques for language modeling",
    Computer Speech & Language 13, section 3 (modified Kneser-Ney, interpolated).
"""

from __future__ import annotations

from math import log2

import numpy as np

from seqtune.baselines.ngram_file import read_ngrams, write_ngrams
from seqtune.baselines.ngram_level import Level
from seqtune.baselines.ngram_model import (
    KneserNey,
    count_orders,
    fit_order,
    model_of,
)
from seqtune.baselines.ngram_walk import Walk
from seqtune.data.ragged import Ragged

MAX_ORDER = {"character": 12, "byte": 12, "subword": 6, "word": 6, "symbol": 12}
"""The longest n-grams that are tried, by kind of token."""

DEFAULT_ORDER = {"character": 8, "byte": 8, "subword": 4, "word": 4, "symbol": 8}
"""The longest n-grams where nothing is held out to choose by."""


def fit(
    documents: Ragged,
    vocabulary: int,
    *,
    kind: str = "character",
    held_out: Ragged | None = None,
    order: int | None = None,
) -> KneserNey:
    """Count n-grams, and choose the longest that help.

    Args:
        documents: Training tokens, ids from 0 to `vocabulary` - 1; may be empty.
        vocabulary: How many tokens there are, at least one.
        kind: What a token is: "character", "byte", "subword" or "word"; it says how long the
            n-grams may be.
        held_out: Documents on which the order is chosen; None or empty for a customary order.
        order: The longest n-grams, at least 1, where nothing is to be chosen.

    Example:
        >>> model = fit(Ragged.from_list([[0, 1, 0, 1, 0]]), 2, kind="word")
        >>> state = model.follow(model.follow(model.start(), 0), 1)
        >>> bool(model.expect(state)[0][0] > 0.9)
        True
    """
    if order is not None or held_out is None or not len(held_out.values):
        return fit_order(documents, vocabulary, order or DEFAULT_ORDER[kind])
    counted = count_orders(documents, vocabulary, MAX_ORDER[kind])
    walk = Walk(held_out, vocabulary)
    scores = []
    for counts, longer in zip(counted, [*counted[1:], None], strict=True):
        scores.append(walk.peek(Level.of(counts, counts.raw, vocabulary)))
        if longer is not None:
            walk.climb(Level.of(counts, counts.continuations(longer), vocabulary))
    return model_of(counted[: int(np.argmax(scores)) + 1], vocabulary)


def work(known: int, asked: int) -> float:
    """Return how the time of fitting and scoring tokens grows: n-grams are sorted."""
    tokens = known + asked
    return tokens * log2(tokens + 2)


keep = write_ngrams
"""Writes a model to a file of a run folder, so that it need not be fitted again."""

kept = read_ngrams
"""Opens it."""
