"""New sequences: read as the run's own were, and encoded when a model asks for them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source
from seqtune.data.text.span_marks import MARK, OUTSIDE, converted, recognise, repaired
from seqtune.errors import DataError, listed
from seqtune.tasks._values import Context
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encode import encode, without_gaps
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.read_sequences import read_sequences
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.tags import Tags

Rows = npt.NDArray[np.int64]


def unlabelled_sequences(codec: Codec, source: Source | None, context: Context) -> EncodedSequences:
    """Return sequences whose tags are to be found.

    Args:
        codec: What is known of the fitted data.
        source: The sequences.
        context: Hears of repairs, and names the run.

    Raises:
        DataError: There is no data, or a column of the fitted data is missing.
    """
    if source is None:
        raise DataError(
            "found no data to tag, expected a file", f"seqtune predict {context.name} DATA"
        )
    found = read_sequences(source, codec.roles, with_labels=False)
    context.note(*source.notes, *found.notes)
    return _encoded(codec, source, found, np.full(found.positions, -1, np.int64))


def labelled_sequences(codec: Codec, source: Source, context: Context) -> EncodedSequences:
    """Return sequences whose tags are known.

    Args:
        codec: What is known of the fitted data.
        source: The sequences, with their tags.
        context: Hears of repairs, and of positions that cannot be scored.

    Raises:
        DataError: There is no tag that the run knows.
    """
    found = read_sequences(source, codec.roles, with_labels=True, to_learn=False)
    context.note(*source.notes, *found.notes)
    return _encoded(codec, source, found, _targets(codec.tags, source, found, context))


def _targets(tags: Tags, source: Source, found: Sequences, context: Context) -> Rows:
    """Return the number of each tag; -1 where there is none, and their count for a strange one."""
    written = _in_scheme(tags, source, found, context)
    targets = tags.codes(written)
    is_strange = (targets < 0) & np.array([bool(tag) for tag in written], bool)
    if is_strange.any():
        strange = list(dict.fromkeys(written[place] for place in np.flatnonzero(is_strange)))
        first = source.where(int(found.rows[int(is_strange.argmax())]))
        context.note(
            f"tags that the run has never seen: {listed(map(repr, strange[:5]))}, at "
            f"{int(is_strange.sum()):,} positions, the first at {first}; they count as wrong"
        )
    if not (targets >= 0).any():
        raise DataError(
            f"{source.path}: no row has a tag that the run knows; it knows "
            f"{listed(map(repr, tags.names[:10]))}",
            "give a file with such tags, or fit a new run",
        )
    return np.where(is_strange, len(tags), targets)


def _in_scheme(tags: Tags, source: Source, found: Sequences, context: Context) -> list[str]:
    """Return tags in the scheme of the run, made legal; what marks no span stays as it is."""
    if not tags.has_spans:
        return list(found.tags)
    marked = [tag if tag == OUTSIDE or MARK.fullmatch(tag) else "" for tag in found.tags]
    given = recognise(marked, found.offsets)
    given = tags.written if given == "none" else given
    if given != tags.written:
        context.note(
            f"spans are marked as {given.upper()}, and taken for what they are; the run writes "
            f"{tags.written.upper()}"
        )
    legal, changed = repaired(marked, found.offsets, given)
    if len(changed):
        first = source.where(int(found.rows[int(changed[0])]))
        context.note(f"tags that were no legal {given.upper()}, made so: {len(changed):,} "
                     f"(the first at {first})")  # fmt: skip
    made = converted(legal, found.offsets, given, tags.scheme)
    return [each or tag for each, tag in zip(made, found.tags, strict=True)]


def _encoded(codec: Codec, source: Source, found: Sequences, targets: Rows) -> EncodedSequences:
    found = replace(found, tags=(), groups=None)
    return EncodedSequences(
        inputs=encode(codec, found),
        plain=cache(lambda: without_gaps(codec, found)),
        truth=lambda: targets,
        rows=found.rows,
        where=lambda place: source.where(int(found.rows[place])),
        names=found.names,
    )
