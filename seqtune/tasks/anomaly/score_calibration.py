"""From raw scores to score parts: what was measured of one model on rows held out.

A network's scores on every time scale become levels (see `tail_probability`). Those that say what
**lasts** are joined by the root of their mean square: what one of them finds strange is not thinned
by the others as much as in their mean. The highest of those that say what is strange at once is the
**alarm** (see `score_parts`).

What is joined is less often high than its parts. It is lifted until its usual levels on rows held
out are as rare as they say; so is the average of an ensemble.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.score_parts import PARTS, score_parts, squared
from seqtune.tasks.anomaly.tail_probability import TailFit
from seqtune.tasks.anomaly.time_scales import SCORERS

Floats = npt.NDArray[np.float64]

LIFTED_BY = (0.9, 0.95, 0.98)
"""Quantiles of joined levels by which they are lifted: higher ones hang on few rows, and on the
anomalies among them."""

MAX_LIFT = 2.0

MIN_LIFTED = 100
"""Of fewer rows no lift is measured."""

HALF_HEARD = 100.0
"""A time scale whose tail was measured on n independent scores counts for n / (n + 100) of its
weight: of a few weeks little is known of what averages over days."""


@dataclass(frozen=True)
class ScoreCalibration:
    """Turns raw scores of a network, or an average of score parts, into score parts.

    Args:
        tails: For each scorer what turns its scores into levels; {} for an ensemble or a simple
            method, whose parts are lifted alone.
        lift: What the levels of what lasts are multiplied by, 1 to 2.
        threshold: Level beyond which a row is marked by the rate that the run was fitted with.
    """

    tails: Mapping[str, TailFit]
    lift: float
    threshold: float

    @classmethod
    def fit(cls, codec: Codec, held: HeldOut, predictions: Floats) -> ScoreCalibration:
        """Measure what a model says of a part.

        Args:
            codec: Season, and the rate of false alarms.
            held: The part.
            predictions: Of its rows: raw ones of a network, or an average of score parts.
        """
        tails = {}
        if is_raw(codec, predictions):
            tails = {
                scorer.name: TailFit.fit(
                    held.normal_scores(scores), codec.false_alarms, codec.rows_of(scorer.span)
                )
                for scorer, scores in zip(SCORERS, predictions.T, strict=False)
            }
        plain = cls(tails, 1.0, codec.threshold)
        lasting = np.sqrt(plain.apply(predictions)[:, 0])
        return replace(plain, lift=lift_of(held.clean_scores(lasting)))

    def apply(self, predictions: Floats) -> Floats:
        """Return score parts and expected values, (rows, 3 + channels).

        Args:
            predictions: (rows, scorers + channels) raw, or (rows, 3 + channels).
        """
        parts, expected = predictions[:, :PARTS], predictions[:, PARTS:]
        if self.tails:
            parts, expected = self._parts(predictions), predictions[:, len(SCORERS) :]
        return np.column_stack([parts[:, 0] * self.lift**2, parts[:, 1:], expected])

    def _parts(self, predictions: Floats) -> Floats:
        """Return the parts of raw scores, (rows, 3), not lifted."""
        levels = {
            scorer: self.tails[scorer.name].level(scores)
            for scorer, scores in zip(SCORERS, predictions.T, strict=False)
        }
        weights = [scorer.weight * self._heard(scorer.name) for scorer in levels]
        lasting = np.average([squared(each) for each in levels.values()], axis=0, weights=weights)
        alarm = np.max([each for scorer, each in levels.items() if scorer.is_alarm], axis=0)
        return score_parts(lasting, alarm, self.threshold)

    def _heard(self, name: str) -> float:
        known = self.tails[name].independent
        return known / (known + HALF_HEARD)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        tails = {name: tail.to_dict() for name, tail in self.tails.items()}
        return {"tails": tails, "lift": self.lift}

    @classmethod
    def from_dict(cls, codec: Codec, values: Any) -> ScoreCalibration:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It cannot have been measured.
        """
        if not isinstance(values, Mapping) or set(values) != {"tails", "lift"}:
            raise ValueError("expected tails and a lift")
        tails, lift = values["tails"], values["lift"]
        names = [scorer.name for scorer in SCORERS]
        if not isinstance(tails, Mapping) or sorted(tails) not in ([], sorted(names)):
            raise ValueError(f"expected tails of {', '.join(names)}, or none")
        if type(lift) not in (int, float) or not 1.0 <= lift <= MAX_LIFT:
            raise ValueError(f"expected a lift of 1 to {MAX_LIFT:g}, found {str(lift)[:20]!r}")
        read = {name: TailFit.from_dict(each) for name, each in tails.items()}
        return cls(read, float(lift), codec.threshold)


def is_raw(codec: Codec, predictions: Floats) -> bool:
    """Say whether predictions are raw scores of a network, or score parts."""
    return bool(predictions.shape[1] == len(SCORERS) + codec.channels)


def lift_of(levels: Floats) -> float:
    """Return what joined levels are to be multiplied by to be as rare as they say, 1 to 2.

    At the quantile q a level of `-log10(1 - q)` is expected. The factor is the median of what is
    missing at three quantiles. It is at least 1: anomalies among the rows can only keep it small.

    Args:
        levels: (rows,) of rows held out, NaN where there is none.

    Example:
        >>> rows = np.linspace(0.0, 1.0, 1001)[:-1]
        >>> round(lift_of(-np.log10(1.0 - rows) / 1.5), 2)
        1.5
    """
    known = levels[np.isfinite(levels)]
    if len(known) < MIN_LIFTED:
        return 1.0
    found = np.quantile(known, LIFTED_BY)
    expected = -np.log10(1.0 - np.array(LIFTED_BY))
    missing = expected / np.maximum(found, expected / MAX_LIFT)
    return max(1.0, float(np.median(missing)))
