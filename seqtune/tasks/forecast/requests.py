"""What clients of a served forecaster send, and the forecasts of several of them at once.

Requests that are joined stay apart whatever they call their series: each of their series is one of
its own in the joined panel, and goes on with the history of the run that bears its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.assemble import fill_rows, find_spans
from seqtune.data.panel.build import panel_arrays
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.rows import Rows, sort_rows
from seqtune.data.panel.time_text import format_times
from seqtune.tasks._joining import are_plain_names, plain_numbers
from seqtune.tasks._requests import (
    MOST_JOINED_ROWS,
    ColumnKind,
    Joined,
    RequestColumn,
    RequestForm,
    RequestTable,
    Separated,
)
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.new_rows import windows_behind
from seqtune.tasks.forecast.prepared import Prepared

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EXAMPLE_ROWS = 3
"""Rows with the target of the example."""

FARTHEST = 1_000
"""Steps from the history at which the rows of a joined request begin at most: gaps are filled."""

PLAIN_TIME = re.compile(r"(17|18|19|20|21)\d\d-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?)?)?", re.ASCII)
"""A time that is read in one way only, and that 64 bits of nanoseconds hold."""


def request_form(prepared: Prepared) -> RequestForm:
    """Return the columns of a request: the roles of the run."""
    codec = prepared.codec
    roles, words = codec.roles, codec.categories
    may_lack = bool(roles["future"])

    def column(name: str, role: str, kind: ColumnKind = "number") -> RequestColumn:
        kind = "text" if name in words else kind
        return RequestColumn(name, kind, role, not may_lack or role in ("time", "series", "future"))

    time: ColumnKind = "time" if codec.axis().is_calendar else "integer"
    return RequestForm(
        columns=(
            *(column(name, "time", time) for name in [roles["time"]] if name),
            *(column(name, "series", "any") for name in [roles["series"]] if name),
            *(column(name, "target") for name in roles["targets"]),
            *(column(name, "past") for name in roles["past"]),
            *(column(name, "future") for name in roles["future"]),
            *(column(name, "static") for name in roles["static"]),
        ),
        example=tuple(_example(prepared)),
        continues=not roles["future"] or prepared.panel.ahead.shape[1] >= codec.horizon,
        remark=(
            "Rows follow the history that the model was fitted on; the answer is the "
            f"{codec.horizon} steps after the last row with a target of each series."
            + (" Rows without a target give the covariates that are known ahead." * may_lack)
        ),
    )


def _example(prepared: Prepared) -> Iterator[dict[str, Any]]:
    """Yield the last rows of the first series, and what is known ahead of as many as needed."""
    panel, codec = prepared.panel, prepared.codec
    begin, end = int(panel.offsets[0]), int(panel.offsets[1])
    ahead = codec.horizon if codec.roles["future"] else 0
    rows = np.arange(max(begin, end - EXAMPLE_ROWS), end + ahead)
    times = panel.grid.times(rows + int(panel.starts[0]) - begin)
    is_calendar = panel.grid.is_calendar
    shown = format_times(times, utc=panel.grid.utc) if is_calendar else times.tolist()
    for at, time in zip(rows.tolist(), shown, strict=True):
        row: dict[str, Any] = {codec.roles["time"]: time, codec.roles["series"]: panel.series[0]}
        if at < end:
            row |= _cells(codec, panel.target_names, panel.target[at])
            row |= _cells(codec, panel.past_names, panel.past[at])
            row |= _cells(codec, panel.static_names, panel.static[0])
        known = at if at < end else max(begin, at - ahead)  # as it was that long before
        row |= _cells(codec, panel.future_names, panel.future[min(known, end - 1)])
        yield {name: value for name, value in row.items() if name}


def _cells(codec: Codec, names: Sequence[str], values: Floats) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in zip(names, values.tolist(), strict=True):
        labels = codec.categories.get(name)
        if labels is not None:
            found[name] = labels[int(value)] if 0 <= value < len(labels) else None
        else:
            found[name] = value if np.isfinite(value) else None
    return found


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


def plain_rows(prepared: Prepared, table: RequestTable, context: Context) -> PlainRows | None:
    """Return the rows of a request; None where they must be read with more care.

    That is where anything would be guessed from a whole column, repaired or refused: times in
    another form or off the grid, gaps, repeated times, words, numbers as texts.
    """
    codec = prepared.codec
    roles, columns = codec.roles, table.columns
    if not _are_simple(codec, context) or not 0 < table.rows <= MOST_JOINED_ROWS:
        return None
    has_target = any(name in columns for name in roles["targets"])
    if not has_target and not roles["future"]:
        return None
    target, past, future = (
        _numbers(table, names, may_lack=not has_target and names is not roles["future"])
        for names in (roles["targets"], roles["past"], roles["future"])
    )
    steps = _steps(prepared, columns.get(roles["time"]))
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
    rows = PlainRows(names, codes, steps, target, past, future)
    return rows if _are_sound(prepared, rows) else None


def _are_simple(codec: Codec, context: Context) -> bool:
    """Say whether the columns of a run need no more than numbers on a calendar."""
    grid, roles = codec.axis(), codec.roles
    words = any(name in codec.categories for name in (*roles["past"], *roles["future"]))
    is_read = not context.recipe.values.data.missing and not words and not roles["static"]
    return is_read and grid.is_calendar and grid.snap == "exact" and isinstance(roles["time"], str)


def _numbers(table: RequestTable, names: Sequence[str], *, may_lack: bool) -> Floats | None:
    """Return columns side by side, (rows, columns); None where one is not plain."""
    values = np.full((table.rows, len(names)), np.nan)
    for place, name in enumerate(names):
        if may_lack and name not in table.columns:
            continue
        found = plain_numbers(table.columns.get(name))
        if found is None:
            return None
        values[:, place] = found
    return values


def _steps(prepared: Prepared, cells: Sequence[Any] | None) -> Ints | None:
    """Return the grid step of each time; None where one is not plain, or off the grid."""
    if cells is None:
        return None
    for cell in cells:
        if type(cell) is not str or PLAIN_TIME.fullmatch(cell) is None:
            return None
    try:
        times = np.array(cells, dtype="datetime64[ns]")
    except ValueError:  # no such day
        return None
    grid = prepared.panel.grid
    return grid.index(times) if grid.on_step(times).all() else None


def _are_sound(prepared: Prepared, rows: PlainRows) -> bool:
    """Say whether each series has rows one after the other, near those of the run, and a value."""
    history = prepared.panel
    for code, name in enumerate(rows.names):
        own = rows.codes == code
        steps = np.sort(rows.steps[own])
        if (np.diff(steps) != 1).any():
            return False
        is_empty = np.isnan(rows.target[own]).all()
        if name not in history.series:
            if is_empty:
                return False
            continue
        if is_empty and not prepared.codec.future.names:
            return False
        place = history.series.index(name)
        begin = int(history.starts[place])
        end = begin + int(history.offsets[place + 1] - history.offsets[place])
        if steps[-1] < begin - FARTHEST or steps[0] > end + FARTHEST:
            return False
    return True


def join_rows(prepared: Prepared, requests: Sequence[PlainRows], context: Context) -> Joined:
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
    codec, history = prepared.codec, prepared.panel
    spans = find_spans(rows, keep_empty=bool(codec.future.names))
    new = Panel(
        grid=history.grid,
        series=tuple(names[code] for code in spans.codes.tolist()),
        target_names=history.target_names,
        past_names=history.past_names,
        future_names=history.future_names,
        static_names=(),
        static=np.empty((len(spans.codes), 0)),
        categories=history.categories,
        **panel_arrays(fill_rows(rows, spans)),
    )
    examples = windows_behind(prepared, new, "request", context)
    of_series = np.searchsorted(before, spans.codes, side="right") - 1
    owners = np.repeat(of_series[examples.windows.series], codec.horizon)
    return Joined(examples, partial(Separated.by_owner, owners=owners, requests=len(requests)))
