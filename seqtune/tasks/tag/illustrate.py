"""A few sentences of the test part with the winner's tags, or a stretch of steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.sentence_pieces import tagged_sentences
from seqtune.tasks.tag.step_stretch import tagged_stretch

Floats = npt.NDArray[np.float64]


def illustrate(prepared: Prepared, marginals: Floats) -> dict[str, Any]:
    """Return what the report shows of the test part.

    Args:
        prepared: The sequences.
        marginals: (positions, tags) of the test part, by the best network or ensemble.

    Returns:
        What `seqtune.tasks.tag.report` reads; {} where there is nothing.
    """
    codec, encoded = prepared.codec, prepared.encoded("test")
    found, plain = tagged(codec, encoded, marginals), encoded.plain()
    if not len(found):
        return {}
    if plain.values is None:
        return tagged_sentences(found, plain.tokens, "Sentences of the test part").to_dict()
    return tagged_stretch(found, plain.values, codec.roles.channels, "Test part").to_dict()
