"""What was measured of a network, a simple method or an ensemble: from its scores to levels.

Raw predictions are (rows, scorers + 5 + channels), from `score_held_out`. Those that are averaged
are (rows, 5 + channels): score parts (see `score_parts`), and what was expected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import COLUMNS, lasting_level, lifted
from seqtune.tasks.anomaly.tail_probability import MAX_LIFT, fit_lift, is_number
from seqtune.tasks.anomaly.time_scales import TIME_SCALES, ScaleFit, join_time_scales

Floats = npt.NDArray[np.float64]


def is_raw(prepared: Prepared, predictions: Floats) -> bool:
    """Say whether predictions are scores by every scorer, or score parts."""
    return bool(predictions.shape[1] > COLUMNS + prepared.codec.channels)


@dataclass(frozen=True)
class ScoreCalibration:
    """Turns scores into what is averaged and told.

    Args:
        prepared: The data that it was measured on.
        scales: What was measured of each time scale of a network; nothing of what says score parts
            already, as an ensemble.
        lift: By what levels of what lasts are multiplied.
    """

    prepared: Prepared
    scales: Mapping[str, ScaleFit] = field(default_factory=dict)
    lift: float = 1.0

    def lifted(self, predictions: Floats) -> ScoreCalibration:
        """Return it with the lift that was measured.

        Args:
            predictions: Of the validation part: raw ones, or an average of score parts, of which
                the lift alone is measured (docs/notes/anomalies.md, "Threshold", says why).
        """
        held = self.prepared.held_out["validation"]
        levels = lasting_level(replace(self, lift=1.0).apply(predictions))
        return replace(self, lift=fit_lift(held.clean_scores(levels)))

    def apply(self, predictions: Floats) -> Floats:
        """Return score parts and expected values, (rows, 5 + channels).

        Args:
            predictions: Raw ones, or an average of score parts.
        """
        if not is_raw(self.prepared, predictions):
            return lifted(predictions, self.lift)
        parts = self.join([predictions[:, each.scorer] for each in self.scales.values()])
        return np.column_stack([parts, predictions[:, -self.prepared.codec.channels :]])

    def join(self, scores: Sequence[Floats]) -> Floats:
        """Return score parts, (rows, 5), of the scores by the chosen scorers, (rows,) each."""
        by_scale = dict(zip(self.scales, scores, strict=True))
        return join_time_scales(by_scale, self.scales, self.lift, self.prepared.codec.threshold)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        scales = {scale: each.to_dict() for scale, each in self.scales.items()}
        return {"scales": scales, "lift": self.lift}

    @classmethod
    def from_dict(cls, prepared: Prepared, values: Any) -> ScoreCalibration:
        """Read what `to_dict` returned.

        Raises:
            ValueError: It cannot have been measured on this data.
        """
        if not isinstance(values, Mapping) or set(values) != {"scales", "lift"}:
            raise ValueError("a calibration of scores has time scales and a lift")
        scales, lift = values["scales"], values["lift"]
        if not isinstance(scales, Mapping) or not set(scales) <= set(TIME_SCALES):
            raise ValueError(f"time scales are {', '.join(TIME_SCALES)}")
        if not is_number(lift) or not 1.0 <= lift <= MAX_LIFT:
            raise ValueError(f"a lift is from 1 to {MAX_LIFT:g}")
        scorers = len(prepared.codec.scorers.all())
        fits = {scale: ScaleFit.from_dict(scales[scale], scorers) for scale in scales}
        return cls(prepared, fits, float(lift))
