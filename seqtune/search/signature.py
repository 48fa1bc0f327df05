"""What two configurations have in common that run the same compiled programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SCALARS = frozenset(
    f"training.{name}"
    for name in ("learning_rate", "weight_decay", "clip_norm", "average", "steps", "patience")
)
"""Keys whose values are inputs of a compiled step, or none of its business."""

DROPOUT = "network.dropout"
"""The share of features that is left out is an input too, but not whether any are."""


def signature(structure: Mapping[str, Any]) -> str:
    """Return a text that is the same for configurations that differ in scalars alone.

    Args:
        structure: What the task says of a configuration (`Task.structure`).

    Example:
        >>> signature({"network.units": 64, "training.learning_rate": 0.01})
        '[["network.units", 64]]'
        >>> signature({"network.dropout": 0.1}) == signature({"network.dropout": 0.3})
        True
    """
    fixed = {name: each for name, each in structure.items() if name not in SCALARS}
    if DROPOUT in fixed:
        fixed[DROPOUT] = bool(fixed[DROPOUT])
    return json.dumps(sorted(fixed.items()))
