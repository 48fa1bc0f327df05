"""Where the rows of a table lie: the grid of their times, inferred or that of a fitted run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.frequency_inference import ENOUGH
from seqtune.data.panel.grid import Grid, infer_grid
from seqtune.data.panel.panel import PanelRoles
from seqtune.data.reading.row_times import count_rows, read_times
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source


def place_rows(
    source: Source,
    roles: PanelRoles,
    codes: npt.NDArray[np.int32] | None,
    frequency: str,
    grid: Grid | None,
) -> tuple[Grid, npt.NDArray[Any], tuple[str, ...]]:
    """Find the grid of a table.

    Args:
        source: The table.
        roles: Which column plays which part.
        codes: (rows,), int32, the series of each row; None for a single one.
        frequency: "auto", or a pandas alias.
        grid: The grid of a fitted run, which the times then have to lie on.

    Returns:
        The grid, the time of each row, and notes on both.

    Raises:
        DataError: A time cannot be read, or is not on the grid of the run.
    """
    if roles.time is None:
        return Grid("step", 0, 1, "rows"), count_rows(codes, source.rows), ()
    times, notes = read_times(source, roles.time)
    if grid is None:
        grid, more = infer_grid(times, codes, frequency)
        grid = replace(grid, utc=source.is_in_utc(roles.time))
        notes = (*notes, *more)
    else:
        _refuse_other_grid(source, roles.time, times, codes, grid)
        if grid.utc and not source.is_in_utc(roles.time):
            notes = (*notes, f"times of '{roles.time}' carry no offset, those of the run do: "
                     "taken as UTC")  # fmt: skip
    if grid.snap != "floor":
        strays = int(len(times) - grid.on_step(times).sum())
        if strays:
            name = grid.frequency if grid.is_calendar else f"every {grid.interval}"
            notes = (*notes, f"{strays} times off the grid ({name}) moved to the step before")
    return grid, times, notes


def _refuse_other_grid(
    source: Source,
    name: str,
    times: npt.NDArray[Any],
    codes: npt.NDArray[np.int32] | None,
    grid: Grid,
) -> None:
    """Refuse times that are not on the grid of the fitted run."""
    what = f"'{grid.frequency}'" if grid.is_calendar else f"steps of {grid.interval}"
    hint = "give data of the frequency that the run was fitted on, or fit again"
    if (times.dtype.kind == "M") != grid.is_calendar:
        found, wanted = ("dates", "integers") if times.dtype.kind == "M" else ("integers", "dates")
        raise DataError(
            f"{source.path}: column '{name}' holds {found}; the run was fitted on {wanted}", hint
        )
    on_step = grid.on_step(times)
    if grid.snap != "floor" and on_step.mean() < ENOUGH:
        row = int((~on_step).argmax())
        raise DataError(
            f"{source.where(row)}: the time {times[row]} is not on the grid that "
            f"the run was fitted on ({what} from {grid.origin})",
            hint,
        )
    new = infer_grid(times, codes)[0]
    distance = grid.index(new.times(np.arange(3))) if len(times) > 2 else np.arange(3)
    if int(distance[2] - distance[0]) > 2 and new.snap == "exact":
        found = f"'{new.frequency}'" if grid.is_calendar else f"{new.interval} steps"
        raise DataError(f"{source.path}: the rows are {found} apart, the run has {what}", hint)
