"""Columns of words as codes: which labels there are, which of them training knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

Floats = npt.NDArray[np.float64]
Categories = Mapping[str, tuple[str, ...]]

MAX_LABELS = 50
"""Labels of a column that models tell apart; rarer ones count as unknown."""

UNKNOWN = -1.0
"""The code of a label that training does not know."""


def read_codes(
    source: Source, name: str, known: tuple[str, ...] | None
) -> tuple[Floats, tuple[str, ...]]:
    """Read a column of words.

    Args:
        source: The table.
        name: The column.
        known: Its labels where a run knows them; other labels become `UNKNOWN`.

    Returns:
        The code of each row's label, (rows,) float64, NaN where it is missing; and the labels,
        sorted, in the order of their codes.
    """
    numbers, labels = source.codes(name)
    ordered = tuple(sorted(labels)) if known is None else known
    place = {label: float(code) for code, label in enumerate(ordered)}
    table = np.array([*(place.get(label, UNKNOWN) for label in labels), np.nan])
    return table[numbers], ordered


class WordReader:
    """Reads covariates as numbers, or words as codes, and keeps what it met.

    Args:
        source: The table.
        known: Labels by column where a run knows them.
    """

    def __init__(self, source: Source, known: Categories | None) -> None:
        self.source, self.known = source, known
        self.labels: dict[str, tuple[str, ...]] = {}
        self.notes: list[str] = []

    def values(self, name: str) -> Floats:
        """Return a column, (rows,) float64, NaN where missing; words as codes."""
        if not holds_words(self.source, name, self.known):
            return np.asarray(self.source.numbers(name), np.float64)
        own = None if self.known is None else self.known[name]
        codes, self.labels[name] = read_codes(self.source, name, own)
        if count := int((codes == UNKNOWN).sum()):
            self.notes.append(f"'{name}': {count} words that training does not know")
        return codes


def holds_words(source: Source, name: str, known: Categories | None) -> bool:
    """Say whether a column is one of words: by what a run knows of it, or by what it holds."""
    if known is not None:
        return name in known
    from seqtune.data.reading.roles import NUMERIC

    return source.kind(name) not in (*NUMERIC, "empty")


def keep_known(panel: Panel, rows: npt.NDArray[np.int64]) -> Panel:
    """Return a panel whose words are those of some rows alone; all others are unknown.

    Of more than `MAX_LABELS` the most frequent stay. A note says which columns lose words.

    Args:
        panel: With the labels of all rows.
        rows: Numbers of the training rows.
    """
    series = np.unique(np.searchsorted(panel.offsets, rows, side="right") - 1)
    training = {"past": rows, "future": rows, "static": series}
    changed: dict[str, Any] = {}
    categories, notes = dict(panel.categories), list(panel.notes)
    for group, chosen in training.items():
        for column, name in enumerate(getattr(panel, f"{group}_names")):
            if name not in categories:
                continue
            codes = getattr(panel, group)[:, column]
            table, labels = _kept(codes[chosen], categories[name])
            for array in ("future", "ahead") if group == "future" else (group,):
                values = changed.setdefault(array, np.array(getattr(panel, array)))
                values[..., column] = _recoded(values[..., column], table)
            if lost := len(categories[name]) - len(labels):
                notes.append(
                    f"{lost} of {len(categories[name])} words of '{name}' are not among the "
                    f"{MAX_LABELS} most frequent ones of the training rows: taken as unknown"
                )
            categories[name] = labels
    return replace(panel, categories=categories, notes=tuple(notes), **changed)


def _kept(codes: Floats, labels: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Return the new code of each label, `UNKNOWN` for those that go, and the labels that stay."""
    present = codes[np.isfinite(codes) & (codes >= 0)].astype(np.int64)
    count = np.bincount(present, minlength=len(labels))
    frequent = np.argsort(-count, kind="stable")[:MAX_LABELS]
    kept = np.sort(frequent[count[frequent] > 0])
    table = np.full(len(labels), UNKNOWN)
    table[kept] = np.arange(len(kept))
    return table, tuple(labels[code] for code in kept)


def _recoded(codes: Floats, table: Floats) -> Floats:
    """Return new codes; what is missing stays missing, what is unknown unknown."""
    is_known = np.isfinite(codes) & (codes >= 0)
    new = codes.copy()
    new[is_known] = table[codes[is_known].astype(np.int64)]
    return new
