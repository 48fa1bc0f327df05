"""Filling in what the recipe leaves to the data: seasons, cycles, look-back, false alarms."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.grid import Grid
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener
from seqtune.tasks.anomaly.threshold import default_rate

MIN_ROWS = 12
"""Rows that a series must have, to be learnt from, validated and tested on."""

USUAL_SEASON = 64
"""Rows that reach and smoothing are counted in where nothing repeats; not measured."""

MAX_SEASON = 512

MAX_LOOKBACK = 96
"""A recurrence remembers little beyond; where a row stands in its season it is told. Not
measured."""

MIN_LOOKBACK = 16

CYCLES_SEEN = 3
"""A cycle is shown to the network if the training part holds it so many times."""

SHARE = 0.2
"""Share of a series that each of validation and test takes: a threshold needs many rows."""

CUSTOMARY_SECONDS = (86_400.0, 7 * 86_400.0, 365.25 * 86_400.0)

ALIKE = 0.02
"""Cycles whose lengths differ by less than this share are one."""


def settle_season(periods: tuple[int, ...], training_rows: int) -> int:
    """Return the rows that reach and smoothing are counted in.

    Example:
        >>> settle_season((24, 168), 5000), settle_season((), 5000), settle_season((), 100)
        (24, 64, 10)
    """
    usable = [period for period in periods if 4 <= period <= MAX_SEASON]
    season = usable[0] if usable else USUAL_SEASON
    return max(1, min(season, training_rows // 10 or 1)) if not usable else season


def settle_cycles(grid: Grid, periods: tuple[int, ...], training_rows: int) -> tuple[float, ...]:
    """Return the cycles whose phase the network is told, in rows, shortest first.

    Those that were found, and day, week and year as far as the training part holds each three
    times: of a cycle seen less often, the phase would only tell one row from the others.
    """
    seconds = grid.seconds
    customary = [each / seconds for each in CUSTOMARY_SECONDS] if seconds else []
    cycles: list[float] = []
    for cycle in sorted([*map(float, periods), *customary]):
        is_new = all(abs(cycle - other) > ALIKE * other for other in cycles)
        if is_new and 2 <= cycle <= training_rows / CYCLES_SEEN:
            cycles.append(cycle)
    return tuple(cycles)


def settle_lookback(asked: Any, season: int, training_rows: int) -> Any:
    """Return the look-back that was asked for, or a season, neither long nor short.

    Example:
        >>> settle_lookback("auto", 288, 5000)
        96
    """
    if asked != "auto":
        return asked
    wanted = min(max(season, MIN_LOOKBACK), MAX_LOOKBACK)
    return max(1, min(wanted, training_rows // 4))


def settle_rate(asked: Any, rows: int, grid: Grid, listener: Listener) -> float:
    """Return the share of normal rows that may be marked.

    Args:
        asked: The recipe's value.
        rows: That the tail is fitted to.
        grid: Gives the time between two rows.
        listener: Hears of the guess.
    """
    if asked != "auto":
        return float(asked)
    rate = default_rate(rows, grid.seconds)
    listener(
        Assumption(
            "false alarms",
            f"1 event in {1 / rate:,.0f} normal rows",
            "no contamination needed: from the tail of the scores",
            "--set threshold.false_alarms=RATE",
        )
    )
    return rate


def settle_steps(asked: Any, lengths: npt.NDArray[np.int64]) -> int:
    """Return how many rows a part takes of each series."""
    if asked != "auto":
        return int(asked)
    median = int(np.median(lengths))
    return max(1, min(int(SHARE * median), median // 4))


def refuse_short(path: str, lengths: npt.NDArray[np.int64]) -> None:
    """Refuse data in which no series has enough rows.

    Raises:
        DataError: Says how many rows there are.
    """
    longest = int(lengths.max(initial=0))
    if longest < MIN_ROWS:
        raise DataError(
            f"{path}: the longest series has {longest} row{'' if longest == 1 else 's'}; finding "
            f"anomalies needs at least {MIN_ROWS}",
            "give more data",
        )
