"""Series whose anomalies are labelled, for benchmarks that read the labels for the figure alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.metrics.dominant_window import dominant_window

FIRST = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}


@dataclass(frozen=True)
class Labelled:
    """One series.

    Args:
        name: Of its file.
        table: All columns but the label.
        channels: The columns of numbers.
        labels: (rows,) 0 or 1.
    """

    name: str
    table: pd.DataFrame
    channels: tuple[str, ...]
    labels: npt.NDArray[np.int64]

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """(rows, channels)."""
        return self.table[list(self.channels)].to_numpy(np.float64)

    @property
    def window(self) -> int:
        """The window of its VUS-PR, that of the first channel as in TSB-AD."""
        return dominant_window(self.values[:, 0])


def read_labelled(
    folder: Path, places: str = "all", files: list[str] | None = None
) -> Iterator[Labelled]:
    """Read CSV files with a column `label`, in order of their names.

    Args:
        folder: Where they are.
        places: Which of them: "all", "even" (the first, the third, …) or "odd".
        files: Names of the only ones.
    """
    for path in sorted(folder.glob("*.csv"))[FIRST[places]]:
        if files and path.name not in files:
            continue
        table = pd.read_csv(path)
        bare = table.drop(columns="label")
        numbers = tuple(map(str, bare.select_dtypes("number").columns))
        yield Labelled(path.stem, bare, numbers, table["label"].to_numpy(np.int64))
