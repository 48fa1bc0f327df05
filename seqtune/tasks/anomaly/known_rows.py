"""The rows that a run knows, scored as new ones are, for the tail of what predicts.

What predicts is not what the search held rows out for: networks have learnt further, methods are
fitted on all rows, and a row may be judged by what comes after it too. So its scores of the rows
that the run knows say how rare a score is. Measured in docs/notes/anomalies.md, "The promise of
the threshold".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.calibration import ScoreCalibration
from seqtune.tasks.anomaly.held_out import last_rows
from seqtune.tasks.anomaly.new_rows import AskedRows
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import combined_score
from seqtune.tasks.anomaly.tail_probability import TailFit

Floats = npt.NDArray[np.float64]


def known_rows(prepared: Prepared, *, noncausal: bool) -> AskedRows:
    """Return the rows of a run to be scored: of many, the last ones of some series.

    Args:
        prepared: The data.
        noncausal: Whether a row is judged with what came after it, too.
    """
    _, end = prepared.split.bounds("test")
    chosen = last_rows(prepared.split.begin, end)
    context = prepared.codec.context
    segments = [prepared.rows.segment(*each, context) for each in chosen]
    return AskedRows(segments=segments, noncausal=noncausal)


def tail_of_known(prepared: Prepared, known: AskedRows, predictions: Floats) -> ScoreCalibration:
    """Measure what turns the scores of a network or an ensemble into levels.

    Args:
        prepared: The data.
        known: From `known_rows`.
        predictions: (rows, 5 + channels) for these: score parts, or an average of them.
    """
    codec, segments = prepared.codec, known.segments
    scores = combined_score(predictions, codec.threshold, np.zeros(len(predictions)))
    scored = np.concatenate([each.scored(codec.bridge) for each in segments])
    borders = np.cumsum([len(each) for each in segments])[:-1]
    parts = np.split(np.where(scored, scores, np.nan), borders)
    gap = np.full(1, np.nan)
    apart = np.concatenate([gap, *(one for part in parts for one in (part, gap))])
    return ScoreCalibration(prepared, tail=TailFit.fit(apart, codec.false_alarms))
