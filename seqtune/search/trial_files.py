"""Where a run folder keeps what a trial leaves: its network and its predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqtune.data.array_file import write_array
from seqtune.errors import SearchError
from seqtune.search.recorded import is_trial, shown


def model_path(folder: Path, trial: str) -> Path:
    """Return where a trial's network is kept in a run folder.

    Raises:
        SearchError: The name of the trial, which may come from a stranger's file, is no such name.
    """
    return folder / "models" / f"{_checked(trial)}.keras"


def predictions_path(folder: Path, trial: str) -> Path:
    """Return where a trial's validation predictions are kept in a run folder."""
    return folder / "trials" / f"{_checked(trial)}.npy"


def folds_path(folder: Path, trial: str) -> Path:
    """Return where a run folder keeps what a trial has predicted that is not through all folds."""
    return predictions_path(folder, trial).with_name(f"{trial}-folds.npy")


def save_predictions(path: Path, predictions: Any) -> None:
    """Write predictions whole, or not at all."""
    write_array(path, predictions)


def _checked(trial: str) -> str:
    if not is_trial(trial):
        raise SearchError(f"found {shown(trial)}, expected the name of a trial")
    return trial
