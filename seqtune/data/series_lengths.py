"""Series made longer or shorter: cases of more steps than a network reads, or of fewer."""

from __future__ import annotations

import numpy as np

from seqtune.data.ragged import Ragged


def shortened(series: Ragged, longest: int) -> tuple[Ragged, int]:
    """Average the steps of cases that are too long.

    Args:
        series: The cases.
        longest: Steps at most.

    Returns:
        The cases, and how many of them were averaged.
    """
    too_long = np.flatnonzero(series.lengths > longest)
    if not len(too_long):
        return series, 0
    cases = series.select(np.arange(len(series)))
    for number in too_long.tolist():
        case = np.asarray(cases[number], np.float64)
        starts = (np.arange(longest) * len(case)) // longest
        widths = np.diff(np.append(starts, len(case)))[:, None]
        cases[number] = np.add.reduceat(case, starts, axis=0) / widths
    return Ragged.from_list(cases, series.values.shape[1]), len(too_long)


def stretched(series: Ragged, steps: int) -> tuple[Ragged, int]:
    """Interpolate cases that are too short, for networks that know one length alone.

    Args:
        series: The cases, none longer than `steps`.
        steps: Steps that each is to have.

    Returns:
        The cases, and how many of them were stretched.
    """
    too_short = np.flatnonzero(series.lengths < steps)
    if not len(too_short):
        return series, 0
    cases = series.select(np.arange(len(series)))
    for number in too_short.tolist():
        case = np.asarray(cases[number], np.float64)
        place = np.linspace(0, len(case) - 1, steps)
        known = np.arange(len(case))
        cases[number] = np.column_stack([np.interp(place, known, channel) for channel in case.T])
    return Ragged.from_list(cases, series.values.shape[1]), len(too_short)
