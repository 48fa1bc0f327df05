"""What is watched of cases for drift: how long they are, and how much of them nobody knows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.sample import Numbers, Sample
from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import UNKNOWN

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

MOST_CASES = 20_000
"""So many cases are compared: of more, some at equal distances."""


def some(cases: Rows) -> Rows:
    """Return no more cases than are compared."""
    if len(cases) <= MOST_CASES:
        return cases
    return cases[np.linspace(0, len(cases) - 1, MOST_CASES).astype(np.int64)]


def unseen(cases: int, known: float) -> Rows:
    """Return the cases that a run was not fitted on, no more than are compared.

    Args:
        cases: How many there are.
        known: About which share of them, the first ones, it was fitted on.

    Example:
        >>> unseen(5, 0.6).tolist()
        [3, 4]
    """
    return some(np.arange(min(round(known * cases), cases - 1), cases))


def traits_of_tokens(name: str, tokens: Ragged, cases: Rows, held_out: Rows) -> dict[str, Sample]:
    """Return how many tokens texts have, and which share of them is not in the vocabulary.

    Args:
        name: What the texts are called.
        tokens: The texts as tokens.
        cases: Which of them are meant.
        held_out: Those of them that the vocabulary was not fitted on.
    """
    cases, held_out = some(cases), some(held_out)
    lengths = tokens.lengths[cases].astype(np.float64)
    unknown = [float((each == UNKNOWN).mean()) if len(each) else 0.0
               for each in tokens.select(held_out)]  # fmt: skip
    return {
        f"{name}: tokens": Numbers(lengths),
        f"{name}: unknown tokens": Numbers(np.array(unknown)),
    }


def traits_of_channels(names: tuple[str, ...], series: Ragged, cases: Rows) -> dict[str, Sample]:
    """Return the mean of each channel of each series, and how long these are.

    Args:
        names: The channels.
        series: (steps, channels) of each, NaN where missing.
        cases: Which of them are meant.
    """
    cases = some(cases)
    chosen = series.select(cases)
    found: dict[str, Sample] = {"steps": Numbers(series.lengths[cases].astype(np.float64))}
    counts = np.array([np.isfinite(each).sum(axis=0) for each in chosen])
    sums = np.array([np.where(np.isfinite(each), each, 0.0).sum(axis=0) for each in chosen])
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    for number, name in enumerate(names):
        found[name] = Numbers(means[:, number].astype(np.float64))
    return found
