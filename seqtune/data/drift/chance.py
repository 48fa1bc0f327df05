"""How likely chance alone is, with nothing but the standard library."""

from __future__ import annotations

import math
from collections.abc import Sequence


def beyond_normal(z: float) -> float:
    """Return how likely a normal deviate is further from zero than this one, on either side.

    Example:
        >>> round(beyond_normal(1.96), 3)
        0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def beyond_t(t: float, freedom: float) -> float:
    """Return the same of Student's t.

    Args:
        t: The deviate.
        freedom: Its degrees of freedom, above 0.

    Source:
        Wallace 1959, Bounds on normal approximations to Student's and the chi-square
        distributions, Annals of Mathematical Statistics 30(4).

    Example:
        >>> round(beyond_t(2.262, 9), 3)
        0.05
    """
    if math.isinf(t):
        return 0.0
    z = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
    return beyond_normal(z)


def beyond_chi_square(value: float, freedom: int) -> float:
    """Return how likely a chi-square deviate is larger than this one.

    Args:
        value: The deviate.
        freedom: Its degrees of freedom, above 0.

    Source:
        Wilson and Hilferty 1931, The distribution of chi-square, PNAS 17(12).

    Example:
        >>> round(beyond_chi_square(16.92, 9), 3)
        0.05
    """
    part = 2 / (9 * freedom)
    z = ((max(value, 0.0) / freedom) ** (1 / 3) - (1 - part)) / math.sqrt(part)
    return 0.5 * math.erfc(z / math.sqrt(2))


def holm(chances: Sequence[float], level: float) -> list[bool]:
    """Return which of several findings chance does not explain, all of them together.

    Args:
        chances: How likely chance alone is for each.
        level: How likely one false finding among them may be.

    Source:
        Holm 1979, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
        Statistics 6(2).

    Example:
        >>> holm([0.004, 0.2, 0.006], 0.01)
        [False, False, False]
        >>> holm([0.003, 0.2, 0.004], 0.01)
        [True, False, True]
    """
    found = [False] * len(chances)
    order = sorted(range(len(chances)), key=lambda number: chances[number])
    for rank, number in enumerate(order):
        if chances[number] > level / (len(chances) - rank):
            break
        found[number] = True
    return found
