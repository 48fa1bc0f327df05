"""What a run's network looks at: measured once, kept in the run folder as `explanation.json`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seqtune.errors import RunError, UsageError
from seqtune.files import write_json
from seqtune.run.members import Member
from seqtune.run.selection import row_name
from seqtune.search.network_file import load_network
from seqtune.search.trial import Result
from seqtune.tasks._abilities import Explains
from seqtune.tasks._contract import Task

EXPLANATION = "explanation.json"

MARGIN_SECONDS = 1.0
"""What must be left of the budget when an explanation ends: the last files are written then."""

SHUFFLING_SECONDS = 1.0
"""Less than this for the inputs, when the network is compiled, is not worth beginning."""


NO_TIME = "no time left to see what the network looks at"
CUT_OFF = "interrupted before it was seen what the network looks at"


def no_time(folder: Path) -> str:
    """Return the note that an explanation had to be left out."""
    return f"{NO_TIME}: seqtune report {folder} --explain"


def cut_off(folder: Path) -> str:
    """Return the note that a signal has ended an explanation."""
    return f"{CUT_OFF}; the run is complete: seqtune report {folder} --explain"


def needed_seconds(result: Result) -> float:
    """Return what explaining a trial's network is likely to take at least.

    It is built and compiled once more, in another process than the one that trained it.
    """
    return max(0.0, result.seconds - result.training_seconds) + SHUFFLING_SECONDS


def explain_trial(
    task: Task, prepared: Any, folder: Path, result: Result, deadline: float
) -> dict[str, Any]:
    """Explain a network as the search left it, and keep that in the run folder.

    Args:
        task: What was learnt; one that can explain.
        prepared: The data.
        folder: The run folder.
        result: The trial that made the network.
        deadline: Value of `time.monotonic()` from which on no further input is looked at.

    Returns:
        What was written.

    Raises:
        RunError: The network cannot be loaded.
        UsageError: Nothing can be explained of such a task.
    """
    from seqtune.runtime.network import KerasNetwork
    from seqtune.search.trial_files import model_path

    if not isinstance(task, Explains):
        raise UsageError(f"a {task.name} run has no explanation", f"seqtune report {folder}")
    model = load_network(task, prepared, result.values, model_path(folder, result.trial))
    network = KerasNetwork(model, task.network_facts)
    found = {
        "network": row_name(result),
        **task.explain(network, prepared, result.values, deadline),
    }
    write_json(folder / EXPLANATION, found)
    return found


def weightiest(
    members: Sequence[Member], trials: Sequence[Mapping[str, Any]], folder: Path
) -> Result:
    """Return the trial that made the network with the largest say.

    Args:
        members: What stands behind the row that predicts.
        trials: The trials of the run, checked already.
        folder: The run folder.

    Raises:
        RunError: There is no network among the members.
    """
    networks = [member for member in members if member.trial]
    if not networks:
        raise RunError(f"{folder} has no network to explain", f"seqtune resume {folder}")
    heaviest = max(networks, key=lambda member: member.weight)
    return Result(**next(trial for trial in trials if trial["trial"] == heaviest.trial))


def time_left(left: float, result: Result) -> float | None:
    """Return when an explanation has to end, on the clock of `time.monotonic()`.

    Args:
        left: Seconds left of the budget.
        result: The trial whose network would be explained.

    Returns:
        The deadline; None where there is no time for it.
    """
    spare = left - MARGIN_SECONDS
    return time.monotonic() + spare if spare >= needed_seconds(result) else None
