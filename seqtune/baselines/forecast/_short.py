"""When methods are meant that take long for each history: few short ones, and no sparse counts.

On `data/shops.csv`, 60 s, learning that they would take too long took a fifth of the time.
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import is_intermittent
from seqtune.baselines.method import Histories

FEW = 60
"""Windows; where more are held out, there is enough to choose by, and no time for these methods."""

LONG = 1_000
"""Steps; where histories are usually longer, there is enough held out to choose by."""


def is_short(histories: Histories) -> bool:
    """Say whether the data is few windows of short series, and not intermittent.

    Args:
        histories: A (steps,) array for each of some windows.

    Example:
        >>> is_short([np.arange(1.0, 145.0)])
        True
    """
    lengths = [len(history) for history in histories]
    is_little = 0 < len(lengths) <= FEW
    return is_little and float(np.median(lengths)) <= LONG and not is_intermittent(histories)
