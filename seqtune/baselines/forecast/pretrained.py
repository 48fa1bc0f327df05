"""A small recurrence trained on synthetic series alone, without training on the data.

Its weights come with the package (`seqtune/pretrained/card.md`).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.method import Floats, Histories, Levels, Periods
from seqtune.pretrained.levels import at_levels
from seqtune.pretrained.network import shipped
from seqtune.pretrained.zero_shot import forecast as zero_shot

MIDDLE = 4
"""The column of the median among deciles."""


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the shipped network; the point forecast is its median."""
    deciles = zero_shot(shipped(), histories, horizon, periods)
    point = deciles[..., MIDDLE : MIDDLE + 1]
    return np.concatenate([point, at_levels(deciles, levels)], axis=-1)
