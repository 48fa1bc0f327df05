"""What models predict of a text: a row for each token, of which averages over models make sense.

A row has the probability of the token and its size, and what decides how far a simple method is
believed beside networks (`seqtune.tasks.generate.gate`). That stands in columns of its own, zero in
the rows of the other kind of model: so an average has both, each times the weight of its kind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import UNKNOWN
from seqtune.tasks.generate.step_tokens import units_of

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

PROBABILITY, SIZE, BY_METHOD, METHOD, EVIDENCE, ENTROPY = 0, 1, 2, 3, slice(4, 7), 7
RECENT, MATCH = 8, 9
"""Columns: the probability of the token, the naming of an unknown character included; how many
characters it is, or steps of events; the same probability of simple methods alone, and 1 for them;
what they know of the context (`seqtune.baselines.method.EVIDENCE`); the entropy of what a network
expects, in nats; and in the rows of simple methods, the probability by what came lately, and how
many tokens before this one came then too (`seqtune.tasks.generate.recent`)."""

COLUMNS = 10

LEAST = 1e-300
"""A probability below it counts as this."""


def network_predictions(
    tokens: Tokenizer, ids: Array, chances: Floats, entropies: Floats | None = None
) -> Floats:
    """Return what a network predicts.

    Args:
        tokens: The vocabulary.
        ids: (tokens,) of the text.
        chances: (tokens,) log-probability of each.
        entropies: (tokens,) of what the network expects in its place; None where no simple method
            is ever joined with it.
    """
    rows = _rows(tokens, ids, chances)
    rows[:, ENTROPY] = 0.0 if entropies is None else entropies
    return rows


def method_predictions(
    tokens: Tokenizer, ids: Array, told: Floats, recent: Floats | None = None
) -> Floats:
    """Return what a simple method predicts.

    Args:
        tokens: The vocabulary.
        ids: (tokens,) of the text.
        told: (tokens, 4) what it says of each; see `LanguageModel.read`.
        recent: (tokens, 2) what came lately; see `recent_chances`. None where nobody asks.
    """
    rows = _rows(tokens, ids, told[:, 0])
    rows[:, BY_METHOD], rows[:, METHOD] = rows[:, PROBABILITY], 1.0
    rows[:, EVIDENCE] = told[:, 1:]
    if recent is not None:
        named = np.where(ids == UNKNOWN, np.exp(-tokens.surprise), 1.0)
        rows[:, RECENT], rows[:, MATCH] = recent[:, 0] * named, recent[:, 1]
    return rows


def _rows(tokens: Tokenizer, ids: Array, chances: Floats) -> Floats:
    rows = np.zeros((len(ids), COLUMNS))
    named = np.where(ids == UNKNOWN, chances - tokens.surprise, chances)
    rows[:, PROBABILITY] = np.maximum(np.exp(named), LEAST)
    rows[:, SIZE] = units_of(tokens, ids)
    return rows
