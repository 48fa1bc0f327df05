"""Whether labels can be learnt at all, and what is to be said of those that are missing."""

from __future__ import annotations

import shlex
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.tag_codes import tag_codes


def check_tags(
    source: Source, roles: Roles, sequences: Sequences, *, to_learn: bool = True
) -> Sequences:
    """Refuse labels that cannot be learnt; say in the notes which are missing.

    Args:
        source: The table.
        roles: Which column is what.
        sequences: Those of the table, with tags.
        to_learn: Whether they are to be learnt; for comparing, one for all will do.

    Raises:
        DataError: There is no label, all are the same, or each sequence has but one.
    """
    names, codes = tag_codes(sequences.tags)
    known = codes >= 0
    if not known.any():
        raise DataError(
            f"{source.path}: column {roles.label!r} has no values; expected labels",
            "name another column: --label COLUMN",
        )
    if to_learn and len(names) == 1:
        raise DataError(
            f"{source.path}: column {roles.label!r} is {names[0][:60]!r} in every row, so "
            "there is nothing to learn",
            "name another column: --label COLUMN",
        )
    if to_learn:
        _refuse_constant(source, roles, sequences, codes, len(names))
    return replace(sequences, notes=(*sequences.notes, *_of_missing(source, sequences, known)))


def _refuse_constant(
    source: Source, roles: Roles, sequences: Sequences, codes: npt.NDArray[np.int64], names: int
) -> None:
    """Refuse a label of whole sequences: each has one, and most have several positions."""
    number = np.repeat(np.arange(len(sequences)), sequences.lengths)
    known = codes >= 0
    labelled = np.unique(number[known])
    pairs = np.unique(number[known] * names + codes[known])
    if len(pairs) > len(labelled) or int(known.sum()) < 2 * len(labelled):
        return
    what = "sentence" if roles.kind == "tokens" else "series"
    series = roles.series or ""
    beside = f" --series {shlex.quote(series)}" if roles.kind == "steps" and series else ""
    raise DataError(
        f"{source.path}: column {roles.label!r} is constant within each {what} (column "
        f"{series!r}): it labels {what if what == 'series' else what + 's'}, not {roles.kind}",
        f"--task classify --label {shlex.quote(roles.label)}{beside}, or another column: --label "
        "COLUMN",
    )


def _of_missing(source: Source, sequences: Sequences, known: npt.NDArray[np.bool_]) -> list[str]:
    """Return what to say of positions, and of whole sequences, without a label."""
    if known.all():
        return []
    absent = np.flatnonzero(~known)
    first = int(sequences.rows[absent].min())
    notes = [
        f"rows without a label, context that is neither learnt nor scored: {len(absent):,} of "
        f"{len(known):,}, the first at {source.where(first)}"
    ]
    number = np.repeat(np.arange(len(sequences)), sequences.lengths)
    counts = np.bincount(number[known], minlength=len(sequences))
    bare = np.flatnonzero((counts == 0) & (sequences.lengths > 0))
    if len(bare):
        row = int(sequences.rows[sequences.offsets[bare[0]]])
        notes.append(
            f"sequences without any label: {len(bare):,} of {len(sequences):,}, the first is "
            f"{sequences.names[bare[0]]!r} at {source.where(row)}"
        )
    return notes
