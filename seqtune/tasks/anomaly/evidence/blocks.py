"""Everything that a page shows of an anomaly run, gathered from its data and predictions."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import literal
from seqtune.figures.block import Block
from seqtune.tasks._values import Tested
from seqtune.tasks.anomaly.blame import Blame
from seqtune.tasks.anomaly.evidence.by_channel import channels_block
from seqtune.tasks.anomaly.evidence.found import found_block
from seqtune.tasks.anomaly.evidence.gallery import events_block, missed_block
from seqtune.tasks.anomaly.evidence.over_time import over_time_block
from seqtune.tasks.anomaly.evidence.planted import planted_block
from seqtune.tasks.anomaly.evidence.scene import Judged, Scene
from seqtune.tasks.anomaly.evidence.thresholds import thresholds_block
from seqtune.tasks.anomaly.faults import KINDS
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.illustrate import row_labels
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import combined_score, expected_of, is_flat_line
from seqtune.tasks.anomaly.segment import usual_of

Floats = npt.NDArray[np.float64]


def blocks_of(prepared: Prepared, tested: Tested) -> tuple[Block, ...]:
    """Return the blocks of a run, the most telling first.

    Args:
        prepared: The data.
        tested: What was said of the rows of the test part, and of copies of them: score parts and
            expected values, (rows, 5 + channels) each.
    """
    held = prepared.held_out["test"]
    if not held.clean_rows:
        return ()
    scene = _scene(prepared, held, tested)
    planted = None if scene.has_labels else _planted(prepared, held, tested)
    blocks = (
        found_block(scene),
        over_time_block(scene),
        events_block(scene),
        missed_block(scene),
        planted,
        thresholds_block(scene),
        channels_block(scene),
    )
    return tuple(block for block in blocks if block is not None)


def _scene(prepared: Prepared, held: HeldOut, tested: Tested) -> Scene:
    """Return the clean rows with what the models say of them."""
    rows, segments = held.clean_rows, held.segments[: held.clean]
    observed = np.concatenate([each.observed[each.first :] for each in segments])
    judged = {name: _judged(prepared, held, name, each) for name, each in _shown(tested)}

    @cache
    def times_of(segment: int) -> list[str]:
        return row_labels(prepared, held, segment)

    return Scene(
        values=np.where(observed, held.values[:rows], np.nan),
        labels=held.known[:rows],
        offsets=held.offsets[: held.clean + 1],
        series=tuple(prepared.panel.series[each.series] for each in segments),
        channels=prepared.panel.target_names,
        times_of=times_of,
        time=literal(prepared.codec.roles["time"] or "step"),
        threshold=prepared.codec.threshold,
        season=prepared.codec.season,
        model=judged[tested.model],
        baseline=judged.get(tested.baseline),
    )


def _shown(tested: Tested) -> list[tuple[str, Floats]]:
    """Return the predictions of the model and of the simple method, where it has some."""
    names = filter(None, (tested.model, tested.baseline))
    return [(name, np.asarray(tested.predictions[name])) for name in names]


def _judged(prepared: Prepared, held: HeldOut, name: str, predictions: Floats) -> Judged:
    """Return what a model says of the clean rows."""
    rows, threshold = held.clean_rows, prepared.codec.threshold
    scores = _scores(prepared, held, predictions)[:rows]
    expected = expected_of(predictions, usual_of(held.segments))[:rows]
    blame = Blame(
        held.segments[: held.clean],
        np.split(expected, held.offsets[1 : held.clean]),
        is_flat_line(scores, held.still[:rows], threshold),
        threshold,
    )
    return Judged(name, scores, expected, blame)


def _scores(prepared: Prepared, held: HeldOut, predictions: Floats) -> Floats:
    """Return the score of each row, NaN where it has none."""
    made = combined_score(predictions, prepared.codec.threshold, held.still)
    return np.where(held.scored & np.isfinite(made), made, np.nan)


def _planted(prepared: Prepared, held: HeldOut, tested: Tested) -> Block | None:
    """Return what the models find of the anomalies in the copies."""
    end = int(held.offsets[held.clean + held.copies])
    part = slice(held.clean_rows, end)
    marked = {
        name: np.asarray(_scores(prepared, held, each)[part] > prepared.codec.threshold)
        for name, each in _shown(tested)
    }
    offsets = held.offsets[held.clean : held.clean + held.copies + 1] - held.clean_rows
    return planted_block(held.kinds[part], KINDS, marked, offsets)
