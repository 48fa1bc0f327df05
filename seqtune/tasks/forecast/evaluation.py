"""Scoring a finished run on rows that it never saw: every window of them, or rolled origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.join import join_panels
from seqtune.data.panel.time_text import format_times
from seqtune.data.panel.window import Windows, evaluation_windows, rolled_windows
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._contract import Evaluation, FoldScores
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.predict import forecast_with, read_new
from seqtune.tasks.forecast.preprocessing import actual_values
from seqtune.tasks.forecast.scoring import score_forecasts

Ints = npt.NDArray[np.int64]

MAX_EVALUATION_WINDOWS = 20_000


@dataclass(frozen=True)
class NewRows:
    """The rows to score, behind the history that the run was fitted on.

    Args:
        coded: Both, joined.
        first: (series,) absolute row of the first that may be predicted.
    """

    coded: CodedPanel
    first: Ints

    @classmethod
    def read(cls, run: Any, source: Source) -> NewRows:
        """Join new rows with the run's own."""
        codec: Codec = run.prepared.codec
        history = run.prepared.panel
        panel, first = join_panels(history, read_new(run, source, allow_empty=False))
        begin, end = panel.offsets[:-1], panel.offsets[1:]
        place = {name: number for number, name in enumerate(history.series)}
        known = np.array([place.get(name, -1) for name in panel.series], np.int64)
        seen = (history.starts + history.lengths)[known] - panel.starts
        # the networks were trained on all of the history; a series that the run does not know
        # needs some of its own rows as history
        own = np.minimum(end - begin - 1, _history_steps(codec))
        first = np.where(known >= 0, np.maximum(first, seen), own)
        return cls(codec.encode(panel, begin + np.maximum(first, 1)), begin + first)

    @property
    def end(self) -> Ints:
        """(series,) absolute row after the last."""
        return self.coded.panel.offsets[1:]

    def with_history(self, windows: Windows) -> Windows:
        """Return the windows that have any history at all."""
        begin = self.coded.panel.offsets[:-1]
        return windows[np.flatnonzero(windows.cut > begin[windows.series])]


def evaluate(run: Any, source: Source) -> Evaluation:
    """Score the run's models on rows that they never saw.

    Every window whose future lies in the new rows is forecast; what came before is history.

    Args:
        run: The run.
        source: New rows with the target in them.

    Returns:
        Every metric by name of the model: the best ensemble or network, and the best baseline.
    """
    codec: Codec = run.prepared.codec
    new = NewRows.read(run, source)
    targets = len(new.coded.panel.target_names)
    every = evaluation_windows(new.first, new.end, codec.horizon, targets)
    windows = new.with_history(every.spread(MAX_EVALUATION_WINDOWS, codec.periods))
    if not len(windows):
        raise DataError(
            f"{source.path}: no rows to score: the run was fitted on all of them",
            "give rows that come after those that the run was fitted on",
        )
    forecasts = _forecasts(run, new.coded, windows)
    return Evaluation(_scores(codec, new.coded, windows, forecasts), len(windows))


def backtest(run: Any, source: Source, folds: int, step: int | None = None) -> Evaluation:
    """Score the run's models from several origins, one after the other, without training anew.

    The last fold ends with the last row of each series, each one before `step` rows earlier. All
    folds are forecast in one go.

    Args:
        run: The run.
        source: New rows with the target in them.
        folds: How many origins.
        step: Rows between two origins; the horizon if None.

    Returns:
        Every metric by name of the model, over all folds and for each one.

    Raises:
        DataError: No series has enough new rows for so many folds.
    """
    codec: Codec = run.prepared.codec
    new = NewRows.read(run, source)
    step = codec.horizon if step is None else step
    targets = len(new.coded.panel.target_names)
    parts = [
        new.with_history(rolled_windows(new.first, new.end, codec.horizon, back, targets))
        for back in step * np.arange(folds)[::-1]
    ]
    if not len(parts[0]):
        _refuse_folds(source, int((new.end - new.first).max()), codec.horizon, folds, step)
    windows = Windows.join(parts)
    forecasts = _forecasts(run, new.coded, windows)
    return Evaluation(
        _scores(codec, new.coded, windows, forecasts),
        len(windows),
        folds=_by_fold(codec, new.coded, parts, forecasts),
    )


def _by_fold(
    codec: Codec,
    coded: CodedPanel,
    parts: list[Windows],
    forecasts: Mapping[str, npt.NDArray[np.float64]],
) -> tuple[FoldScores, ...]:
    """Score each fold by itself; its windows stand one after the other in the forecasts."""
    found, begin = [], 0
    for part in parts:
        own = {name: each[begin : begin + len(part)] for name, each in forecasts.items()}
        begin += len(part)
        found.append(FoldScores(_origin(coded, part), len(part), _scores(codec, coded, part, own)))
    return tuple(found)


def _origin(coded: CodedPanel, windows: Windows) -> str:
    """Return the first step that windows predict; the first and the last where series differ."""
    panel = coded.panel
    steps = panel.starts[windows.series] + windows.cut - panel.offsets[windows.series]
    times = format_times(panel.grid.times(np.array([steps.min(), steps.max()])))
    return " to ".join(dict.fromkeys(times))


def _forecasts(run: Any, coded: CodedPanel, windows: Windows) -> dict[str, npt.NDArray[np.float64]]:
    """Forecast windows with the best of the search and the best simple method."""
    names = run.compared
    return {name: forecast_with(run, name, coded, windows) for name in names}


def _scores(
    codec: Codec,
    coded: CodedPanel,
    windows: Windows,
    forecasts: Mapping[str, npt.NDArray[np.float64]],
) -> dict[str, dict[str, float]]:
    actual, observed = actual_values(coded, windows, codec.horizon)
    scale = coded.mase_scale(windows, observed)
    return {
        name: score_forecasts(each, actual, observed, scale, codec.levels)
        for name, each in forecasts.items()
    }


def _refuse_folds(source: Source, rows: int, horizon: int, folds: int, step: int) -> None:
    """Refuse more folds than there are rows for, and say how many there would be."""
    needed = horizon + (folds - 1) * step
    possible = 1 + (rows - horizon) // step if rows >= horizon else 0
    raise DataError(
        f"{source.path}: {folds} folds of {horizon} steps, {step} apart, need {needed} rows that "
        f"the run was not fitted on; the longest series has {max(0, rows)}",
        f"--folds {possible}" if possible else "give more rows, or leave out --folds",
    )


def _history_steps(codec: Codec) -> int:
    return 2 * codec.periods[-1] if codec.periods else codec.horizon
