"""A run that is fitted again: the newest sequences are held out, and the earlier run tags them."""

from __future__ import annotations

from functools import cache

import numpy as np

from seqtune.data.reading.source import Source
from seqtune.recipe.load import Recipe
from seqtune.tasks._newer_rows import (
    changed,
    drawn_at_random,
    in_columns_of,
    refuse_other_labels,
)
from seqtune.tasks._values import Context, KnownRows, Staged
from seqtune.tasks.tag.encode import encode, without_gaps
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.scoring import score_positions


def staged(
    prepared: Prepared, newer: Prepared, source: Source, known: KnownRows, context: Context
) -> Staged:
    """Return the sequences of the test part as the earlier run reads them."""
    old, new = prepared.codec.tags.names, newer.codec.tags.names
    refuse_other_labels(source, context.name, old, new)
    codec, part = prepared.codec, newer.encoded("test")
    found = newer.as_given(newer.chosen("test"))
    encoded = EncodedSequences(
        inputs=encode(codec, found),
        plain=cache(lambda: without_gaps(codec, found)),
        truth=lambda: np.full(found.positions, -1, np.int64),
        rows=part.rows,
        names=part.names,
    )
    return Staged(
        encoded,
        known(np.asarray(part.rows)),
        lambda made: score_positions(newer.codec, part, in_columns_of(made, old, new)),
    )


def unlike(prepared: Prepared, newer: Prepared, recipe: Recipe) -> str:
    """Say why no network goes on from the weights of an earlier one."""
    one, two = prepared.codec, newer.codec
    lexicons = [each.lexicon.to_dict() if each.lexicon else None for each in (one, two)]
    return drawn_at_random(recipe) or changed(
        {
            "the tags": (one.tags, two.tags),
            "the channels": (one.roles.channels, two.roles.channels),
            "the channels with gaps": (one.gaps, two.gaps),
            "the vocabulary": (lexicons[0], lexicons[1]),
        }
    )
