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
from seqtune.tasks.anomaly.score_parts import COLUMNS, NETWORK, combined_score, counted
from seqtune.tasks.anomaly.tail_probability import TailFit
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
        tail: Turns the one score that is joined of them into levels; None where it says a level.
    """

    prepared: Prepared
    scales: Mapping[str, ScaleFit] = field(default_factory=dict)
    tail: TailFit | None = None

    def with_tail(self, predictions: Floats) -> ScoreCalibration:
        """Return it with the tail of its joined scores, so that the threshold keeps its promise.

        A simple method alone is left as it is: where it predicts, the tail of its own scores is
        measured (see `simple_methods`), and no other fit's levels say anything of it.

        Args:
            predictions: Of the validation part: raw ones, or an average of score parts.
        """
        codec, held = self.prepared.codec, self.prepared.held_out["validation"]
        parts = replace(self, tail=None).apply(predictions)
        if not (parts[:, NETWORK] > 0.0).any():
            return self
        scores = combined_score(parts, codec.threshold, np.zeros(len(parts)))
        tail = TailFit.fit(held.normal_scores(scores), codec.false_alarms)
        return replace(self, tail=tail)

    def apply(self, predictions: Floats) -> Floats:
        """Return score parts and expected values, (rows, 5 + channels).

        Args:
            predictions: Raw ones, or an average of score parts.
        """
        if not is_raw(self.prepared, predictions):
            return self._counted(predictions)
        parts = self.join([predictions[:, each.scorer] for each in self.scales.values()])
        return np.column_stack([parts, predictions[:, -self.prepared.codec.channels :]])

    def join(self, scores: Sequence[Floats]) -> Floats:
        """Return score parts, (rows, 5), of the scores by the chosen scorers, (rows,) each."""
        by_scale = dict(zip(self.scales, scores, strict=True))
        parts = join_time_scales(by_scale, self.scales, self.prepared.codec.threshold)
        return self._counted(parts)

    def _counted(self, parts: Floats) -> Floats:
        return parts if self.tail is None else counted(parts, self.tail.level)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        scales = {scale: each.to_dict() for scale, each in self.scales.items()}
        return {"scales": scales, "tail": None if self.tail is None else self.tail.to_dict()}

    @classmethod
    def from_dict(cls, prepared: Prepared, values: Any) -> ScoreCalibration:
        """Read what `to_dict` returned.

        Raises:
            ValueError: It cannot have been measured on this data.
        """
        if not isinstance(values, Mapping) or set(values) != {"scales", "tail"}:
            raise ValueError("a calibration of scores has time scales and a tail")
        scales, tail = values["scales"], values["tail"]
        if not isinstance(scales, Mapping) or not set(scales) <= set(TIME_SCALES):
            raise ValueError(f"time scales are {', '.join(TIME_SCALES)}")
        scorers = len(prepared.codec.scorers.all())
        fits = {scale: ScaleFit.from_dict(scales[scale], scorers) for scale in scales}
        return cls(prepared, fits, None if tail is None else TailFit.from_dict(tail))
