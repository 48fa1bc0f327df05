"""Times of day in the forms that tables hold them in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?:[:.m](?P<second>\d{2}(?:[.,]\d+)?))?s?"
    r"\s*(?P<half>[AaPp])?(?:\.?[Mm]\.?)?"
)
SHARE = 0.9
DAY = 86_400.0


def clock_seconds(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return the seconds since midnight, (texts,) float64, NaN where a text is no time of day.

    Example:
        >>> clock_seconds(["18.00.00", "6:30 PM", "0:15", "24:00", "soon"])
        array([64800., 66600.,   900., 86400.,    nan])
    """
    return np.array([_seconds(text.strip()) for text in texts], np.float64)


def _seconds(text: str) -> float:
    found = CLOCK.fullmatch(text)
    if not found or not (found["minute"] or found["half"]):
        return np.nan
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    second = float((found["second"] or "0").replace(",", "."))
    if found["half"]:
        if not 1 <= hour <= 12:
            return np.nan
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    seconds = 3600.0 * hour + 60.0 * minute + second
    return seconds if minute < 60 and second < 60 and seconds <= DAY else np.nan


def are_clocks(texts: Sequence[str]) -> bool:
    """Say whether nearly all of a few texts are times of day."""
    return bool(texts) and float(np.isfinite(clock_seconds(texts)).mean()) >= SHARE
