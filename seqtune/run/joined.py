"""A row that joins what was searched with the simple methods, each with the same say.

Where the held-out parts cannot tell which of them is good, a choice among them hangs on chance;
what they say together is seldom much worse than the best of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from seqtune.run.baseline_predictions import check_shape, kept_path
from seqtune.run.predictions import Predictions
from seqtune.search.problem import Problem
from seqtune.tasks._abilities import Joins

JOINED = "joined"
"""What the row is called."""


def can_join(problem: Problem) -> bool:
    """Say whether there is such a row beside the networks and the simple methods."""
    return isinstance(problem.task, Joins)


def joined_leads(problem: Problem) -> bool:
    """Say whether that row comes first, whatever the figures say."""
    return isinstance(problem.task, Joins) and problem.task.joins(problem.prepared)


def joined_weights(predicted: Predictions, networks: Mapping[str, float]) -> dict[str, float]:
    """Return how much networks and simple methods count in the row that joins them.

    Args:
        predicted: What they predicted; simple methods without predictions for both parts are left
            out.
        networks: The weights of the networks among themselves, which sum to 1; none for no network.

    Returns:
        Weights that sum to 1: of n simple methods each has 1 / (n + 1), and all networks together
        as much. None where there is nothing to join.

    Raises:
        RunError: What was kept of a method comes from a run folder that is damaged.
    """
    folder = predicted.problem.folder
    methods = {
        name: arrays
        for name, arrays in predicted.baseline_predictions.items()
        if arrays.keys() >= {"validation", "test"}
    }
    for part in ("validation", "test"):
        made = predicted.validation if part == "validation" else predicted.tested
        beside = {name: made(name) for name in list(networks)[:1]}
        beside.update({name: arrays[part] for name, arrays in methods.items()})
        for name in methods:
            check_shape(kept_path(folder, name, part), beside[name], beside)
    voices = len(methods) + bool(networks)
    if not methods or voices < 2:
        return {}
    predicted.test.update({name: arrays["test"] for name, arrays in methods.items()})
    found = {name: weight / voices for name, weight in networks.items()}
    return {**found, **dict.fromkeys(methods, 1.0 / voices)}
