"""Whether a model is right more often than a simple method, as far as chance lets one say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import count, percent, several
from seqtune.metrics.sign_test import CHANCE, sign_test

ERRORS = 2.0
"""Figures whose difference is below so many of its standard errors are not told apart."""


def verdict(better: int, worse: int) -> int:
    """Return 1 for more wins than chance gives, -1 for fewer, 0 where both are not told apart.

    Args:
        better: Examples on which the model alone is right.
        worse: Examples on which the simple method alone is right.

    Example:
        >>> verdict(9, 0), verdict(0, 9), verdict(3, 2)
        (1, -1, 0)
    """
    if sign_test(min(better, worse), better + worse) > CHANCE:
        return 0
    return 1 if better > worse else -1


def compared(
    model: str,
    method: str,
    own: npt.NDArray[np.bool_],
    other: npt.NDArray[np.bool_],
    unit: str,
    verb: str = "is right",
) -> str:
    """Say how often each of two models is right, and whether chance would do as much.

    Args:
        model: The model.
        method: The simple method.
        own: (examples,) where the model is right.
        other: (examples,) where the simple method is.
        unit: What an example is called: "case".
        verb: What being right is called.

    Example:
        >>> compared("net", "naive", np.array([True, True]), np.array([True, False]), "case")
        'net is right in 2 of 2 cases (100 %), naive in 1 (50.0 %): the two are not told apart.'
    """
    total = len(own)
    better, worse = int((own & ~other).sum()), int((other & ~own).sum())
    said = (
        f"{model} {verb} in {count(int(own.sum()))} of {several(total, unit)} "
        f"({percent(own.mean() if total else 0.0)}), {method} in {count(int(other.sum()))} "
        f"({percent(other.mean() if total else 0.0)})"
    )
    if not verdict(better, worse):
        return f"{said}: the two are not told apart."
    return f"{said}: {'more' if better > worse else 'fewer'} than chance alone would give."
