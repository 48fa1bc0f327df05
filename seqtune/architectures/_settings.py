"""What an architecture is told: the cell, the sizes, and its own options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Settings:
    """The shape of one network, as the search proposed it.

    Args:
        cell: Name of the recurrence in `seqtune.registry.cells`.
        units: Size of each recurrent state.
        layers: Number of recurrent layers, one above the other.
        dropout: Share of features set to zero between layers while training, 0 to below 1.
        horizon: Number of steps ahead that are predicted.
        options: The architecture's own options, every one of its `OPTIONS` with a value.
        width: Features that stand for each step ahead, before the head.
        pooling: How the states of all steps become one, where one is wanted: "last", "mean", "max"
            or "attention".

    Example:
        >>> Settings("lstm", units=64, layers=2, dropout=0.1, horizon=12)
    """

    cell: str
    units: int
    layers: int
    dropout: float
    horizon: int
    options: Mapping[str, Any] = field(default_factory=dict)
    width: int = 8
    pooling: str = "last"
