"""What is usual for a network on the rows that it has learnt from: its errors, and its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.inference import Judged, error_units
from seqtune.tasks.anomaly.mahalanobis import MahalanobisDistance, averaged
from seqtune.tasks.anomaly.time_scales import STATES


@dataclass(frozen=True)
class Reference:
    """What the scores of a network are measured by.

    Both are of rows of the training part, which are many. So a network that was refitted is
    measured as it was before: on rows that it knows.

    Args:
        units: (points, watched) float32, the unit of each error.
        states: The usual ones, averaged.
    """

    units: npt.NDArray[np.float32]
    states: MahalanobisDistance

    @classmethod
    def of(cls, judged: Sequence[Judged], codec: Codec) -> Reference:
        """Measure a network on what it says of segments of the training part.

        The first rows of a segment, over which fewer states are averaged, do not count if it is
        long enough.
        """
        rows = codec.rows_of(STATES.span)
        averages = [averaged(each.states, rows, fresh=each.fresh) for each in judged]
        usual = np.concatenate([each[rows:] if len(each) > 2 * rows else each for each in averages])
        return cls(error_units(judged), MahalanobisDistance.fit(usual))
