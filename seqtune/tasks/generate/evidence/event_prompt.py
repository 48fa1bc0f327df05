"""How a sequence of events of the test part begins, for models to go on with."""

from __future__ import annotations

import numpy as np

from seqtune.data.text.vocabulary import END, SYMBOL
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.step_tokens import StepTokens

PROMPT, STEPS = 8, 24
"""Steps that are given, and written."""


def event_prompt(prepared: Prepared) -> tuple[str, str] | None:
    """Return the first steps of a sequence of the test part, and those behind them, as texts.

    Args:
        prepared: The sequences.

    Returns:
        Of the first that is long enough; None where none is, or the data is a text.
    """
    tokens = prepared.codec.tokens.get(SYMBOL)
    if not isinstance(tokens, StepTokens):
        return None
    begin, end = prepared.compared(SYMBOL, "test")
    ids = np.asarray(prepared.arrays[SYMBOL][begin:end])
    for sequence in np.split(ids, np.flatnonzero(ids == END)):
        steps = tokens.steps_of(tokens.decode(sequence.tolist()))
        if len(steps) > PROMPT:
            spelt = [tokens.layout.spelt(step) for step in steps[: PROMPT + STEPS]]
            return "".join(spelt[:PROMPT]), "".join(spelt[PROMPT:])
    return None
