"""What clients of a served detector send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from seqtune.tasks._panels import times_of
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
    for at, time in zip(rows.tolist(), times_of(panel, rows), strict=True):
        row: dict[str, Any] = {roles["time"]: time, roles["series"]: panel.series[0]}
        row |= dict(zip(panel.target_names, panel.target[at].tolist(), strict=True))
        yield {name: value for name, value in row.items() if name}
