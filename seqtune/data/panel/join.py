"""New rows of known series appended to their history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.assemble import count_filled, fill_rows, find_spans
from seqtune.data.panel.build import GROWTH, LARGE, panel_arrays
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.repeats import merge_rows
from seqtune.data.panel.rows import Rows, sort_rows
from seqtune.errors import DataError

Ints = npt.NDArray[np.int64]


def join_panels(history: Panel, new: Panel) -> tuple[Panel, Ints]:
    """Extend the history of each series of `new` by its new rows.

    Where both have a value, the new one wins; the gap between them is filled. Series that the
    history does not know are taken as they are. Rows that were only counted (no time column)
    follow those of the history, unless they begin with all of them: then they are the whole series
    anew, which is noted. New rows without a target give `ahead`. Static values are those
    of the history, where it knows the series. Covariates are joined as they were filled: one
    that was missing in a new row counts as what it was filled with.

    Args:
        history: The panel that a run was fitted on.
        new: Rows on the same grid, with the same columns. Several of its series may have one name:
            each goes on with that history by itself.

    Returns:
        The joined panel, of the series in `new` in their order, and (series,), int64: the index
        within each series of the first row that came from `new`; the length of the series
        where there is none.

    Raises:
        DataError: The panels have another grid or other columns, or lie too far apart.
    """
    _refuse_different(history, new)
    place = {name: code for code, name in enumerate(history.series)}
    known = np.array([place.get(name, -1) for name in new.series], dtype=np.int64)
    starts = new.starts
    notes: tuple[str, ...] = ()
    if new.grid.snap == "rows":
        again = _repeats(history, new, known)
        behind = np.where(again, history.starts[known], (history.starts + history.lengths)[known])
        starts = np.where(known >= 0, behind, new.starts)
        notes = _note_again(int(again.sum()), len(new.series))
    goes_on = np.flatnonzero(known >= 0)
    rows = _concatenate(
        _flatten(history, known[goes_on], goes_on, history.starts),
        _flatten(new, np.arange(len(new.series)), np.arange(len(new.series)), starts),
    )
    rows, _ = merge_rows(sort_rows(rows), "last")
    spans = find_spans(rows, keep_empty=True)
    if count_filled(rows, spans) > max(GROWTH * len(rows.codes), LARGE):
        raise DataError(
            "the new rows lie too far from the history to fill the gap between them",
            hint="give the rows in between too, or fit again on the new data",
        )
    series = fill_rows(rows, spans)
    joined = replace(
        new,
        static=_static(history, new, known),
        categories=history.categories,
        notes=(*new.notes, *notes),
        **panel_arrays(series),
    )
    first = np.where(new.lengths > 0, starts - joined.starts, joined.lengths)
    return joined, first.clip(0, joined.lengths)


def _repeats(history: Panel, new: Panel, known: Ints) -> npt.NDArray[np.bool_]:
    """Say which series begin with all rows of their history, (series,)."""
    again = np.zeros(len(known), np.bool_)
    for series, place in enumerate(known.tolist()):
        old = slice(*history.offsets[place : place + 2].tolist())
        begin, count = int(new.offsets[series]), old.stop - old.start
        if place < 0 or not 0 < count <= new.lengths[series]:
            continue
        rows = slice(begin, begin + count)
        again[series] = np.array_equal(
            new.observed[rows], history.observed[old]
        ) and np.array_equal(new.target[rows], history.target[old])
    return again


def _note_again(count: int, series: int) -> tuple[str, ...]:
    if not count:
        return ()
    which = "the new rows begin" if series == 1 else f"those of {count} series begin"
    return (f"rows are counted, and {which} with all rows of the run: none is taken twice",)


def _refuse_different(history: Panel, new: Panel) -> None:
    for names in ("target_names", "past_names", "future_names", "static_names"):
        if getattr(history, names) != getattr(new, names):
            raise DataError(
                f"the {names.split('_')[0]} columns are {list(getattr(new, names))}, the run has "
                f"{list(getattr(history, names))}"
            )
    if history.grid != new.grid:
        raise DataError(
            f"the new rows are on another grid ({new.grid.frequency} from {new.grid.origin}) than "
            f"the history ({history.grid.frequency} from {history.grid.origin})",
            hint="give data of the frequency that the run was fitted on, or fit again",
        )


def _flatten(panel: Panel, wanted: Ints, codes: Ints, starts: Ints) -> Rows:
    """Return the rows of some series, those ahead included.

    Args:
        panel: The series.
        wanted: (series,) which of them; one may be wanted several times.
        codes: (series,) the code that each gets.
        starts: (series of the panel,) the step of the first row of each.
    """
    codes = codes.astype(np.int32)
    counts = panel.lengths[wanted]
    before = np.cumsum(counts) - counts
    inside = np.arange(int(counts.sum())) - np.repeat(before, counts)
    rows = inside + np.repeat(panel.offsets[wanted], counts)
    series, ahead = np.nonzero(~np.isnan(panel.ahead[wanted]).all(axis=2))
    nothing = np.full((len(series), 1), np.nan)
    target = np.where(panel.observed[rows], panel.target[rows], np.nan)
    past = panel.past[rows]
    return Rows(
        codes=np.concatenate([np.repeat(codes, counts), codes[series]]),
        steps=np.concatenate(
            [inside + np.repeat(starts[wanted], counts), (starts[wanted] + counts)[series] + ahead]
        ),
        target=np.concatenate([target, nothing.repeat(target.shape[1], axis=1)]),
        past=np.concatenate([past, nothing.repeat(past.shape[1], axis=1)]),
        future=np.concatenate([panel.future[rows], panel.ahead[wanted][series, ahead]]),
    )


def _concatenate(history: Rows, new: Rows) -> Rows:
    names = ("codes", "steps", "target", "past", "future")
    return Rows(*(np.concatenate([getattr(history, n), getattr(new, n)]) for n in names))


def _static(history: Panel, new: Panel, known: Ints) -> npt.NDArray[np.float64]:
    """Return static values: the history's for the series that it knows, else the new ones."""
    static = np.where((known >= 0)[:, None], history.static[known.clip(0)], new.static)
    for column, name in enumerate(new.static_names):
        absent = -1.0 if name in history.categories else 0.0
        static[np.isnan(static[:, column]), column] = absent
    return static
