"""Which cases train, which compare, which test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.errors import DataError

TRAIN, VALIDATION, TEST = 0, 1, 2
NUMBER = {"train": TRAIN, "validation": VALIDATION, "test": TEST}

FEW, MANY, VERY_MANY = 500, 5_000, 20_000

MIN_CASES = 6


def usual_share(cases: int) -> float:
    """Return the share of the cases that validation and test take each, where nobody says.

    Example:
        >>> usual_share(50), usual_share(1_000), usual_share(8_000), usual_share(29_000)
        (0.25, 0.15, 0.1, 0.05)
    """
    if cases <= FEW:
        return 0.25
    if cases < MANY:
        return 0.15
    return 0.1 if cases < VERY_MANY else 0.05


def split_cases(
    cases: int, validation: float, test: float, seed: int, *, is_kept: bool = False
) -> npt.NDArray[np.int8]:
    """Deal cases out to the parts at random.

    Args:
        cases: How many there are.
        validation: Share of the cases.
        test: Share of the cases.
        seed: Seeds the draw.
        is_kept: Whether the last cases test, and those before them compare, instead.

    Returns:
        (cases,), 0 for training, 1 for validation, 2 for test.

    Raises:
        DataError: There are too few cases for three parts.
    """
    if cases < MIN_CASES:
        raise DataError(
            f"found {cases} different sources, expected at least {MIN_CASES}: to train, to compare "
            "and to test",
            "give more of them",
        )
    sizes = [max(1, round(share * cases)) for share in (validation, test)]
    if sum(sizes) >= cases:
        raise DataError(
            f"a validation part of {sizes[0]} and a test part of {sizes[1]} of {cases} cases leave "
            "none to train on",
            "--set validation.share=0.2 --set test.share=0.2",
        )
    order = np.random.default_rng((seed, 77)).permutation(cases)
    if is_kept:
        order = np.roll(np.arange(cases), sum(sizes))
    parts = np.full(cases, TRAIN, np.int8)
    parts[order[: sizes[0]]] = VALIDATION
    parts[order[sizes[0] : sum(sizes)]] = TEST
    return parts
