"""Filling a gap with a network that predicts each token from those on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks._values import Network
from seqtune.tasks.generate.inference import Floats

REACH = 256
"""Tokens on either side that are read at most."""


@dataclass(frozen=True)
class NetworkFiller:
    """A network that was fitted to fill gaps.

    Args:
        network: From tokens (streams, steps) to logits (streams, steps, vocabulary) of each, from
            the others.
        tokens: Its vocabulary.
    """

    network: Network
    tokens: Tokenizer

    def gap(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        """Return the logits of the one token that stands between two texts, (vocabulary,).

        Args:
            left: (tokens,) ids before it, from the beginning of a document.
            right: (tokens,) ids after it.
        """
        before = np.concatenate([[END], np.asarray(left, np.int32)])[-REACH:]
        after = np.concatenate([np.asarray(right, np.int32), [END]])[:REACH]
        ids = np.concatenate([before, [UNKNOWN], after]).astype(np.int32)
        logits = self.network(ids[None])
        return np.array(logits[0, len(before)], np.float64)
