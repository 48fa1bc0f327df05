"""The trials that a run folder has kept, read as they may come from a stranger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seqtune.files import damaged, read_lines
from seqtune.run.untrusted import check_plain, check_size, is_duration, is_number
from seqtune.search.recorded import is_trial, shown

TRIALS = "trials.jsonl"


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


KINDS: Mapping[str, Callable[[Any], bool]] = {
    "trial": is_trial,
    "status": lambda status: status in ("completed", "stopped", "failed"),
    "values": lambda values: isinstance(values, dict),
    "score": lambda score: score is None or is_number(score),
    "scores": lambda scores: isinstance(scores, list) and all(map(is_number, scores)),
    "seconds": is_duration,
    "training_seconds": is_duration,
    "parameters": _is_count,
    "reason": lambda reason: isinstance(reason, str),
    "steps": _is_count,
    "operations": lambda operations: is_number(operations) and operations >= 0,
    "folds_left": _is_count,
    "fold_scores": lambda scores: isinstance(scores, list) and all(map(is_number, scores)),
}
"""What each key of a trial holds."""

NEEDED = {"trial", "status", "values", "training_seconds", "reason"}


def read_trials(folder: Path) -> list[dict[str, Any]]:
    """Read every trial of a run, in the order in which they stand.

    Raises:
        RunError: The file is damaged, or holds what is not a trial.
    """
    path = folder / TRIALS
    check_size(path)
    try:
        trials = read_lines(path)
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error
    except RecursionError as error:
        raise damaged(path, "it is nested too deeply") from error
    check_plain(trials, path)
    for trial in trials:
        _check(trial, path)
    if len({trial["trial"] for trial in trials}) != len(trials):
        raise damaged(path, "a trial stands in it twice")
    return trials


def _check(trial: object, path: Path) -> None:
    if not isinstance(trial, dict) or not trial.keys() >= NEEDED or trial.keys() - KINDS.keys():
        raise damaged(path, f"{shown(trial)} is not a trial")
    for key, value in trial.items():
        if not KINDS[key](value):
            raise damaged(path, f"found {key}: {shown(value)}")
