"""When methods are meant that take long for each history: short series, and no sparse counts."""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import is_intermittent
from seqtune.baselines.method import Histories

LONG = 1_000
"""Steps; where histories are usually longer, there is enough held out to choose by."""


def is_short(histories: Histories) -> bool:
    """Say whether the data is short series, and not intermittent.

    Args:
        histories: A (steps,) array for each of some windows.

    Example:
        >>> is_short([np.arange(1.0, 145.0)])
        True
    """
    lengths = [len(history) for history in histories]
    return bool(lengths) and float(np.median(lengths)) <= LONG and not is_intermittent(histories)
