"""Values of a codec as JSON holds them: the file may come from a stranger."""

from __future__ import annotations

from typing import Any


def stored_numbers(values: Any, most: int | None = None) -> tuple[float, ...]:
    """Return a list of numbers.

    Args:
        values: What was read.
        most: So many at most; any number if None.

    Raises:
        ValueError: It is something else.

    Example:
        >>> stored_numbers([1, 2.5])
        (1.0, 2.5)
    """
    is_sound = (
        isinstance(values, list)
        and (most is None or len(values) <= most)
        and all(type(value) in (int, float) and -1e300 < value < 1e300 for value in values)
    )
    if not is_sound:
        raise ValueError("a number in it is none")
    return tuple(map(float, values))
