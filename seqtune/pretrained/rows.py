"""Sums, places and differences within the rows of a batch of histories."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.pretrained.arrays import Booleans, Floats, Integers


def mean_of(values: npt.NDArray[Any], counted: Booleans) -> Floats:
    """Return the mean of what counts in each row, (batch,); 0 where nothing does."""
    total = np.where(counted, values, 0.0).sum(axis=1)
    mean: Floats = total / np.maximum(counted.sum(axis=1), 1)
    return mean


def values_at(values: npt.NDArray[Any], places: Integers) -> npt.NDArray[Any]:
    """Return the values of each row at its places, (batch, …)."""
    flat = np.take_along_axis(values, places.reshape(len(places), -1), axis=1)
    return flat.reshape(places.shape)


def difference(values: Floats, there: Booleans, lag: Integers) -> tuple[Floats, Booleans]:
    """Return the change over `lag` steps, and where it is known, (batch, steps) each.

    Args:
        values: (batch, steps).
        there: The same shape; where a value stands.
        lag: (batch,).
    """
    places = np.arange(values.shape[1]) - lag[:, None]
    before = np.maximum(places, 0)
    counted = there & (places >= 0) & values_at(there, before)
    return np.where(counted, values - values_at(values, before), 0.0), counted
