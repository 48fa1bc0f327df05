"""What is usual for a network: the sizes of its errors, and its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.familiarity import Familiarity
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.inference import Judge, Judged, error_units
from seqtune.tasks.anomaly.prepared import Prepared


@dataclass(frozen=True)
class Usual:
    """What the scores of a network are measured by.

    Args:
        errors: (points, watched) float32, from rows held out: those that it has learnt from it
            expects too well.
        states: From rows of the training part, which are more.
    """

    errors: npt.NDArray[np.float32]
    states: Familiarity


def usual_of(judge: Judge, prepared: Prepared) -> Usual:
    """Measure a network on the rows that its run has for that."""
    held = prepared.held_out["validation"]
    trained = held.stretches[held.clean + held.copies :] if judge.codec.ways.state else []
    judged = judge.judge([*held.stretches[: held.clean], *trained], 0)
    return _measured(judged[: held.clean], judged[held.clean :])


def usual_among(judged: Sequence[Judged], held: HeldOut) -> Usual:
    """Measure a network on what it says of the validation part.

    Args:
        judged: Of each of the part's stretches.
        held: The part.
    """
    return _measured(judged[: held.clean], judged[held.clean + held.copies :])


def _measured(clean: Sequence[Judged], trained: Sequence[Judged]) -> Usual:
    states = np.concatenate([each.states for each in (trained or clean)])
    return Usual(error_units(clean), Familiarity.fit(states))
