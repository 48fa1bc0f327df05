"""Which tokens may follow in a step: higher notes or its end; the cell of the next column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.step_tokens import STEP_END, StepTokens
from seqtune.tasks.generate.wellformed import Mask, WellFormed


class StepRule(WellFormed):
    """Says which tokens may follow the last one of a step.

    Notes ascend, none comes twice, and a sequence ends behind a whole step alone. What waits is a
    text of digits: the last note of a step that has not ended, or how many cells of a row there
    are.

    Args:
        tokens: The vocabulary.
        counts: (vocabulary,) how often each token is in training; None where that is not known.

    Example:
        >>> from seqtune.tasks.generate.step_tokens import Layout, StepTokens
        >>> rule = StepRule(StepTokens.fit_steps([], Layout(), most=200))
        >>> rule.allowed(rule.after(b"", 3 + 64))[[END, STEP_END, 3 + 60, 3 + 67]].tolist()
        [False, True, False, True]
    """

    def __init__(self, tokens: StepTokens, counts: Sequence[int] | None = None) -> None:
        super().__init__(tokens, counts)
        self._tokens = tokens
        self._seen[STEP_END] |= not tokens.columns

    def after(self, rest: bytes, token: int) -> bytes:
        """Return what waits once a token was written."""
        if token == END:
            return b""
        if not self._tokens.columns:
            return b"" if token == STEP_END else str(token).encode()
        cells = (int(rest or b"0") + 1) % len(self._tokens.columns)
        return str(cells).encode() if cells else b""

    def _fitting(self, rest: bytes) -> Mask:
        tokens, ids = self._tokens, np.arange(self._tokens.size)
        if tokens.columns:
            fits: Mask = tokens.column_of == int(rest or b"0")
        else:
            fits = ids > int(rest or STEP_END)
            fits[STEP_END] = True
        fits[END] = not rest
        return fits


def rule_of(tokens: Tokenizer, counts: Sequence[int] | None) -> WellFormed:
    """Return the rule of a vocabulary."""
    if isinstance(tokens, StepTokens):
        return StepRule(tokens, counts)
    return WellFormed(tokens, counts)
