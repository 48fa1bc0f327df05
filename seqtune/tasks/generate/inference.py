"""Reading a text token by token with a fitted network: what comes next, and how likely it was."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer

Floats = npt.NDArray[np.float64]
State = tuple[Any, ...]
"""What a network remembers of texts that it reads beside each other: each (batch, …)."""


class Reader(Protocol):
    """A model that reads texts."""

    @property
    def tokens(self) -> Tokenizer:
        """Its vocabulary."""

    def start(self, batch: int = 1) -> State:
        """Return the state before the first token of a document; nothing is read yet.

        Read `END` first: it says that a document begins.
        """

    def advance(self, state: State, ids: npt.ArrayLike) -> tuple[Floats, State]:
        """Read one more token of each text; the time does not depend on what was read before.

        Args:
            state: What is remembered of each text.
            ids: (batch,) the token that comes next in each.

        Returns:
            (batch, vocabulary) logits of the token after it, and the new state.
        """


@runtime_checkable
class Remembers(Protocol):
    """A reader that remembers what it has read, word for word."""

    def before_writing(self, state: State) -> State:
        """Return a state that remembers what was read so far, and nothing of what comes now.

        A model that remembers its own words goes round in them.
        """
