"""With which weights the training of a network begins: drawn at random, or those of another run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.tasks._values import Values

BEGINNINGS = "warm"
"""The folder, in a run folder, of networks to begin with."""


def beginning_path(folder: Path, trial: str) -> Path:
    """Return where the network is kept that a trial begins with."""
    return folder / BEGINNINGS / f"{trial}.keras"


def begin_network(problem: Problem, trial: str, values: Values) -> Any:
    """Return the network that a trial begins with: of random weights, if it was given no others.

    Args:
        problem: Task and data.
        trial: Its name.
        values: Its configuration.
    """
    path = beginning_path(problem.folder, trial)
    if path.is_file():
        return load_network(problem.task, problem.prepared, values, path)
    return problem.task.build(problem.prepared, values)


def begin_with(model: Any, earlier: Any, path: Path) -> str:
    """Keep a network of another run's weights, for a trial to begin with.

    Args:
        model: A network of the new run; it takes the weights.
        earlier: The network of the other run.
        path: Where it is kept.

    Returns:
        Why it cannot take them; empty where it has.
    """
    wanted, given = (
        [tuple(weight.shape) for weight in each.get_weights()] for each in (model, earlier)
    )
    if wanted != given:
        other = next(
            (pair for pair in zip(wanted, given, strict=False) if pair[0] != pair[1]), None
        )
        if other is None:
            return f"it has {len(wanted)} arrays of weights, the earlier one {len(given)}"
        return f"an array of weights is {other[0]}, that of the earlier network {other[1]}"
    model.set_weights(earlier.get_weights())
    path.parent.mkdir(parents=True, exist_ok=True)
    save_network(model, path)
    return ""
