"""Durations as people write them: `90s`, `10m`, `1h30m`, or a plain number of seconds."""

from __future__ import annotations

import math
import re

from seqtune.errors import RecipeError

PATTERN = (
    r"^\s*(?=\S)(?:\d+(?:\.\d+)?|(?:\d+(?:\.\d+)?h)?(?:\d+(?:\.\d+)?m)?(?:\d+(?:\.\d+)?s)?)\s*$"
)
_PARTS = re.compile(r"(\d+(?:\.\d+)?)([hms])")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}
EXPECTED = "a duration above zero such as 90s, 10m, 2h or 1h30m"


def seconds(text: str | float) -> float:
    """Read a duration in seconds.

    Args:
        text: Hours, minutes and seconds in that order, each with its letter, or a plain number
            of seconds.

    Returns:
        The duration in seconds, finite and above zero.

    Raises:
        RecipeError: The text is not a duration above zero.

    Example:
        >>> seconds("1h30m")
        5400.0
    """
    value = _parse(text)
    if not (math.isfinite(value) and value > 0):
        raise RecipeError(f"found duration {text!r}, expected {EXPECTED}", "--budget 5m")
    return value


def _parse(text: str | float) -> float:
    if isinstance(text, bool):
        return math.nan
    if isinstance(text, (int, float)):
        return float(text) if abs(text) < 1e12 else math.inf
    cleaned = text.strip().lower()
    if not cleaned.isascii() or not re.match(PATTERN, cleaned):
        return math.nan
    parts = _PARTS.findall(cleaned)
    if not parts:
        return float(cleaned)
    return sum(float(number) * _SECONDS[letter] for number, letter in parts)
