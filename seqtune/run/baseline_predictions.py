"""Predictions of simple methods: those that an ensemble may blend, and those that a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.files import damaged
from seqtune.run.members import METHOD

Arrays = Mapping[str, npt.NDArray[np.float64]]

PARTS = ("validation", "test")

TESTED = "tested"


def save_predictions(folder: Path, method: str, predictions: Arrays) -> None:
    """Keep what a simple method predicted, for a search that is resumed.

    Args:
        folder: The run folder.
        method: Its name.
        predictions: By part, "validation" and "test"; where there are none, what was kept goes.
    """
    for part in PARTS:
        path = kept_path(folder, method, part)
        if part not in predictions:
            path.unlink(missing_ok=True)
            continue
        write_array(path, predictions[part])


def load_predictions(folder: Path, method: str) -> dict[str, npt.NDArray[np.float64]]:
    """Read what `save_predictions` kept; {} where it kept nothing.

    Raises:
        RunError: A file is damaged.
    """
    if not METHOD.fullmatch(method):
        return {}
    kept = {}
    for part in PARTS:
        path = kept_path(folder, method, part)
        if path.exists():
            kept[part] = read_predictions(path)
            if not np.isfinite(kept[part]).all():
                raise damaged(path, "it does not hold numbers alone")
    return kept


def save_tested(
    folder: Path, best: str, tested: Mapping[str, npt.NDArray[np.float64] | None]
) -> None:
    """Keep what the best simple method predicted for the test part: a page shows no other one.

    Args:
        folder: The run folder.
        best: Its name; empty where there is none.
        tested: What each simple method predicted, by name; None for nothing.
    """
    for method, predictions in tested.items():
        path = kept_path(folder, method, TESTED)
        if method != best or predictions is None:
            path.unlink(missing_ok=True)
        elif not path.exists():
            write_array(path, predictions)


def load_tested(folder: Path, method: str) -> npt.NDArray[np.float64] | None:
    """Read what `save_tested` kept; None where it kept nothing.

    Raises:
        RunError: The file is damaged.
    """
    path = kept_path(folder, method, TESTED)
    if not METHOD.fullmatch(method) or not path.exists():
        return None
    return read_predictions(path)


def read_predictions(path: Path) -> npt.NDArray[np.float64]:
    """Read predictions that may come from a stranger's run folder.

    Raises:
        RunError: The file is missing or damaged.
    """
    try:
        array: npt.NDArray[Any] = read_array(path, "float64", None)
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error
    return array


def kept_path(folder: Path, method: str, part: str) -> Path:
    """Return where the predictions of a simple method for a part are kept."""
    return folder / "trials" / f"baseline_{method}_{part}.npy"


def check_shape(path: Path, array: npt.NDArray[np.float64], beside: Arrays) -> None:
    """Refuse predictions that cannot be averaged with the others, the first of which counts.

    Args:
        path: The file that they come from.
        array: The predictions.
        beside: Those of the others, by name.

    Raises:
        RunError: They come from a run folder that is damaged, or a stranger's.
    """
    first = next(iter(beside.values()), array)
    if array.shape != first.shape:
        found, expected = list(array.shape), list(first.shape)
        raise damaged(path, f"found predictions of shape {found}, expected {expected}")
