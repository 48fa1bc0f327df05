"""A run that is fitted again: the newest cases are held out, and the earlier run labels them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seqtune.data.reading.source import Source
from seqtune.recipe.load import Recipe
from seqtune.tasks._newer_rows import (
    changed,
    drawn_at_random,
    in_columns_of,
    places_in,
    refuse_other_labels,
)
from seqtune.tasks._values import Context, KnownRows, Staged
from seqtune.tasks.classify.new_cases import unlabelled_cases
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.tables import score_cases


def staged(
    prepared: Prepared, newer: Prepared, source: Source, known: KnownRows, context: Context
) -> Staged:
    """Return the cases of the test part as the earlier run reads them."""
    old, new = prepared.codec.labels.names, newer.codec.labels.names
    refuse_other_labels(source, context.name, old, new)
    every = unlabelled_cases(prepared.codec, source, context)
    lines = newer.lines[newer.rows["test"]]
    assert every.lines is not None
    places = places_in(every.lines, lines)

    def plain() -> list[object]:
        cases = every.plain()
        return [cases[place] for place in places.tolist()]

    names = [every.names[place] for place in places.tolist()] if every.names else ()
    encoded = replace(
        every,
        rows=places,
        plain=plain,
        truth=lambda: in_columns_of(newer.truth("test"), new, old),
        names=names,
        lines=lines,
    )
    return Staged(
        encoded,
        known(np.asarray(lines)),
        lambda made: score_cases(newer.codec, newer.encoded("test"), in_columns_of(made, old, new)),
    )


def unlike(prepared: Prepared, newer: Prepared, recipe: Recipe) -> str:
    """Say why no network goes on from the weights of an earlier one."""
    one, two = prepared.codec, newer.codec
    return drawn_at_random(recipe) or changed(
        {
            "the labels": (one.labels, two.labels),
            "the channels": (one.roles.channels, two.roles.channels),
            "the vocabulary": (
                {kind: each.to_dict() for kind, each in one.tokenizers.items()},
                {kind: each.to_dict() for kind, each in two.tokenizers.items()},
            ),
        }
    )
