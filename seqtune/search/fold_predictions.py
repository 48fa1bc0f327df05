"""What a trial predicted in the folds behind it, on disk until it goes on to the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.tasks._values import Fold

Predictions = npt.NDArray[np.float64]
ByFold = list[list[Predictions]]
"""By fold, the predictions for its cases after each epoch: (cases, …) each."""


def save_folds(path: Path, by_fold: ByFold) -> None:
    """Write the predictions of folds.

    Args:
        path: The file: (epochs, cases, …) float64, the cases of one fold after the other.
        by_fold: The predictions, at least one fold's, and of each after as many epochs.

    Raises:
        RunError: The folder cannot be written, or the disk is full.
    """
    epochs = [np.concatenate(parts) for parts in zip(*by_fold, strict=True)]
    write_array(path, np.stack(epochs).astype(np.float64, copy=False))


def load_folds(path: Path, folds: Sequence[Fold]) -> ByFold:
    """Read what `save_folds` wrote, though it may come from a stranger.

    Args:
        path: The file.
        folds: The folds whose predictions it must hold.

    Raises:
        ValueError: It holds something else.
        OSError: It cannot be read.
    """
    found = read_array(path, "float64", None)
    sizes = [len(fold.places) for fold in folds]
    if found.ndim < 2 or not len(found) or found.shape[1] != sum(sizes):
        raise ValueError(
            f"{path.name} holds {list(found.shape)}, expected [epochs, {sum(sizes)}, …]"
        )
    if not np.isfinite(found).all():
        raise ValueError(f"{path.name} holds values that are no numbers")
    parts = np.split(found, np.cumsum(sizes)[:-1], axis=1)
    return [list(part) for part in parts]
