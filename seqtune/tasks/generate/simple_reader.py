"""Reading a text token by token with a simple language model, as with a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import LanguageModel
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.generate.inference import Floats
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.simple_methods import fitted_model

NOTHING = -1
"""Stands where a document has no token yet."""


@dataclass(frozen=True)
class SimpleReader:
    """A fitted language model that remembers as many tokens as it looks at.

    Args:
        model: The model; `END` is the last token of each of its documents.
        tokens: Its vocabulary.
    """

    model: LanguageModel
    tokens: Tokenizer

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        """Return the state before the first token: (batch, reach) tokens, none yet."""
        return (np.full((batch, self.model.reach), NOTHING, np.int64),)

    def advance(self, state: tuple[Any, ...], ids: npt.ArrayLike) -> tuple[Floats, tuple[Any, ...]]:
        """Read one more token of each text; `END` forgets what stood before.

        Args:
            state: The last tokens of each text.
            ids: (batch,) the token that comes next in each.

        Returns:
            (batch, vocabulary) log-probabilities of the token after it, and the new state.
        """
        read = np.asarray(ids, np.int64)[:, None]
        known = np.concatenate([state[0], read], axis=1)[:, 1:] if self.model.reach else state[0]
        known = np.where(read == END, NOTHING, known)
        rows = [self.model.next_probabilities(row[row != NOTHING]) for row in known]
        return np.log(np.stack(rows)), (known,)

    def score(self, ids: npt.ArrayLike) -> Floats:
        """Return the natural logarithm of the probability of every token of a document.

        Args:
            ids: (tokens,); for `UNKNOWN` it is the probability of the very character meant.
        """
        tokens = np.asarray(ids, np.int64)
        found = self.model.log_probabilities(Ragged(tokens, np.array([0, len(tokens)])))
        return np.where(tokens == UNKNOWN, found - self.tokens.surprise, found)


def simple_reader(prepared: Prepared, name: str) -> SimpleReader:
    """Fit a simple method again, on all text before the test part, as it was scored.

    Args:
        prepared: The text.
        name: The method.
    """
    return SimpleReader(fitted_model(prepared, name), prepared.codec.tokens[prepared.kinds[0]])
