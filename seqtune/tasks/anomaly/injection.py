"""Planting labelled anomalies into normal rows, where nobody has labelled any.

Which network finds anomalies best cannot be told from normal rows alone, and real anomalies are
seldom labelled. So known ones are planted into a copy: kinds that are met in practice (`faults`),
as easy or as hard as the channel's own noise and range make them. Their lengths are drawn evenly on
a logarithmic scale, from as few rows as the kind needs to two seasons, every kind in turn.

Source:
    Goswami et al. 2023, "Unsupervised model selection for time-series anomaly detection", ICLR,
    who choose among detectors by planted anomalies too, of much the same kinds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.faults import KINDS, SHORTEST, Sheet

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

MAX_SPIKE = 3

USUAL_SEASON = 50
"""Rows that lengths are counted in where there is no season."""

ROOM = 25
"""Rows between two anomalies at least, or a season, where that is longer; less in tiny parts."""

MIN_PART = 12
"""Rows below which nothing is planted: too few would be left that are normal. An anomaly, and the
room before it, take at most one of so many rows of a part."""

SHARE = 0.1
"""Of the rows, about so many are anomalies."""


@dataclass(frozen=True)
class Planted:
    """Rows with planted anomalies.

    Args:
        values: (rows, channels), float64, a copy; NaN where the rows had NaN.
        labels: (rows,), int8, 1 within an anomaly.
        kinds: (rows,), int8, 0 outside, else the kind's place in `KINDS`, counted from 1.
        channels: (rows, channels), bool, which channels an anomaly has hit.
    """

    values: Floats
    labels: Codes
    kinds: Codes
    channels: npt.NDArray[np.bool_]

    @property
    def planted(self) -> tuple[str, ...]:
        """Names of the kinds that are among the rows, in the order of `KINDS`."""
        return tuple(name for code, name in enumerate(KINDS, 1) if (self.kinds == code).any())


def plant(values: Floats, period: int | None, random: np.random.Generator) -> Planted:
    """Plant anomalies into a copy of rows that are mostly normal.

    Args:
        values: (rows, channels), float64, in order of time, one series; NaN where not observed.
        period: Season in rows; None where there is none.
        random: Draws everything: the same state plants the same anomalies.

    Returns:
        The rows with as many anomalies as there is room for, possibly none.

    Example:
        >>> rows = np.sin(np.arange(2000) * 2 * np.pi / 48)[:, None]
        >>> planted = plant(rows, 48, np.random.default_rng(0))
        >>> planted.planted == KINDS
        True
        >>> bool((planted.values[planted.labels == 0] == rows[planted.labels == 0]).all())
        True
    """
    sheet = Sheet(values, period)
    for start, length, kind in _places(sheet, random):
        sheet.plant(start, length, kind, random)
    return Planted(sheet.result(), (sheet.kinds > 0).astype(np.int8), sheet.kinds, sheet.hit)


def _places(sheet: Sheet, random: np.random.Generator) -> list[tuple[int, int, str]]:
    """Return start, length and kind of each anomaly, in order of time, none near another."""
    rows = len(sheet.values)
    if rows < MIN_PART:
        return []
    room = min(max(ROOM, sheet.period or 0), rows // MIN_PART)
    drawn = _lengths(sheet, room, random)
    used = sum(length for length, _ in drawn)
    order = random.permutation(len(drawn))
    free = rows - used - room * (len(drawn) + 1)
    cuts = np.sort(random.integers(0, free + 1, size=len(drawn)))
    places, start = [], 0
    for number, cut in zip(order, np.diff(cuts, prepend=0), strict=True):
        start += room + int(cut)
        length, kind = drawn[int(number)]
        places.append((start, length, kind))
        start += length
    return places


def _lengths(sheet: Sheet, room: int, random: np.random.Generator) -> list[tuple[int, str]]:
    """Return length and kind of as many anomalies as there is room for, each kind in turn."""
    rows, kinds = len(sheet.values), [kind for kind in KINDS if sheet.suits(kind)]
    budget = SHARE * rows
    # so that every kind fits in
    fair = max(1.5 * budget / len(KINDS), SHORTEST["time_warp"])
    longest = min(2 * (sheet.period or USUAL_SEASON), rows // MIN_PART, int(fair))
    drawn: list[tuple[int, str]] = []
    used = 0
    fits = True
    while fits:
        fits = False
        for kind in random.permutation(kinds).tolist():
            length = _length(kind, SHORTEST[kind], longest, random)
            needed = used + length + room * (len(drawn) + 2)
            if length and used + length <= max(budget, 1.0) and needed <= rows:
                drawn.append((length, kind))
                used += length
                fits = True
    return drawn


def _length(kind: str, low: int, longest: int, random: np.random.Generator) -> int:
    """Return a length for a kind, 0 where the longest allowed one is too short for it."""
    high = min(max(longest, 1), MAX_SPIKE) if kind == "spike" else longest
    if high < low:
        return 0
    return min(int(low * ((high + 1) / low) ** random.random()), high)
