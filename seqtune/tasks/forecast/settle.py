"""Filling in what the recipe leaves to the data: horizon, history, segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.split import MIN_TRAINING, choose_steps
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener
from seqtune.recipe.steps import Split
from seqtune.tasks.forecast.schema import Validation

MIN_ROWS = 4
"""Two rows to learn from, one to validate and one to test on, with a horizon of one step."""

MAX_DEFAULT_HORIZON = 48

MAX_SEGMENT = 48

ROWS_PER_STEP = 20
"""With so many training rows for each step of four horizons, a history of four horizons can be
learnt from: 0.7 % to 1.7 % lower errors than with one of two seasons, measured on a year of hours
(docs/notes/forecasting.md, "A history of hours")."""


MAX_ANSWERS = 1_000_000
"""Steps times quantiles of a forecast: a network answers them all at once, for every window of a
batch."""

SPARSE_SEASONS = 8
"""Seasons of sparse counts that a history holds."""


def settle_horizon(
    asked: int | str, periods: tuple[int, ...], lengths: npt.NDArray[np.int64], listener: Listener
) -> int:
    """Return the horizon that was asked for, or one season, or a tenth of the data.

    Args:
        asked: Steps, or "auto".
        periods: Seasonal periods, shortest first.
        lengths: (series,) rows of each series.
        listener: Hears of the guess.

    Raises:
        DataError: The data is too short, or the horizon longer than the data.
    """
    longest = int(lengths.max(initial=0))
    if longest < MIN_ROWS:
        raise DataError(
            f"the longest series has {longest} row{'s' if longest > 1 else ''}; a forecast needs "
            f"at least {MIN_ROWS}",
            "give more data",
        )
    if asked != "auto":
        if int(asked) + 2 > longest:
            raise DataError(
                f"a horizon of {asked} steps is too long: the longest series has {longest} rows, "
                f"and {int(asked) + 2} are needed at least",
                f"--horizon {max(1, longest // 5)}",
            )
        return int(asked)
    median = int(np.median(lengths))
    if periods:
        season = periods[0] if periods[0] >= 6 else 2 * periods[0]
        horizon = min(season, MAX_DEFAULT_HORIZON)
        why = f"a season of {periods[0]} steps"
    else:
        horizon, why = 24, "no season found"
    horizon = max(1, min(horizon, median // 6))
    listener(Assumption("horizon", f"{horizon} steps", why, "--horizon N"))
    return horizon


def refuse_many_answers(horizon: int, levels: Sequence[float]) -> None:
    """Refuse a forecast of more numbers than `MAX_ANSWERS`.

    Args:
        horizon: Steps ahead.
        levels: The quantiles of each step.

    Raises:
        DataError: Says which of both could be smaller.
    """
    if horizon * len(levels) <= MAX_ANSWERS:
        return
    raise DataError(
        f"a horizon of {horizon:,} steps with {len(levels)} quantiles each is "
        f"{horizon * len(levels):,} numbers a forecast, expected at most {MAX_ANSWERS:,}",
        f"--horizon {MAX_ANSWERS // len(levels)}, or fewer levels: --quantiles 0.1,0.9",
    )


def settle_parts(
    validation: Validation, test: Split, lengths: npt.NDArray[np.int64], horizon: int
) -> tuple[int, int]:
    """Return how many steps validation and test take from each series.

    Args:
        validation: What the recipe says; from each of its folds a whole horizon is forecast.
        test: What the recipe says.
        lengths: (series,) rows of each series.
        horizon: Steps ahead.

    Raises:
        DataError: So many folds do not fit.
    """
    usual = choose_steps(lengths, horizon)
    held = usual if test.steps == "auto" else int(test.steps)
    folds = validation.folds
    if validation.steps != "auto":
        steps = int(validation.steps)
        if folds and steps < horizon + folds - 1:
            raise DataError(
                f"{folds} folds of {horizon} steps do not fit into validation.steps={steps}",
                f"--set validation.steps={folds * horizon}",
            )
        return steps, held
    steps = max(usual, folds * horizon)
    longest = int(lengths.max())
    if folds and steps + held + MIN_TRAINING > longest:
        raise DataError(
            f"{folds} folds of {horizon} steps and a test part of {held} leave nothing to train "
            f"on: the longest series has {longest} rows",
            f"--set validation.folds={max(1, (longest // 2 - held) // horizon)}",
        )
    return steps, held


def settle_lookback(
    asked: Any,
    periods: tuple[int, ...],
    horizon: int,
    training_rows: int,
    *,
    sparse: bool = False,
) -> Any:
    """Return the look-back that was asked for, or choices that suit the seasons.

    Two long seasons come first: the window then holds what happened a season before each step
    that is predicted, and once more to tell whether that repeats. Where rows are many, four
    horizons come before, if those are longer.

    Args:
        asked: A value of the recipe, or "auto".
        periods: Seasonal periods, shortest first.
        horizon: Steps ahead.
        training_rows: Rows of training data of a typical series.
        sparse: Whether values are sparse counts: two seasons of them are nearly empty, so that
            eight come first (docs/notes/forecasting.md, "Sparse counts").

    Example:
        >>> settle_lookback("auto", (24, 168), 48, 604)
        [302, 168, 72]
        >>> settle_lookback("auto", (24,), 96, 8640)
        [384, 48, 120, 72]
    """
    if asked != "auto":
        return asked
    longest = max(2, training_rows // 2)
    wanted = (
        [2 * periods[-1], periods[-1] + horizon, 3 * periods[0]]
        if periods
        else [4 * horizon, 2 * horizon, max(8, horizon)]
    )
    if sparse and periods:
        wanted.insert(0, SPARSE_SEASONS * periods[0])
    elif 4 * horizon > wanted[0] and training_rows >= ROWS_PER_STEP * 4 * horizon:
        wanted.insert(0, 4 * horizon)
    choices = list(dict.fromkeys(max(1, min(steps, longest)) for steps in wanted))
    return choices[0] if len(choices) == 1 else choices


def settle_segment(periods: tuple[int, ...], lookback: int) -> Any:
    """Return how many steps a segment takes: one season or half of one, or parts of the history.

    Args:
        periods: Seasonal periods, shortest first.
        lookback: The longest history among the choices.

    Example:
        >>> settle_segment((24, 168), 336)
        [24, 12]
    """
    season = periods[0] if periods and 2 * periods[0] <= lookback else max(1, lookback // 8)
    season = min(season, MAX_SEGMENT)
    return [season, season // 2] if season >= 4 else season
