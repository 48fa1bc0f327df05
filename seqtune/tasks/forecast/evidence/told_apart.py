"""Whether the model or the simple method is better in groups, as far as chance lets one say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks._compared import ERRORS
from seqtune.tasks.forecast.evidence.means import Means

TIE = 0.01
"""Nor are figures whose difference is at most this share of the simple method's."""


@dataclass(frozen=True)
class Outcomes:
    """How groups came out.

    Args:
        signs: (groups,) int64: 1 where the model is better, -1 where the simple method is, 0 where
            both are not told apart.
        is_tested: Whether standard errors are known; without them signs go by the figures alone.
    """

    signs: npt.NDArray[np.int64]
    is_tested: bool

    @property
    def better(self) -> int:
        """Groups in which the model is better."""
        return int((self.signs > 0).sum())

    @property
    def worse(self) -> int:
        """Groups in which it is worse."""
        return int((self.signs < 0).sum())


def outcomes(gains: Means, baseline: npt.NDArray[np.float64]) -> Outcomes:
    """Return how groups came out.

    Args:
        gains: By how much the model's figure is lower.
        baseline: (groups,) figures of the simple method.
    """
    known = np.isfinite(gains.values)
    gained = np.where(known, gains.values, 0.0)
    close = np.abs(gained) <= TIE * np.abs(np.nan_to_num(baseline))
    is_tested = bool(np.isfinite(gains.errors[known]).all()) if known.any() else False
    if is_tested:
        close |= np.abs(gained) < ERRORS * np.nan_to_num(gains.errors)
    return Outcomes(np.where(close, 0, np.sign(gained)).astype(np.int64), is_tested)


UNTESTED = (
    "The test part holds too few stretches that do not overlap to say how much of this is chance."
)


def untested(found: Outcomes) -> tuple[str, ...]:
    """Return the sentence that is due where no standard error is known."""
    return () if found.is_tested else (UNTESTED,)
