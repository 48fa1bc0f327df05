"""What clients of a served classifier send."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.tasks._joining import JoinableColumns
from seqtune.tasks._requests import RequestColumn, RequestForm
from seqtune.tasks.classify.prepared import Prepared

EXAMPLE_STEPS = 100
"""Rows of the example of a case that has a row per step, at most."""


def joinable(prepared: Prepared) -> JoinableColumns | None:
    """Return the columns of cases: texts, or numbers; those of steps with a time go alone."""
    roles = prepared.codec.roles
    if roles.kind == "text":
        return JoinableColumns(texts=(roles.text,))
    return JoinableColumns(numbers=roles.channels, names=roles.series) if not roles.time else None


def request_form(prepared: Prepared) -> RequestForm:
    """Return the columns of a request, and a case of the test part."""
    roles = prepared.codec.roles
    case = int(next(iter(prepared.rows["test"]), 0))
    if roles.kind == "text":
        (text,) = prepared.cases(np.array([case]))
        column = RequestColumn(roles.text, "text", "text")
        return RequestForm((column,), ({roles.text: str(text)},))
    (values,) = prepared.cases(np.array([case]))
    columns = (
        *(RequestColumn(name, "any", "case") for name in [roles.series] if name),
        *(RequestColumn(name, "any", "time") for name in [roles.time] if name),
        *(RequestColumn(name, "number", "channel") for name in roles.channels),
    )
    if roles.series is None:
        steps = [*values[:, 0].tolist(), *[None] * len(roles.channels)]
        return RequestForm(columns, (dict(zip(roles.channels, steps, strict=False)),))
    rows = []
    for step, row in enumerate(values[:EXAMPLE_STEPS].tolist()):
        cells: dict[str, Any] = {roles.series: "case 1"} | (
            {roles.time: step} if roles.time else {}
        )
        rows.append(cells | dict(zip(roles.channels, row, strict=True)))
    return RequestForm(columns, tuple(rows))
