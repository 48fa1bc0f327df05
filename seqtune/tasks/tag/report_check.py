"""Checks of what a report is read from, which may be a stranger's file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

LONGEST = 100_000
"""Characters of a text at most."""

MOST = 10_000
"""Entries of a list at most, unless something else is said."""


def text(value: object) -> str:
    """Return a text.

    Raises:
        ValueError: It is none, or too long.
    """
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError("expected a text")
    return value


def whole(value: object, below: float = math.inf) -> int:
    """Return a whole number from 0 on.

    Raises:
        ValueError: It is none, or not below the limit.
    """
    if type(value) is not int or not 0 <= value < below:
        raise ValueError("expected a number of things")
    return value


def number(value: object) -> float:
    """Return a finite number.

    Raises:
        ValueError: It is none.
    """
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError("expected a finite number")
    return float(value)  # type: ignore[arg-type]


def share(value: object) -> float | None:
    """Return a number from 0 to 1, or None.

    Raises:
        ValueError: It is something else.
    """
    if value is None:
        return None
    if not 0 <= number(value) <= 1 + 1e-9:
        raise ValueError("expected a share")
    return number(value)


def several(values: object, most: int = MOST) -> Sequence[Any]:
    """Return a list that is not too long.

    Raises:
        ValueError: It is none, or too long.
    """
    if not isinstance(values, (list, tuple)) or len(values) > most:
        raise ValueError(f"expected a list of {most} at most")
    return values
