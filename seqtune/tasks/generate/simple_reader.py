"""Reading a text token by token with a simple language model, as with a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import EVIDENCE, LanguageModel
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.inference import Floats
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.simple_methods import fitted_model


@dataclass(frozen=True)
class SimpleReader:
    """A fitted language model that reads from left to right.

    Args:
        model: The model; `END` is the last token of each of its documents.
        tokens: Its vocabulary.
    """

    model: LanguageModel
    tokens: Tokenizer

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        """Return the state before the first token: the model's of each text, nothing known yet."""
        return ([self.model.start()] * batch, np.zeros((batch, EVIDENCE)))

    def advance(self, state: tuple[Any, ...], ids: npt.ArrayLike) -> tuple[Floats, tuple[Any, ...]]:
        """Read one more token of each text; `END` forgets what stood before.

        Args:
            state: What is remembered of each text.
            ids: (batch,) the token that comes next in each.

        Returns:
            (batch, vocabulary) log-probabilities of the token after it, and the new state, with
            what is known of the context, (batch, EVIDENCE).
        """
        after = [
            self.model.start() if token == END else self.model.follow(own, token)
            for own, token in zip(state[0], np.asarray(ids, np.int64).tolist(), strict=True)
        ]
        expected = [self.model.expect(own) for own in after]
        known = np.stack([each for _, each in expected])
        return np.log(np.stack([each for each, _ in expected])), (after, known)


def simple_reader(prepared: Prepared, name: str) -> SimpleReader:
    """Fit a simple method again, on all text before the test part, as it was scored.

    Args:
        prepared: The text.
        name: The method.
    """
    return SimpleReader(fitted_model(prepared, name), prepared.codec.tokens[prepared.kinds[0]])
