"""What was measured of a network, a simple method or an ensemble: from its scores to rarities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_calibration import fit_rarities, to_statements
from seqtune.tasks.anomaly.tail_probability import LIFT, is_lift
from seqtune.tasks.anomaly.time_scales import are_figures

Floats = npt.NDArray[np.float64]

MAX_FIGURE = 1e12
"""No figure is larger."""


@dataclass(frozen=True)
class ScoreCalibration:
    """Turns scores into what is averaged and told.

    Args:
        figures: What `fit_rarities` measured.
        prepared: The data that it was measured on.
    """

    figures: Mapping[str, float]
    prepared: Prepared

    @classmethod
    def fit(cls, prepared: Prepared, predictions: Floats) -> ScoreCalibration:
        """Measure predictions of the validation part."""
        return cls(fit_rarities(prepared, predictions), prepared)

    @property
    def is_of_network(self) -> bool:
        """Whether it says how a network's rows are scored, or only by what an average is lifted."""
        return bool(set(self.figures) - {LIFT})

    def apply(self, predictions: Floats) -> Floats:
        """Return statements and expected values, (rows, 3 + channels)."""
        return to_statements(self.prepared, predictions, self.figures)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dict(self.figures)

    @classmethod
    def from_dict(cls, prepared: Prepared, values: Any) -> ScoreCalibration:
        """Read what `to_dict` returned.

        Raises:
            ValueError: It cannot have been measured on this data.
        """
        is_sound = (
            isinstance(values, Mapping)
            and LIFT in values
            and all(
                type(each) in (int, float) and abs(each) <= MAX_FIGURE for each in values.values()
            )
        )
        if not is_sound:
            raise ValueError("expected figures by name")
        found = cls(values, prepared)
        ways = len(prepared.codec.ways.all())
        if (found.is_of_network and not are_figures(values, ways)) or not is_lift(values):
            raise ValueError("found figures that cannot have been measured")
        return found
