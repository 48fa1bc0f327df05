"""What the scores of rows were made of: which channel is to blame, and what was expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.standstill import run_around
from seqtune.tasks.anomaly.stretch import Stretch


@dataclass(frozen=True)
class Evidence:
    """What was expected of stretches that were scored, asked for single rows.

    Args:
        codec: What is known of the data.
        stretches: What was scored, one after another.
        expected: (rows, channels) of each, in the user's unit.
    """

    codec: Codec
    stretches: Sequence[Stretch]
    expected: Sequence[npt.NDArray[np.floating]]

    def at(self, row: int) -> dict[str, Any]:
        """Return what `Event` says of the channel that is to blame for a row, counted over all.

        It is the one that stands still, where that alone is beyond the threshold, else the one of
        the largest error; nothing is returned where neither is known.
        """
        number = int(np.searchsorted(self._ends, row, side="right"))
        stretch, within = self.stretches[number], row - int(self._ends[number])
        place = len(stretch.values) + within
        told = np.asarray(self.expected[number][within], np.float64)
        came, observed = stretch.values[place], stretch.observed[place]
        errors = np.where(observed, np.abs(came - told) / stretch.spread, np.nan)
        stuck = self._stands_still(stretch, place)
        if stuck is None and (not errors.size or np.isnan(errors).all()):
            return {}
        channel = int(np.nanargmax(errors)) if stuck is None else stuck
        named = {
            "channel": channel,
            "expected": _known(told[channel]),
            "found": _known(came[channel]) if observed[channel] else None,
        }
        if stuck is None:
            return named
        values, seen = stretch.values[:, stuck], stretch.observed[:, stuck]
        return {**named, "unchanged": run_around(values, seen, place)}

    def _stands_still(self, stretch: Stretch, place: int) -> int | None:
        """Return the channel that has kept its value for too long; None where there is none."""
        if self.codec.standstill is None:
            return None
        rarities = self.codec.standstill.at(stretch.values, stretch.observed, place)
        channel = int(np.argmax(rarities))
        return channel if rarities[channel] > self.codec.threshold else None

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        return np.cumsum([len(each) for each in self.stretches])


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
