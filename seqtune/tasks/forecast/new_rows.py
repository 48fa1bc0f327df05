"""New rows behind the history that a run was fitted on: to be forecast, or to be scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.join import join_panels
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.time_text import format_times
from seqtune.data.panel.window import Windows, evaluation_windows, rolled_windows
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._columns import columns_in_words, require_fitted
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.outliers_in_words import note_outliers
from seqtune.tasks.forecast.prepared import Prepared

Ints = npt.NDArray[np.int64]

MAX_EVALUATION_WINDOWS = 20_000


def next_windows(prepared: Prepared, source: Source | None, context: Context) -> Examples:
    """Return one window per series and target, cut after its last row.

    Args:
        prepared: The data of the run.
        source: New rows; None continues the data that the run was fitted on. Rows of a known
            series are appended to its history. Rows without the target give covariates that are
            known ahead.
        context: Hears of repairs, and names the run.

    Raises:
        DataError: Covariates known ahead are missing, or the new rows do not fit the run.
    """
    if source is None:
        return _examples(prepared.codec, prepared.panel, context)
    codec, history = prepared.codec, prepared.panel
    # rows without the target are of use where covariates are known ahead
    new = read_new(codec, source, context, allow_empty=bool(codec.future.names))
    absent = len(set(history.series) - set(new.series))
    if absent and codec.roles["series"]:
        context.note(f"{absent} series of the run are not in {source.path}: not forecast")
    return windows_behind(prepared, new, str(source.path), context)


def windows_behind(prepared: Prepared, new: Panel, path: str, context: Context) -> Examples:
    """Return one window per series and target of new rows, cut after the last of them.

    Args:
        prepared: The data of the run.
        new: The new rows; several of its series may go on with one of the run.
        path: Where they come from, for messages.
        context: Hears of repairs, and names the run.

    Raises:
        DataError: Covariates known ahead are missing, or a series has no value at all.
    """
    codec, history = prepared.codec, prepared.panel
    panel, first = join_panels(history, new)
    context.note(*panel.notes)
    _require_history(path, codec, panel)
    examples = _examples(codec, panel, context)
    outliers = examples.coded.outliers
    note_outliers(panel, outliers, _unseen(history, panel, first), context)
    return examples


def _examples(codec: Codec, panel: Panel, context: Context) -> Examples:
    """Return one window per series and target, cut after its last row."""
    _require_ahead(codec, panel, context)
    coded = codec.encode(panel)
    if flat := int(coded.constant.any(axis=1).sum()):
        borrows = (coded.usual_error != coded.error_scale).any()
        context.note(
            f"{flat} of {len(panel.series)} series never change: their intervals "
            + ("take the typical width of the other series" if borrows else "say little")
        )
    return Examples(coded, _last_windows(panel), codec.horizon)


def scored_windows(prepared: Prepared, source: Source, context: Context) -> Examples:
    """Return every window whose future lies in new rows; what came before is history.

    Args:
        prepared: The data of the run.
        source: New rows with the target in them.
        context: Hears of repairs.

    Raises:
        DataError: The run was fitted on all of the rows.
    """
    codec = prepared.codec
    new = NewRows.read(prepared, source, context)
    every = evaluation_windows(new.first, new.end, codec.horizon, new.targets)
    windows = new.with_history(every.spread(MAX_EVALUATION_WINDOWS, codec.periods))
    if not len(windows):
        raise DataError(
            f"{source.path}: no rows to score: the run was fitted on all of them",
            "give rows that come after those that the run was fitted on",
        )
    return Examples(new.coded, windows, codec.horizon)


def rolled_origins(
    prepared: Prepared, source: Source, folds: int, step: int | None, context: Context
) -> Examples:
    """Return windows from several origins, one origin after the other.

    The last fold ends with the last row of each series, each one before `step` rows earlier.

    Args:
        prepared: The data of the run.
        source: New rows with the target in them.
        folds: How many origins.
        step: Rows between two origins; the horizon if None.
        context: Hears of repairs.

    Raises:
        DataError: No series has enough new rows for so many folds.
    """
    codec = prepared.codec
    new = NewRows.read(prepared, source, context)
    step = codec.horizon if step is None else step
    parts = [
        new.with_history(rolled_windows(new.first, new.end, codec.horizon, back, new.targets))
        for back in step * np.arange(folds)[::-1]
    ]
    if not len(parts[0]):
        _refuse_folds(source, int((new.end - new.first).max()), codec.horizon, folds, step)
    sizes = tuple(map(len, parts))
    return Examples(new.coded, Windows.join(parts), codec.horizon, sizes)


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
    def read(cls, prepared: Prepared, source: Source, context: Context) -> NewRows:
        """Join new rows with the run's own."""
        codec, history = prepared.codec, prepared.panel
        panel, first = join_panels(history, read_new(codec, source, context, allow_empty=False))
        context.note(*panel.notes)
        begin, end = panel.offsets[:-1], panel.offsets[1:]
        # the networks were trained on all of the history; a series that the run does not know
        # needs some of its own rows as history
        own = begin + np.minimum(end - begin - 1, _history_steps(codec))
        is_known = np.isin(np.array(panel.series), np.array(history.series))
        unseen = np.where(is_known, _unseen(history, panel, first), own)
        coded = codec.encode(panel, np.maximum(unseen, begin + 1))
        note_outliers(panel, coded.outliers, unseen, context)
        return cls(coded, unseen)

    @property
    def end(self) -> Ints:
        """(series,) absolute row after the last."""
        return self.coded.panel.offsets[1:]

    @property
    def targets(self) -> int:
        """How many columns are forecast."""
        return len(self.coded.panel.target_names)

    def with_history(self, windows: Windows) -> Windows:
        """Return the windows that have any history at all."""
        begin = self.coded.panel.offsets[:-1]
        return windows[np.flatnonzero(windows.cut > begin[windows.series])]


