"""What a model says when it reads a text token by token, as it does when it writes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.inference import Reader
from seqtune.tasks.generate.prepared import Prepared

STEPS = 64
"""Tokens that are read: enough for a wrong state to show."""


def read_slowly(reader: Reader, prepared: Prepared) -> npt.NDArray[np.float64]:
    """Return the logits after each of the first tokens of the validation part.

    Args:
        reader: The model.
        prepared: The text.

    Returns:
        (steps, vocabulary), float64.
    """
    kind = reader.tokens.kind
    begin, end = prepared.compared(kind, "validation")
    state, found = reader.start(), []
    for token in (END, *prepared.arrays[kind][begin : min(end, begin + STEPS)].tolist()):
        logits, state = reader.advance(state, [token])
        found.append(logits[0])
    return np.asarray(found, np.float64)
