"""Tags as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seqtune.tasks.tag.sequences import Rows


def tag_codes(tags: Sequence[str]) -> tuple[list[str], Rows]:
    """Return the different tags, sorted, and the number of each position's.

    Args:
        tags: (positions,) texts; "" for none.

    Returns:
        The tags, and (positions,) int64, -1 where there is none.

    Example:
        >>> names, codes = tag_codes(["b", "", "a", "b"])
        >>> names, codes.tolist()
        (['a', 'b'], [1, -1, 0, 1])
    """
    found, names = pd.factorize(np.array([*tags, ""], object), sort=True)
    codes = found.astype(np.int64)[:-1] - 1  # "" is there, and the first
    return [str(name) for name in names[1:]], codes
