"""Which windows are shown one by one: the best, the typical and the worst, not a selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks.forecast.evidence.losses import Losses

RANKS = (("best", 0.0), ("better", 0.25), ("typical", 0.5), ("worse", 0.75), ("worst", 1.0))
"""Names of what is shown, and at which share of all, from the least error to the largest."""

FEW = 6
"""So many lines are all shown."""


@dataclass(frozen=True)
class Choice:
    """A window that is shown.

    Args:
        window: Its number.
        name: What it stands for: "best", "typical", "worst", "latest"; empty where all are shown.
    """

    window: int
    name: str = ""


def chosen_windows(losses: Losses) -> list[Choice]:
    """Return windows from the best to the worst.

    Of several lines, the latest window of each is looked at, and lines are ranked by it; of one
    line, its windows are ranked, and the latest is shown besides.

    Args:
        losses: Those of the model decide.
    """
    cases, error = losses.cases, losses.of_each(losses.cases.model)
    has_some = np.asarray(cases.observed.any(axis=1))
    if len(cases.lines) > 1:
        latest = _latest(cases.line, cases.start, has_some)
        if len(latest) <= FEW:
            return [Choice(int(window)) for window in latest]
        return _ranked(error, latest)
    windows = np.flatnonzero(has_some)
    if not len(windows):
        return []
    latest_one = int(windows[np.argmax(cases.start[windows])])
    if len(windows) == 1:
        return [Choice(latest_one, "latest")]
    ranked = [each for each in _ranked(error, windows) if each.name in ("best", "typical", "worst")]
    rest = [each for each in ranked if each.window != latest_one]
    also = [each.name for each in ranked if each.window == latest_one]
    return [Choice(latest_one, " and ".join(["latest", *also])), *rest]


def _latest(
    line: npt.NDArray[np.int64], start: npt.NDArray[np.int64], usable: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return the latest usable window of each line, in the order of the lines."""
    windows = np.flatnonzero(usable)
    order = windows[np.lexsort((start[windows], line[windows]))]
    of_line = line[order]
    is_last = np.ones(len(order), np.bool_)
    is_last[:-1] = of_line[1:] != of_line[:-1]
    return np.asarray(order[is_last], np.int64)


def _ranked(error: npt.NDArray[np.float64], windows: npt.NDArray[np.int64]) -> list[Choice]:
    """Return windows at `RANKS`, each once; those without an error only where none has one."""
    known: Sequence[int] = windows[np.isfinite(error[windows])].tolist() or windows.tolist()
    order = sorted(known, key=lambda window: (np.nan_to_num(error[window]), window))
    chosen: dict[int, str] = {}
    by_weight = sorted(RANKS, key=lambda rank: abs(rank[1] - 0.5), reverse=True)
    for name, share in by_weight:  # where windows are few, the extremes come first
        chosen.setdefault(order[round(share * (len(order) - 1))], name)
    return [Choice(window, chosen[window]) for window in order if window in chosen]
