"""The requests of several clients as one panel, so that a network forecasts them at once.

They stay apart whatever they call their series: each of their series is one of its own in the
joined panel, and goes on with the history of the run that bears its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.forecast._regression import reach_of
from seqtune.data.panel.assemble import fill_rows, find_spans
from seqtune.data.panel.build import panel_arrays
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.rows import Rows, sort_rows
from seqtune.data.panel.words import UNKNOWN
from seqtune.tasks._joining import are_plain_names, plain_numbers
from seqtune.tasks._requests import MOST_JOINED_ROWS, Joined, RequestTable, Separated
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.new_rows import windows_behind
from seqtune.tasks.forecast.prepared import Prepared

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FARTHEST = 1_000
"""Steps from the history at which the rows of a joined request begin at most: gaps are filled."""

MOST_KNOWN = 10_000
"""Times at most whose steps are kept."""

PLAIN_TIME = re.compile(r"(17|18|19|20|21)\d\d-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?)?)?", re.ASCII)
"""A time that is read in one way only, and that 64 bits of nanoseconds hold."""


@dataclass(frozen=True)
class PlainRows:
    """The rows of one request, on the grid of the run.

    Args:
        names: Its series.
        codes: (rows,) the series of each row.
        steps: (rows,) the grid step of each; those of a series follow each other.
        target: (rows, targets), NaN where there is none.
        past: (rows, past), likewise.
        future: (rows, future), likewise.
    """

    names: tuple[str, ...]
    codes: Ints
    steps: Ints
    target: Floats
    past: Floats
    future: Floats


def request_joiner(prepared: Prepared, recipe: Recipe) -> ForecastJoiner | None:
    """Return what joins requests; None where whole columns must be seen to read them."""
    codec, grid = prepared.codec, prepared.panel.grid
    has_dates = grid.is_calendar and grid.snap == "exact" and isinstance(codec.roles["time"], str)
    if recipe.values.data.missing or not has_dates:
        return None
    needed = max(_longest_lookback(recipe), reach_of(codec.horizon, codec.periods))
    return ForecastJoiner(prepared, needed)


@dataclass(frozen=True)
class ForecastJoiner:
    """Joins requests to a forecaster.

    Args:
        prepared: The data of the run.
        needed: Rows that every series must have: what stands for rows before the first one depends
            on the other series.
    """

    prepared: Prepared
    needed: int

    def plain(self, table: RequestTable) -> PlainRows | None:
        """Return the rows of a request; None where they must be read with more care.

        That is where anything would be guessed from a whole column, repaired or refused: times in
        another form or off the grid, gaps, repeated times, numbers as texts. Static values are
        those of the run, so that its series alone are joined where it has some.
        """
        roles, columns = self._codec.roles, table.columns
        if not 0 < table.rows <= MOST_JOINED_ROWS:
            return None
        has_target = any(name in columns for name in roles["targets"])
        if not has_target and not roles["future"]:
            return None
        target, past, future = (
            self._values(table, roles[role], may_lack=not has_target and role != "future")
            for role in ("targets", "past", "future")
        )
        steps = self._steps(columns.get(roles["time"]))
        if target is None or past is None or future is None or steps is None:
            return None
        names: tuple[str, ...] = ("",)
        codes = np.zeros(table.rows, np.int64)
        if roles["series"]:
            cells = columns.get(roles["series"])
            if cells is None or not are_plain_names(cells):
                return None
            number = {name: code for code, name in enumerate(dict.fromkeys(cells))}
            names, codes = tuple(number), np.array([number[cell] for cell in cells], np.int64)
        if not self._has_static(table, names, codes, may_lack=not has_target):
            return None
        rows = PlainRows(names, codes, steps, target, past, future)
        return rows if self._are_sound(rows) else None

    def join(self, requests: Sequence[PlainRows], context: Context) -> Joined:
        """Return the windows of several requests, each series one of its own."""
        before = np.cumsum([0, *(len(request.names) for request in requests)])
        names = [name for request in requests for name in request.names]
        gathered = {
            name: np.concatenate([getattr(request, name) for request in requests])
            for name in ("steps", "target", "past", "future")
        }
        codes = np.concatenate(
            [request.codes + first for request, first in zip(requests, before[:-1], strict=True)]
        )
        rows = sort_rows(Rows(codes.astype(np.int32), **gathered))
        codec, history = self._codec, self.prepared.panel
        spans = find_spans(rows, keep_empty=bool(codec.future.names))
        new = Panel(
            grid=history.grid,
            series=tuple(names[code] for code in spans.codes.tolist()),
            target_names=history.target_names,
            past_names=history.past_names,
            future_names=history.future_names,
            static_names=history.static_names,
            static=np.full((len(spans.codes), len(history.static_names)), np.nan),
            categories=history.categories,
            **panel_arrays(fill_rows(rows, spans)),
        )
        examples = windows_behind(self.prepared, new, "request", context)
        of_series = np.searchsorted(before, spans.codes, side="right") - 1
        owners = np.repeat(of_series[examples.windows.series], codec.horizon)
        return Joined(examples, partial(Separated.by_owner, owners=owners, requests=len(requests)))

    @property
    def _codec(self) -> Codec:
        return self.prepared.codec

    @cached_property
    def _spans(self) -> Mapping[str, tuple[int, int]]:
        """From the name of a series to its first grid step and the one after its last."""
        history = self.prepared.panel
        ends = history.starts + history.lengths
        pairs = zip(history.starts.tolist(), ends.tolist(), strict=True)
        return dict(zip(history.series, pairs, strict=True))

    def _values(
        self, table: RequestTable, names: Sequence[str], *, may_lack: bool
    ) -> Floats | None:
        """Return columns side by side, (rows, columns), words as codes; None where one is odd."""
        values = np.full((table.rows, len(names)), np.nan)
        for place, name in enumerate(names):
            cells = table.columns.get(name)
            if cells is None and may_lack:
                continue
            labels = self._codec.categories.get(name)
            found = plain_numbers(cells) if labels is None else _codes(cells, labels)
            if found is None:
                return None
            values[:, place] = found
        return values

    def _has_static(
        self, table: RequestTable, names: Sequence[str], codes: Ints, *, may_lack: bool
    ) -> bool:
        """Say whether each series is one of the run, with one value in each static column."""
        static = self._codec.roles["static"]
        if static and not all(name in self._spans for name in names):
            return False
        for name in static:
            cells = table.columns.get(name)
            if cells is None and may_lack:
                continue
            is_word = name in self._codec.categories
            if not (are_plain_names(cells) if is_word else plain_numbers(cells) is not None):
                return False
            if len(set(zip(codes.tolist(), cells or (), strict=True))) != len(names):
                return False
        return True

    def _steps(self, cells: Sequence[Any] | None) -> Ints | None:
        """Return the grid step of each time; None where one is not plain, or off the grid."""
        if cells is None or not all(type(cell) is str for cell in cells):
            return None
        known = self._known_steps
        missing = [cell for cell in dict.fromkeys(cells) if cell not in known]
        if missing:
            found = self._steps_of(missing)
            if found is None:
                return None
            if len(known) + len(missing) > MOST_KNOWN:
                known.clear()
                return self._steps_of(cells)
            known.update(zip(missing, found.tolist(), strict=True))
        return np.array([known[cell] for cell in cells], np.int64)

    @cached_property
    def _known_steps(self) -> dict[str, int]:
        """Steps of times that were asked before: most requests are about the same few."""
        return {}

    def _steps_of(self, cells: Sequence[str]) -> Ints | None:
        """Return the grid step of each time; None where one is not plain, or off the grid."""
        if not all(PLAIN_TIME.fullmatch(cell) for cell in cells):
            return None
        try:
            times = np.array(cells, dtype="datetime64[ns]")
        except ValueError:  # no such day
            return None
        grid = self.prepared.panel.grid
        return grid.index(times) if grid.on_step(times).all() else None

    def _are_sound(self, rows: PlainRows) -> bool:
        """Say whether each series has enough rows, one after the other, near those of the run."""
        is_empty = np.asarray(np.isnan(rows.target).all(axis=1))
        for code, name in enumerate(rows.names):
            own = rows.codes == code
            steps = np.sort(rows.steps[own])
            first, last = int(steps[0]), int(steps[-1])
            if len(steps) > 1 and (steps[1:] - steps[:-1] != 1).any():
                return False
            lacks_values = bool(is_empty[own].all())
            if lacks_values and not (self._codec.future.names and name in self._spans):
                return False
            begin, end = self._spans.get(name, (first, first))
            if last < begin - FARTHEST or first > end + FARTHEST:
                return False
            known = end - begin if name in self._spans else int((~is_empty[own]).sum())
            if known < self.needed:
                return False
        return True


def _codes(cells: Sequence[Any] | None, labels: Sequence[str]) -> Floats | None:
    """Return the code of each word, `UNKNOWN` for one that is none of the labels, NaN for None."""
    if cells is None or not are_plain_names([cell for cell in cells if cell is not None]):
        return None
    place = {label: float(code) for code, label in enumerate(labels)} | {None: np.nan}
    return np.array([place.get(cell, UNKNOWN) for cell in cells])


def _longest_lookback(recipe: Recipe) -> int:
    """Return the most rows of history that any network of a run reads."""
    (searched,) = (each for each in recipe.dimensions() if each.path == "lookback")
    tried = [each["lookback"] for each in recipe.portfolio() if "lookback" in each]
    return int(max([*searched.choices, searched.maximum or 0, *tried]))
