"""From raw scores to score parts: what was measured of a network on rows held out.

A network's scores on every time scale become levels (see `tail_probability`). Those that say what
**lasts** are joined by the root of their mean square: what one of them finds strange is not thinned
by the others as much as in their mean. The highest of those that say what is strange at once is the
**alarm** (see `score_parts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.score_parts import score_parts, squared
from seqtune.tasks.anomaly.tail_probability import TailFit
from seqtune.tasks.anomaly.time_scales import SCORERS

Floats = npt.NDArray[np.float64]


HALF_HEARD = 100.0
"""A scorer whose tail was measured on n independent scores counts for n / (n + 100) of its weight:
of a few weeks little is known of what averages over days."""


@dataclass(frozen=True)
class ScoreCalibration:
    """Turns raw scores of a network into score parts.

    Args:
        tails: For each scorer what turns its scores into levels.
        threshold: Level beyond which a row is marked by the rate that the run was fitted with.
    """

    tails: Mapping[str, TailFit]
    threshold: float

    @classmethod
    def fit(cls, codec: Codec, held: HeldOut, predictions: Floats) -> ScoreCalibration:
        """Measure what a network says of a part.

        Args:
            codec: Season, and the rate of false alarms.
            held: The part.
            predictions: (rows, scorers + channels) raw.
        """
        tails = {
            scorer.name: TailFit.fit(
                held.normal_scores(scores), codec.false_alarms, codec.rows_of(scorer.span)
            )
            for scorer, scores in zip(SCORERS, predictions.T, strict=False)
        }
        return cls(tails, codec.threshold)

    def apply(self, predictions: Floats) -> Floats:
        """Return score parts and expected values, (rows, 3 + channels).

        Args:
            predictions: (rows, scorers + channels) raw.
        """
        levels = {
            scorer: self.tails[scorer.name].level(scores)
            for scorer, scores in zip(SCORERS, predictions.T, strict=False)
        }
        known = [self.tails[scorer.name].independent for scorer in levels]
        weights = [
            scorer.weight * each / (each + HALF_HEARD)
            for scorer, each in zip(levels, known, strict=True)
        ]
        lasting = np.average([squared(each) for each in levels.values()], axis=0, weights=weights)
        alarm = np.max([each for scorer, each in levels.items() if scorer.is_alarm], axis=0)
        parts = score_parts(lasting, alarm, self.threshold)
        return np.column_stack([parts, predictions[:, len(SCORERS) :]])

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {name: tail.to_dict() for name, tail in self.tails.items()}

    @classmethod
    def from_dict(cls, codec: Codec, values: Any) -> ScoreCalibration:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It cannot have been measured.
        """
        names = [scorer.name for scorer in SCORERS]
        if not isinstance(values, Mapping) or sorted(values) != sorted(names):
            raise ValueError(f"expected tails of {', '.join(names)}")
        return cls({name: TailFit.from_dict(values[name]) for name in names}, codec.threshold)


def is_raw(codec: Codec, predictions: Floats) -> bool:
    """Say whether predictions are raw scores of a network, or score parts."""
    return bool(predictions.shape[1] == len(SCORERS) + codec.channels)
