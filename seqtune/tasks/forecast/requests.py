"""What clients of a served forecaster send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks._panels import times_of
from seqtune.tasks._requests import ColumnKind, RequestColumn, RequestForm
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.prepared import Prepared

Floats = npt.NDArray[np.float64]

EXAMPLE_ROWS = 3
"""Rows with the target of the example."""


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
    for at, time in zip(rows.tolist(), times_of(panel, rows), strict=True):
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
