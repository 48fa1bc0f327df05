"""What is usual for a network: the sizes of its errors, and its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.inference import Judge, Judged, error_units
from seqtune.tasks.anomaly.mahalanobis import Mahalanobis, averaged
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.scorer import STATE_SPAN


@dataclass(frozen=True)
class Reference:
    """What the scores of a network are measured by.

    Args:
        errors: (points, watched) float32, from rows held out: those that it has learnt from it
            expects too well. So those of a network that was refitted are measured on the one that
            it was before.
        states: Averaged ones, from rows of the training part, which are more.
    """

    errors: npt.NDArray[np.float32]
    states: Mahalanobis


def reference_of(judge: Judge, prepared: Prepared, before: Judge | None = None) -> Reference:
    """Measure a network on the rows that its run has for that.

    Args:
        judge: The network.
        prepared: The data.
        before: The network as it was before it was refitted, if it was.
    """
    held = prepared.held_out["validation"]
    clean = list(held.segments[: held.clean])
    trained = held.segments[held.clean + held.copies :] if judge.codec.scorers.state else []
    if before is None:
        judged = judge.judge([*clean, *trained], 0)
        return _measured(judged[: held.clean], judged[held.clean :], judge.codec)
    return _measured(before.judge(clean, 0), judge.judge(trained or clean, 0), judge.codec)


def reference_among(judged: Sequence[Judged], held: HeldOut, codec: Codec) -> Reference:
    """Measure a network on what it says of the validation part.

    Args:
        judged: Of each of the part's segments.
        held: The part.
        codec: Says over how many rows states are averaged.
    """
    return _measured(judged[: held.clean], judged[held.clean + held.copies :], codec)


def _measured(clean: Sequence[Judged], trained: Sequence[Judged], codec: Codec) -> Reference:
    """Measure errors on clean rows, and states on those of the training part where there are such.

    The first rows of a segment, of which fewer are averaged, do not count if it is long enough.
    """
    rows = codec.rows_of(STATE_SPAN)
    states = [averaged(each.states, rows, fresh=each.fresh) for each in (trained or clean)]
    usual = [each[rows:] if len(each) > 2 * rows else each for each in states]
    averages = np.concatenate(usual)
    return Reference(error_units(clean), Mahalanobis.fit(averages, len(averages) / rows))
