"""What is taken for what: the tags of positions that are confused most."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import count, percent, several
from seqtune.figures.block import Block
from seqtune.figures.matrix import Matrix
from seqtune.figures.numbers import numbers
from seqtune.metrics.tag import confusion
from seqtune.tasks._cut_text import names_of
from seqtune.tasks.tag.evidence.tagging import Tagging
from seqtune.tasks.tag.tag_errors import NEVER

MOST_TAGS = 30
"""Tags that a matrix shows."""

NAMED = 3
"""Confusions that are named."""

Ints = npt.NDArray[np.int64]


def confusion_block(tagging: Tagging) -> Block | None:
    """Return what is taken for what; None where nothing is known.

    Args:
        tagging: The tags that were given.
    """
    if not tagging.scored.any():
        return None
    own = tagging.own
    names = names_of((*own.tags.names, NEVER))
    counts = {
        name: confusion(each.predicted, each.targets, len(own.tags))
        for name, each in tagging.found.items()
    }
    support = counts[tagging.model].sum(axis=1)
    occurring = np.flatnonzero(support)
    kept = occurring[np.argsort(-support[occurring], kind="stable")][:MOST_TAGS]
    rows, columns = np.sort(kept), np.sort(kept[kept < len(own.tags)])
    figures = tuple(
        _matrix(tagging, name, counts[name], rows, columns, names) for name in tagging.names
    )
    sentences = _confused(tagging, counts[tagging.model], names)
    if len(kept) < len(occurring):
        sentences += (
            f"Of {several(len(occurring), 'tag')} that occur, the {len(kept)} most frequent are "
            "shown.",
        )
    return Block(
        key="confusion",
        title="What is taken for what",
        sentences=sentences,
        figures=figures if len(columns) else (),
    )


def _matrix(
    tagging: Tagging, name: str, counts: Ints, rows: Ints, columns: Ints, names: tuple[str, ...]
) -> Matrix:
    shown = counts[np.ix_(rows, columns)]
    shares = shown / counts.sum(axis=1)[rows][:, None]
    return Matrix(
        title=f"Tags of {name}",
        caption=f"Numbers are {tagging.unit}s; the colour is the share of all that have the tag.",
        rows=tuple(names[at] for at in rows),
        columns=tuple(names[at] for at in columns),
        values=tuple(numbers(row, 4) for row in shares),
        texts=tuple(tuple(count(cell) for cell in row) for row in shown.tolist()),
        row_title="true tag",
        column_title=f"tag of {name}",
        unit=f"share of the tag's {tagging.unit}s",
        is_expected_diagonal=len(rows) == len(columns),
    )


def _confused(tagging: Tagging, counts: Ints, names: tuple[str, ...]) -> tuple[str, ...]:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    if not len(order):
        return (f"{tagging.model} takes no tag for another.",)
    said = []
    for cell in order[:NAMED].tolist():
        truth, given = divmod(cell, wrong.shape[1])
        share = percent(wrong[truth, given] / counts[truth].sum())
        said.append(
            f"'{names[truth]}' is taken for '{names[given]}' "
            f"{several(int(wrong[truth, given]), 'time')} ({share} of its {tagging.unit}s)"
        )
    return (f"Most often {', '.join(said)}.",)
