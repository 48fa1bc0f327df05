"""The sign test: whether one of two models is better on more cases than chance would give."""

from __future__ import annotations

import math

CHANCE = 0.05
"""What chance gives more often than this is not told apart from it."""

MANY = 1_000
"""Of more cases the normal approximation is taken."""


def sign_test(fewer: int, cases: int) -> float:
    """Return how often fair coins fall at least as unevenly, to either side.

    Args:
        fewer: Cases of the side that has fewer.
        cases: Cases on which one of both is better; ties do not count.

    Example:
        >>> sign_test(0, 4), sign_test(2, 4)
        (0.125, 1.0)

    Source:
        Dixon and Mood 1946, "The statistical sign test", JASA 41; of events that one of two
        detectors finds it is McNemar's exact test.
    """
    if cases > MANY:
        return math.erfc(max(0.0, (cases - 2 * fewer - 1) / math.sqrt(2 * cases)))
    tail = sum(math.comb(cases, heads) for heads in range(fewer + 1))
    return min(1.0, tail / 2 ** (cases - 1) if cases else 1.0)
