"""Which column holds the labels: what the recipe says, or a stated guess."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from seqtune.data.reading.source import Source
from seqtune.errors import DataError, listed
from seqtune.progress import Assumption, Listener

LABEL_NAMES = (
    *("label", "labels", "class", "target", "y", "category", "categories", "sentiment", "rating"),
    *("stars", "topic", "intent", "tags", "species", "speaker", "activity", "gesture"),
)


MAX_CLASSES_SHARE = 0.5
"""A column with more different values than this share of its rows is no label."""


def guess_label(
    source: Source, asked: str, free: Sequence[str], texts: Sequence[str], listener: Listener
) -> str:
    """Return the column of labels.

    Args:
        source: The table.
        asked: What the recipe says; "auto" leaves it open.
        free: Columns without a role.
        texts: Columns of long texts, which come last.
        listener: Hears of the guess, with the flag that overrides it.

    Raises:
        DataError: Several columns could be it, or none.
    """
    if asked != "auto":
        return asked
    by_name = [name for name in (*free, *texts) if name.lower() in LABEL_NAMES]
    if len(by_name) == 1:
        return _told(source, by_name[0], "by its name", listener)
    few = [name for name in free if is_label_like(source, name)]
    candidates = [name for name in few if name in by_name] or by_name or few
    if len(candidates) == 1:
        return _told(source, candidates[0], "the one with few different values", listener)
    if not candidates:
        columns = ", ".join(f"{name} ({source.kind(name)})" for name in source.names)
        raise DataError(
            f"{source.path}: no column looks like labels; found {columns}",
            "name it: --label COLUMN",
        )
    raise DataError(
        f"{len(candidates)} columns could be the label: {shown(candidates)}",
        f"choose one: --label {shlex.quote(candidates[0])}",
    )


def _told(source: Source, label: str, why: str, listener: Listener) -> str:
    count = len(source.codes(label)[1])
    listener(Assumption("label", label, f"{why}; {count} different values", "--label COLUMN"))
    return label


def is_label_like(source: Source, name: str) -> bool:
    """Say whether a column has few different values, each of which occurs often enough."""
    if source.kind(name) not in ("text", "integer", "boolean", "number"):
        return False
    if source.kind(name) == "number" and not _are_whole(source, name):
        return False
    different = len(source.codes(name)[1])
    return 1 < different <= max(2, min(1000, MAX_CLASSES_SHARE * source.rows / 2))


def _are_whole(source: Source, name: str) -> bool:
    values = source.parse_numbers(name).values
    return bool(np.all(np.isnan(values) | (values == np.floor(values))))


def shown(names: Sequence[str]) -> str:
    """Return names one after the other; of very many the first."""
    return listed(names)
