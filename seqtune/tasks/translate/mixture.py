"""What several networks say of a token, as one: the mean of their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks._values import Network
from seqtune.tasks.translate.programs import MIX


def mixed(network: Network, said: Sequence[Any], weights: npt.NDArray[np.float32]) -> Any:
    """Return the logarithm of the weighted mean of probabilities that are given as logarithms.

    Args:
        network: Runs it; what was said stays where it computes.
        said: Of each network, (rows, answers, tokens) or (rows, frames, tokens).
        weights: (networks,), which sum to one.
    """
    if len(said) == 1:
        return said[0]
    with np.errstate(divide="ignore"):  # a network may have no weight
        shares = np.log(weights)
    total, share = said[0], shares[0]
    for each, own in zip(said[1:], shares[1:], strict=True):
        total = network.run(MIX, total, each, np.array([share, own], np.float32))
        share = np.float32(0.0)
    return total