def read_new(codec: Codec, source: Source, context: Context, *, allow_empty: bool) -> Panel:
    """Put new rows on the run's grid.

    Args:
        codec: What is known of the fitted data.
        source: The new rows.
        context: Hears of repairs.
        allow_empty: Take rows that have no target: they give covariates known ahead.

    Raises:
        DataError: A column of the fitted data is missing, or the times are off the grid.
    """
    roles = codec.roles
    needed = [roles["time"], roles["series"], *roles["future"]]
    has_target = any(name in source.names for name in roles["targets"])
    if has_target or not allow_empty:
        needed += [*roles["targets"], *roles["past"], *roles["static"]]
    require_fitted(source, needed)
    panel = build_panel(
        source,
        PanelRoles(
            targets=tuple(roles["targets"]),
            time=roles["time"],
            series=roles["series"],
            past=tuple(roles["past"]),
            future=tuple(roles["future"]),
            static=tuple(roles["static"]),
        ),
        duplicates=context.recipe.get("data.duplicates"),
        grid=codec.axis(),
        categories={name: tuple(labels) for name, labels in codec.categories.items()},
        allow_empty=allow_empty,
    )
    context.note(*source.notes, *panel.notes)
    return panel


def _unseen(history: Panel, panel: Panel, first: Ints) -> Ints:
    """Return the first row of each series that the run was not fitted on, (series,) absolute.

    Args:
        history: The panel that the run was fitted on.
        panel: New rows behind it.
        first: (series,) index of the first row that came from the new ones.
    """
    end = dict(zip(history.series, (history.starts + history.lengths).tolist(), strict=True))
    seen = [end.get(name, start) for name, start in zip(panel.series, panel.starts, strict=True)]
    unseen: Ints = panel.offsets[:-1] + np.maximum(first, np.array(seen) - panel.starts)
    return unseen


def _last_windows(panel: Panel) -> Windows:
    """Return one window per target and series, cut after the last row."""
    count, targets = len(panel.series), len(panel.target_names)
    series = np.tile(np.arange(count, dtype=np.int64), targets)
    end = panel.offsets[1:][series]
    return Windows(series, np.repeat(np.arange(targets, dtype=np.int64), count), end, end)


def _require_history(path: str, codec: Codec, panel: Panel) -> None:
    """Refuse to forecast a series of which no value is known."""
    empty = np.flatnonzero(np.diff(panel.offsets) == 0)
    if len(empty):
        raise DataError(
            f"{path}: series {panel.series[empty[0]]!r} is not one of the run, and has no "
            f"value of {columns_in_words(codec.roles['targets'])}",
            "add rows with its history, or leave it out",
        )


def _require_ahead(codec: Codec, panel: Panel, context: Context) -> None:
    """Refuse to forecast without the covariates that were said to be known ahead."""
    if not codec.future.names:
        return
    horizon = codec.horizon
    given = np.full((len(panel.series), horizon, len(codec.future.names)), np.nan)
    width = min(horizon, panel.ahead.shape[1])
    given[:, :width] = panel.ahead[:, :width]
    lacking = np.isnan(given).any(axis=2)  # (series, horizon)
    if not lacking.any():
        return
    series = int(np.flatnonzero(lacking.any(axis=1))[0])
    end = int(panel.starts[series] + panel.offsets[series + 1] - panel.offsets[series])
    times = format_times(panel.grid.times(np.arange(end, end + horizon)), utc=panel.grid.utc)
    keys = [name for name in (codec.roles["series"], codec.roles["time"]) if name]
    of_series = f" of series {panel.series[series]!r}" if panel.series[series] else ""
    others = int(lacking.any(axis=1).sum()) - 1
    more = f", and likewise for {others} more series" if others else ""
    raise DataError(
        f"the forecast needs the values known ahead of {columns_in_words(codec.future.names)} "
        f"for the {horizon} steps {times[0]} to {times[-1]}{of_series}{more}",
        f"seqtune predict {context.name} FUTURE.csv, with the columns "
        f"{','.join([*keys, *codec.future.names])}",
    )


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
