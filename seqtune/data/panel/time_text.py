"""Times of a grid as text, for tables, charts and messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def format_times(times: npt.NDArray[Any], *, utc: bool = False) -> list[str]:
    """Return times as ISO text, without the time of day where all are at midnight.

    Args:
        times: (steps,) datetime64 or int64.
        utc: Whether the offset from UTC, +00:00, is written too.

    Example:
        >>> format_times(np.array(["2024-01-31", "2024-02-29"], "datetime64[ns]"))
        ['2024-01-31', '2024-02-29']
        >>> format_times(np.array(["2024-01-31"], "datetime64[ns]"), utc=True)
        ['2024-01-31 00:00:00+00:00']
    """
    if not np.issubdtype(times.dtype, np.datetime64):
        return [str(step) for step in times]
    index = pd.DatetimeIndex(times)
    if utc:
        return [str(text) for text in index.strftime("%Y-%m-%d %H:%M:%S+00:00")]
    whole_days = bool((index == index.normalize()).all())
    return [str(text) for text in index.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M:%S")]
