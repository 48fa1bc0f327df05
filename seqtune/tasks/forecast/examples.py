"""Windows to be forecast, with what came of them where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.kept_preprocessing import KeptPreprocessing
from seqtune.tasks.forecast.preprocessing import actual_values

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Examples:
    """Windows into a panel: a held-out part, or new rows.

    Args:
        coded: The panel with the scales of its series.
        windows: The windows.
        horizon: Steps ahead.
        folds: Windows of each rolled origin, one origin after the other; none where all count as
            one.
        winsorized: Whether outliers among what came count as less than they are: where models are
            chosen by it, not where they are judged.
    """

    coded: CodedPanel
    windows: Windows
    horizon: int
    folds: Sequence[int] = ()
    winsorized: bool = False

    def __len__(self) -> int:
        return len(self.windows)

    @cached_property
    def kept(self) -> KeptPreprocessing:
        """What networks were given of the windows."""
        return KeptPreprocessing()

    @cached_property
    def truth(self) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """What came, and where it was observed: (windows, horizon) each."""
        return actual_values(self.coded, self.windows, self.horizon, winsorized=self.winsorized)
