"""What clients of a served translator send."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.tasks._joining import JoinableColumns
from seqtune.tasks._requests import ColumnKind, RequestColumn, RequestForm
from seqtune.tasks.translate.codec import SERIES
from seqtune.tasks.translate.prepared import Prepared

EXAMPLE_STEPS = 100
"""Rows of the example of a series at most."""


def joinable(prepared: Prepared) -> JoinableColumns | None:
    """Return the columns of sources; none of features, and of steps with a time."""
    roles = prepared.codec.roles
    if roles.is_text:
        return JoinableColumns(texts=(roles.source,))
    if roles.kind == "features" or not roles.channels or roles.time:
        return None
    return JoinableColumns(numbers=roles.channels, names=roles.series)


def request_form(prepared: Prepared) -> RequestForm:
    """Return the columns of a request, and a source of the test part."""
    codec = prepared.codec
    roles = codec.roles
    case = np.array([int(next(iter(prepared.rows["test"]), 0))])
    if roles.is_text:
        column = RequestColumn(roles.source, "text", "source")
        (text,) = prepared.sources.texts(case)
        return RequestForm((column,), ({roles.source: text},))
    if roles.source:
        column = RequestColumn(roles.source, "text", "file")
        return RequestForm((column,), paths=(roles.source,))
    kind: ColumnKind = "any" if roles.kind == "features" else "number"
    columns = (
        *(RequestColumn(name, "any", "case") for name in [roles.series] if name),
        *(RequestColumn(name, "any", "time") for name in [roles.time] if name),
        *(RequestColumn(name, kind, "channel") for name in roles.channels),
    )
    if roles.kind == "features":
        (text,) = prepared.sources.texts(case)
        return RequestForm(columns, remark=f"A source of the data: {text}")
    (values,) = prepared.inputs[SERIES].select(case)
    rows = []
    for step, row in enumerate(np.nan_to_num(values[:EXAMPLE_STEPS]).tolist()):
        cells: dict[str, Any] = {str(roles.series): "case 1"}
        cells |= {roles.time: step} if roles.time else {}
        rows.append(cells | dict(zip(roles.channels, row, strict=True)))
    return RequestForm(columns, tuple(rows))
