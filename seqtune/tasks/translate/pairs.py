"""The pairs of a table, a source and an answer each, and which of them share a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.encoding import encodable
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks.translate.features import Features, read_features
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.series import answers_of_cases, read_cases, read_files

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Sources, each with an answer where answers are known.

    Args:
        sources: Each source as text; features as `name=value`; "" for a series.
        targets: Each answer; empty where none are known.
        rows: (pairs,) int64, the row of the table at which each begins.
        series: (steps, channels) float64 of each; None for texts and features.
        features: The columns of features; None for others.
        names: What each case of a series is called; empty where it is called by its row.
        notes: What was decided on the way.
    """

    sources: Sequence[str]
    targets: Sequence[str]
    rows: Rows
    series: Ragged | None = None
    features: Features | None = None
    names: Sequence[str] = ()
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: Rows, *notes: str) -> Pairs:
        """Return some of the pairs, with more notes."""
        series = self.series
        return Pairs(
            sources=[self.sources[i] for i in chosen.tolist()],
            targets=[self.targets[i] for i in chosen.tolist()] if self.targets else (),
            rows=self.rows[chosen],
            series=None
            if series is None
            else Ragged.from_list(series.select(chosen), series.values.shape[1]),
            features=self.features and self.features.take(chosen),
            names=[self.names[i] for i in chosen.tolist()] if self.names else (),
            notes=(*self.notes, *notes),
        )

    def identities(self) -> list[str] | list[bytes]:
        """Return what two pairs of the same source have in common.

        Texts are equal but for blanks around and between their words; series in every value.
        """
        if self.series is None:
            return [" ".join(text.split()) for text in self.sources]
        every = self.series.select(np.arange(len(self)))
        return [np.ascontiguousarray(each).tobytes() for each in every]


def read_pairs(
    source: Source,
    roles: Roles,
    *,
    lower: bool,
    with_targets: bool,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> Pairs:
    """Read the pairs of a table; those without a source or an answer are left out, and said.

    Args:
        source: The table.
        roles: Which column is what.
        lower: Whether capitals become small letters.
        with_targets: Whether answers are read.
        categories: Those of a run that was fitted on features.

    Raises:
        DataError: A column is missing or cannot be read, or no pair is left.
    """
    targets = _texts_of(source, roles.target, roles.target_kind, lower) if with_targets else []
    rows = np.arange(source.rows, dtype=np.int64)
    if roles.is_text:
        texts = _texts_of(source, roles.source, roles.kind, lower)
        pairs = Pairs(texts, targets, rows)
    elif roles.kind == "features":
        features = read_features(source, roles.channels, categories)
        pairs = Pairs(features.texts(), targets, rows, features=features)
    elif roles.source:
        series, notes = read_files(source, roles)
        pairs = Pairs([""] * len(rows), targets, rows, series, notes=notes)
    else:
        series, rows, names, notes = read_cases(source, roles)
        answers = answers_of_cases(source, roles, targets, len(rows)) if with_targets else []
        pairs = Pairs([""] * len(rows), answers, rows, series, names=names, notes=notes)
    return without_empty(source, pairs, roles)


def _texts_of(source: Source, name: str, kind: str, lower: bool) -> list[str]:
    texts = (encodable(text).strip() for text in source.texts(name))
    if kind == "symbols":
        texts = (" ".join(text.split()) for text in texts)
    return [text.lower() for text in texts] if lower else list(texts)


def without_empty(source: Source, pairs: Pairs, roles: Roles) -> Pairs:
    """Leave out pairs without a source or without an answer.

    Raises:
        DataError: None is left.
    """
    kept = np.ones(len(pairs), bool)
    is_empty = [not text for text in pairs.sources]
    if pairs.series is not None:
        is_empty = (pairs.series.lengths == 0).tolist()
    for what, found, name, flag in (
        ("source", is_empty, roles.source or ", ".join(roles.channels[:5]), "--source"),
        ("answer", [not text for text in pairs.targets], roles.target, "--target"),
    ):
        empty = np.flatnonzero(found)
        if not len(empty):
            continue
        if len(empty) == len(pairs):
            raise DataError(
                f"{source.path}: column {name!r} has no values; expected some",
                f"name another column: {flag} COLUMN",
            )
        first = source.where(int(pairs.rows[empty[0]]))
        many = "row" if len(empty) == 1 else "rows"
        note = f"{len(empty):,} {many} without {_an(what)} left out, the first at {first}"
        pairs = replace(pairs, notes=(*pairs.notes, note))
        kept[empty] = False
    if not kept.any():
        raise DataError(
            f"{source.path}: no row has both a source and an answer",
            "name other columns: --source COLUMN --target COLUMN",
        )
    return pairs if kept.all() else pairs.take(np.flatnonzero(kept))


def _an(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def number_cases(pairs: Pairs) -> tuple[Rows, Rows]:
    """Number the different sources, in the order of the table.

    Returns:
        The case of each pair, (pairs,), and the first pair of each case, (cases,).

    Example:
        >>> pairs = Pairs(["a", "b", "a"], ["x", "y", "z"], np.arange(3))
        >>> [each.tolist() for each in number_cases(pairs)]
        [[0, 1, 0], [0, 1]]
    """
    known: dict[str | bytes, int] = {}
    case = np.array([known.setdefault(key, len(known)) for key in pairs.identities()], np.int64)
    first = np.full(len(known), len(pairs), np.int64)
    np.minimum.at(first, case, np.arange(len(pairs)))
    return case, first


def references_of(pairs: Pairs, case: Rows, cases: int) -> list[tuple[str, ...]]:
    """Return the different answers of each case, in the order of the table."""
    found: list[dict[str, None]] = [{} for _ in range(cases)]
    for number, target in zip(case.tolist(), pairs.targets, strict=True):
        found[number][target] = None
    return [tuple(each) for each in found]
