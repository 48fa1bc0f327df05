"""Columns that give the label away: of a new case nobody would know them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.giveaway import names_label
from seqtune.errors import listed
from seqtune.progress import Listener, Note
from seqtune.tasks.classify.cases import Cases
from seqtune.tasks.classify.roles import Roles

Floats = npt.NDArray[np.float64]


def tell_giveaways(cases: Cases, roles: Roles, listener: Listener) -> None:
    """Say which channels, or steps of cases in rows, name the label: one label for each value.

    Args:
        cases: Labelled cases.
        roles: Their columns.
        listener: Hears of such columns, and how they are left out.
    """
    if cases.series is None or not len(cases):
        return
    labels = np.unique(np.array(cases.labels, dtype=object).astype(str), return_inverse=True)[1]
    columns = _steps(cases) if roles.series is None else _constants(cases)
    found = [
        name
        for name, column in zip(roles.channels, columns, strict=False)
        if column is not None and names_label(column, labels)
    ]
    if not found:
        return
    what = "column" if len(found) == 1 else "columns"
    verb = "gives" if len(found) == 1 else "give"
    listener(
        Note(
            f"{what} {listed(map(repr, found))} {verb} the label away: each value comes with one "
            f"label of {roles.label!r}. If nobody knows it of a new case, leave it out: name the "
            "other columns with --past"
        )
    )


def _constants(cases: Cases) -> Sequence[Floats | None]:
    """Return (cases,) of each channel that is constant within every case, None for the others."""
    assert cases.series is not None
    values, first = cases.series.values, cases.series.offsets[:-1]
    if not (cases.series.lengths > 0).all():
        return []
    low, high = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    return [
        low[:, channel] if (low[:, channel] == high[:, channel]).all() else None
        for channel in range(values.shape[1])
    ]


def _steps(cases: Cases) -> Sequence[Floats]:
    """Return (cases,) of each step that every case has."""
    assert cases.series is not None
    first = cases.series.offsets[:-1]
    steps = range(int(cases.series.lengths.min()))
    return [cases.series.values[first + step, 0] for step in steps]
