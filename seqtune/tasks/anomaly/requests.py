"""What clients of a served detector send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from seqtune.data.panel.time_text import format_times
from seqtune.tasks._requests import ColumnKind, RequestColumn, RequestForm
from seqtune.tasks.anomaly.prepared import Prepared

EXAMPLE_ROWS = 12
"""Rows of the example."""


def request_form(prepared: Prepared) -> RequestForm:
    """Return the columns of a request, and the last rows of the first series."""
    roles = prepared.codec.roles
    time: ColumnKind = "time" if prepared.panel.grid.is_calendar else "integer"
    return RequestForm(
        columns=(
            *(RequestColumn(name, time, "time") for name in [roles["time"]] if name),
            *(RequestColumn(name, "any", "series") for name in [roles["series"]] if name),
            *(RequestColumn(name, "number", "channel") for name in roles["targets"]),
        ),
        example=tuple(_example(prepared)),
        remark="Rows of a series that the model knows are judged with those before them.",
    )


def _example(prepared: Prepared) -> Iterator[dict[str, Any]]:
    panel, roles = prepared.panel, prepared.codec.roles
    begin, end = int(panel.offsets[0]), int(panel.offsets[1])
    rows = np.arange(max(begin, end - EXAMPLE_ROWS), end)
    times = panel.grid.times(rows + int(panel.starts[0]) - begin)
    is_calendar = panel.grid.is_calendar
    shown = format_times(times, utc=panel.grid.utc) if is_calendar else times.tolist()
    for at, time in zip(rows.tolist(), shown, strict=True):
        row: dict[str, Any] = {roles["time"]: time, roles["series"]: panel.series[0]}
        row |= dict(zip(panel.target_names, panel.target[at].tolist(), strict=True))
        yield {name: value for name, value in row.items() if name}
