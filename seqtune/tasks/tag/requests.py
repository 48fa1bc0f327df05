"""What clients of a served tagger send."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.tasks._joining import JoinableColumns
from seqtune.tasks._requests import ColumnKind, RequestColumn, RequestForm
from seqtune.tasks.tag.prepared import Prepared

EXAMPLE_ROWS = 100
"""Rows of the example at most."""


def joinable(prepared: Prepared) -> JoinableColumns | None:
    """Return the columns of sequences that bear names and have no times."""
    roles = prepared.codec.roles
    if roles.series is None or roles.time:
        return None
    texts = (roles.token,) if roles.kind == "tokens" else ()
    return JoinableColumns(texts, roles.channels, names=roles.series)


def request_form(prepared: Prepared) -> RequestForm:
    """Return the columns of a request, and the beginning of a sequence of the test part."""
    roles = prepared.codec.roles
    kind: ColumnKind = "text" if roles.kind == "tokens" else "number"
    columns = (
        *(RequestColumn(name, "any", "sequence") for name in [roles.series] if name),
        *(RequestColumn(name, "any", "time") for name in [roles.time] if name),
        *(RequestColumn(name, kind, "token") for name in [roles.token] if name),
        *(RequestColumn(name, kind, "channel") for name in roles.channels),
    )
    sequence = np.array([int(next(iter(prepared.chosen("test")), 0))])
    places = prepared.inputs.places(sequence)[:EXAMPLE_ROWS]
    rows = []
    if roles.kind == "tokens":
        assert prepared.words is not None and prepared.inputs.types is not None
        tokens = prepared.words.texts(prepared.inputs.types[places].astype(np.int64))
        cells: list[dict[str, Any]] = [{roles.token: token} for token in tokens]
    else:
        assert prepared.inputs.values is not None
        values = np.asarray(prepared.inputs.values)[places]
        cells = [
            {
                name: value if np.isfinite(value) else None
                for name, value in zip(roles.channels, row, strict=True)
            }
            for row in values.tolist()
        ]
    for step, row in enumerate(cells):
        before = {roles.series: "sequence 1"} if roles.series else {}
        rows.append({**before, **({roles.time: step} if roles.time else {}), **row})
    return RequestForm(columns, tuple(rows))
