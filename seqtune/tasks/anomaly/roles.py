"""Which columns are watched, and which one is time, series and label: the recipe's, or a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqtune.data.panel.panel import PanelRoles
from seqtune.data.reading.column_names import LABELS, words
from seqtune.data.reading.column_use import is_binary
from seqtune.data.reading.roles import NUMERIC, check_numeric, find_series, find_time, names_of
from seqtune.data.reading.source import Source
from seqtune.data.reading.target_column import without_measurement
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener, Note
from seqtune.tasks._columns import refuse_two_roles
from seqtune.tasks._panels import named_columns

FLAGS = ("time", "series", "target", "label")

LABEL_NAMES = (
    *("label", "labels", "anomaly", "anomalies", "is_anomaly", "outlier", "is_outlier"),
    "ground_truth",
)

TELLING_NAMES = LABEL_NAMES[2:]
"""Names that speak of anomalies alone: other columns of labels are called `label`, too."""

WITHIN = 0.8
"""A column of 0 and 1 is a label too if so many of its ones stand in rows that are labelled."""

MAX_NAMES = 8
"""So many names of columns are shown in a guess."""


@dataclass(frozen=True)
class Roles:
    """The role of each column.

    Args:
        targets: Columns that are watched.
        time: Time column; None counts the rows of each series.
        series: Column that tells series apart; None for one series.
        label: Column of known anomalies; None where there is none.
    """

    targets: tuple[str, ...]
    time: str | None
    series: str | None
    label: str | None

    def of_panel(self) -> PanelRoles:
        """Return the roles under which a panel is built: a label is carried like a covariate."""
        past = (self.label,) if self.label else ()
        return PanelRoles(targets=self.targets, time=self.time, series=self.series, past=past)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "time": self.time,
            "targets": list(self.targets),
            "series": self.series,
            "label": self.label,
        }


def infer_roles(source: Source, data: Any, listener: Listener) -> Roles:
    """Return the role of each column.

    Args:
        source: The table.
        data: The recipe's `data` section: each role is a column, a list, null, or "auto".
        listener: Hears of every guess, with the flag that overrides it.

    Raises:
        DataError: Two columns suit a role equally well, none does, or a named one is missing.
    """
    named = named_columns(source, data, FLAGS)
    time = find_time(source, data.time, named, listener)
    free = [name for name in source.names if name not in named and name != time]
    label = _label(source, data.label, free, listener)
    free = [name for name in free if name != label]
    series = find_series(source, data.series, time, free, listener)
    free = [name for name in free if name != series]
    targets = _targets(source, data.target, free, label, listener)
    roles = Roles(targets=targets, time=time, series=series, label=label)
    refuse_two_roles((time, series, label, *targets), FLAGS)
    check_numeric(source, targets)
    if label is not None:
        check_labels(source, label)
    return roles


def check_labels(source: Source, name: str, *, allow_all: bool = False) -> None:
    """Refuse a label column that holds something other than 0 and 1, or 1 alone.

    Args:
        source: The table.
        name: The column.
        allow_all: Whether all rows may be labelled 1, as in a few new ones.

    Raises:
        DataError: Names the line and the value.
    """
    values = source.numbers(name)
    known = ~np.isnan(values)
    wrong = known & (values != 0) & (values != 1)
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"{source.where(row)}: column {name!r}: found {values[row]:g}, expected "
            "a label of 0 (normal) or 1 (anomaly)",
            "name another column: --label COLUMN; or none: --set data.label=null",
        )
    if not allow_all and known.any() and (values[known] == 1).all():
        raise DataError(
            f"{source.path}: every row is labelled 1 in column {name!r}, so that nothing is normal",
            "name another column: --label COLUMN; or none: --set data.label=null",
        )


def _label(source: Source, asked: Any, free: Sequence[str], listener: Listener) -> str | None:
    """Return the column of known anomalies: by its name, and only if it holds 0 and 1 alone."""
    if asked != "auto":
        return None if asked is None else str(asked)
    suited, others = label_columns(source, free)
    if len(suited) > 1:
        raise DataError(
            f"{len(suited)} columns could be the label: {', '.join(suited)}",
            f"choose one: --label {suited[0]}",
        )
    for name in suited:
        why = "by its name; used to score, never to train"
        listener(Assumption("label", name, why, "--label COLUMN"))
    for name in others:
        listener(Note(f"column {name!r} is named like a label but does not hold 0 and 1 alone"))
    return suited[0] if suited else None


def label_columns(source: Source, free: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return columns named like known anomalies: those of 0 and 1 alone, and the others.

    Args:
        source: The table.
        free: Columns that have no role yet.
    """
    named = [name for name in free if name.lower() in LABEL_NAMES]
    suited = [name for name in named if source.kind(name) in NUMERIC and _is_binary(source, name)]
    return suited, [name for name in named if name not in suited]


def _is_binary(source: Source, name: str) -> bool:
    values = source.numbers(name)
    return bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all())


def _targets(
    source: Source, asked: Any, free: Sequence[str], label: str | None, listener: Listener
) -> tuple[str, ...]:
    if asked != "auto":
        return tuple(names_of(asked))
    numeric = tuple(name for name in free if source.kind(name) in NUMERIC)
    if len(numeric) > 1:
        numeric = without_measurement(source, numeric, listener, may_stand=True) or numeric
        numeric = _without_labels(source, numeric, label, listener) or numeric
    if not numeric:
        columns = listed(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no numeric column to watch; found {columns}",
            "name the column with --target, or clean it so that it holds numbers",
        )
    shown = ", ".join(numeric[:MAX_NAMES])
    more = f" and {len(numeric) - MAX_NAMES} more" if len(numeric) > MAX_NAMES else ""
    why = "the only numeric column" if len(numeric) == 1 else "every numeric column left over"
    listener(Assumption("watched", f"{shown}{more}", why, "--target COLUMN"))
    ignored = [name for name in free if source.kind(name) not in NUMERIC]
    if ignored:
        listener(Note(f"not used, because not numeric: {', '.join(ignored)}"))
    return numeric


def _without_labels(
    source: Source, names: Sequence[str], label: str | None, listener: Listener
) -> tuple[str, ...]:
    """Leave out further columns of labels: of 0 and 1, named like events or rising with the label.

    Args:
        source: The table.
        names: Columns that may be watched.
        label: The column of known anomalies.
        listener: Hears of those left out.
    """
    known = None if label is None else source.parse_numbers(label).values == 1
    left = []
    for name in names:
        if not is_binary(source, name):
            continue
        ones = source.parse_numbers(name).values == 1
        is_within = known is not None and ones.any() and known[ones].mean() >= WITHIN
        if words(name) & LABELS or is_within:
            left.append(name)
    if left:
        what = f"it looks like a label: {', '.join(left)} (--target COLUMN watches it)"
        listener(Note(f"not watched, because {what}"))
    return tuple(name for name in names if name not in left)
