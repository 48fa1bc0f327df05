"""Where training ends and validation and test begin, in each series of a panel.

    rows of a series   |------ training ------|-- validation --|-- test --|

Every part of the future belongs to one part only. History may reach back across a border, as it
does in use; what is predicted may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array
from seqtune.errors import DataError
from seqtune.files import damaged

MANY_SERIES = 30
"""Number of series from which one window per series is enough to compare models."""

MIN_TRAINING = 2
"""Rows that a series must keep for training when it gives up validation and test: one to see and
one to predict."""

BORDERS = ("train_end", "validation_end")
"""The files that keep a split: what its other borders are is known of the panel."""

SHARE = 0.15
"""Share of a long series that each of validation and test takes, where series are few."""


@dataclass(frozen=True)
class Split:
    """The borders between the parts, as absolute rows of the panel.

    Args:
        begin: (series,) int64, first row of each series.
        train_end: (series,) int64, first row after training.
        validation_end: (series,) int64, first row after validation.
        end: (series,) int64, first row after the series.
    """

    begin: npt.NDArray[np.int64]
    train_end: npt.NDArray[np.int64]
    validation_end: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def bounds(self, part: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return first row and end of what may be predicted in a part, (series,) each.

        Args:
            part: "train", "validation" or "test".
        """
        return {
            "train": (self.begin, self.train_end),
            "validation": (self.train_end, self.validation_end),
            "test": (self.validation_end, self.end),
        }[part]


def choose_steps(lengths: npt.NDArray[np.int64], horizon: int) -> int:
    """Choose how many steps validation and test take from each series.

    Args:
        lengths: (series,) rows of each series.
        horizon: Steps ahead.

    Returns:
        The horizon where series are many; a share of the median length, but at least the
        horizon, where they are few; less only where the series are too short for that.
    """
    median = int(np.median(lengths))
    wanted = horizon if len(lengths) >= MANY_SERIES else max(horizon, int(SHARE * median))
    return max(1, min(wanted, median // 4))


def split_series(
    offsets: npt.NDArray[np.int64], horizon: int, validation_steps: int, test_steps: int
) -> Split:
    """Split every series of a panel in time.

    A series too short to give up both parts stays in training as a whole.

    Args:
        offsets: (series + 1,) int64 row borders of the panel.
        horizon: Steps ahead.
        validation_steps: Rows of validation at the end of each series, before the test.
        test_steps: Rows of test at the very end.

    Raises:
        DataError: No series is long enough to be validated and tested.

    Example:
        >>> split_series(np.array([0, 20]), 2, 4, 4).train_end
        array([12])
    """
    begin, end = offsets[:-1].astype(np.int64), offsets[1:].astype(np.int64)
    lengths = end - begin
    if not (lengths >= horizon + 2).any():
        raise DataError(
            f"the longest series has {int(lengths.max(initial=0))} rows; a horizon of {horizon} "
            f"needs at least {horizon + 2}",
            f"use a shorter horizon: --horizon {max(1, int(lengths.max(initial=3)) // 5)}",
        )
    is_long = lengths >= validation_steps + test_steps + MIN_TRAINING
    if not is_long.any():
        needed = validation_steps + test_steps + MIN_TRAINING
        raise DataError(
            f"validation ({validation_steps} steps) and test ({test_steps} steps) leave too few "
            f"rows to train on: the longest series has {int(lengths.max())}, and {needed} are "
            "needed at least",
            "--set validation.steps=auto --set test.steps=auto",
        )
    return Split(
        begin=begin,
        train_end=np.where(is_long, end - validation_steps - test_steps, end),
        validation_end=np.where(is_long, end - test_steps, end),
        end=end,
    )


def save_split(split: Split, folder: Path) -> None:
    """Write the borders between the parts, for `read_split`.

    Args:
        split: The borders.
        folder: Where to write; it exists.
    """
    for name in BORDERS:
        np.save(folder / f"{name}.npy", getattr(split, name))


def read_split(folder: Path, offsets: npt.NDArray[np.int64]) -> Split:
    """Read the borders between the parts from a run folder that may come from a stranger.

    Args:
        folder: Holds `train_end.npy` and `validation_end.npy`.
        offsets: (series + 1,) int64 row borders of the panel.

    Raises:
        RunError: A file is missing, or the borders do not lie within each series.
    """
    begin, end = offsets[:-1], offsets[1:]
    try:
        train_end, validation_end = (
            read_array(folder / f"{name}.npy", "int64", (len(begin),)) for name in BORDERS
        )
    except (OSError, ValueError) as error:
        raise damaged(folder, error) from error
    rise = (begin <= train_end) & (train_end <= validation_end) & (validation_end <= end)
    if not rise.all():
        raise damaged(folder, "the parts of a series do not follow each other")
    return Split(begin, train_end, validation_end, end)
