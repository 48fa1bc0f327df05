"""Which scorers a network is used with: chosen by labels, or without any by planted anomalies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.calibration import ScoreCalibration, is_raw
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import combined_score
from seqtune.tasks.anomaly.tail_probability import TailFit
from seqtune.tasks.anomaly.time_scales import (
    LASTING,
    ScaleFit,
    alone_or_joined,
    default_scorers,
    scorers_by_scale,
)

Floats = npt.NDArray[np.float64]


def calibrate(prepared: Prepared, predictions: Floats) -> ScoreCalibration:
    """Choose the scorer of each time scale, and measure what its scores say.

    Args:
        prepared: The data.
        predictions: Of the validation part: raw ones, or an average of score parts.
    """
    if not is_raw(prepared, predictions):
        return ScoreCalibration(prepared).with_tail(predictions)
    held = prepared.held_out["validation"]
    candidates = [_best(default_scorers(prepared.codec.scorers), predictions, held.separation)]
    if prepared.metric == "vus_pr":
        # labels say whether people mean single rows, or what lasts, and how long; of scorers for
        # single rows the VUS-PR says nothing
        by_scale = scorers_by_scale(prepared.codec.scorers)
        lasting = {scale: each for scale, each in by_scale.items() if scale in LASTING}
        best = _best(lasting, predictions, held.volume)
        candidates = alone_or_joined(candidates[0] | best)
    fitted = _fit(prepared, held, predictions, candidates)
    if len(fitted) > 1:
        volumes = [held.volume(_combined(each, held, predictions)) for each in fitted]
        return fitted[int(np.argmax(volumes))].with_tail(predictions)
    return fitted[0].with_tail(predictions)


def selection_score(prepared: Prepared, held: HeldOut, predictions: Floats) -> Floats:
    """Return the one score, (rows,), that a network is compared by while it trains.

    By labels, that of its best scorer; without, the score that it will be used with.

    Args:
        prepared: The data.
        held: The part.
        predictions: Raw ones.
    """
    scorers = prepared.codec.scorers
    if prepared.metric == "vus_pr":
        every = range(len(scorers.all()))
        return predictions[:, _best({"any": every}, predictions, held.volume)["any"]]
    chosen = _best(default_scorers(scorers), predictions, held.separation)
    (fitted,) = _fit(prepared, held, predictions, [chosen])
    return _combined(fitted, held, predictions)


def _fit(
    prepared: Prepared,
    held: HeldOut,
    predictions: Floats,
    candidates: Sequence[Mapping[str, int]],
) -> list[ScoreCalibration]:
    """Measure what the scores of chosen scorers say, for each choice, but not what is joined."""
    codec = prepared.codec
    scorers = codec.scorers.all()
    fits = {
        number: ScaleFit(
            number,
            TailFit.fit(
                held.normal_scores(predictions[:, number]),
                codec.false_alarms,
                codec.rows_of(scorers[number].span),
            ),
        )
        for number in {each for chosen in candidates for each in chosen.values()}
    }
    return [
        ScoreCalibration(prepared, {scale: fits[number] for scale, number in chosen.items()})
        for chosen in candidates
    ]


def _combined(calibration: ScoreCalibration, held: HeldOut, predictions: Floats) -> Floats:
    """Return the one score of each row, (rows,), of raw predictions."""
    threshold = calibration.prepared.codec.threshold
    return combined_score(calibration.apply(predictions), threshold, held.still)


def _best(
    scorers: Mapping[str, Sequence[int]], predictions: Floats, tell: Callable[[Floats], float]
) -> dict[str, int]:
    """Return the scorer of each time scale that tells anomalies best."""
    return {
        scale: max(each, key=lambda scorer: tell(predictions[:, scorer]))
        if len(each) > 1
        else each[0]
        for scale, each in scorers.items()
    }
