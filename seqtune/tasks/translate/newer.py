"""A run that is fitted again: the newest cases are held out, and the earlier run answers them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.recipe.load import Recipe
from seqtune.tasks._newer_rows import changed, drawn_at_random, places_in
from seqtune.tasks._values import Context, KnownRows, Staged
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.codec import SERIES, Codec
from seqtune.tasks.translate.encoded import Inputs
from seqtune.tasks.translate.new_pairs import new_sources
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.scoring import score_cases


def staged(
    prepared: Prepared, newer: Prepared, source: Source, known: KnownRows, context: Context
) -> Staged:
    """Return the cases of the test part as the earlier run reads them."""
    part, codec = newer.encoded("test"), prepared.codec
    every = new_sources(codec, source, context)
    places = places_in(every.lines, part.lines)

    def chosen(name: str) -> Ragged:
        channels = codec.channels if name == SERIES else None
        return Ragged.from_list(every.inputs[name].select(places), channels)

    def plain() -> list[object]:
        sources = every.plain()
        return [sources[place] for place in places.tolist()]

    encoded = replace(
        part,
        inputs=Inputs(codec.source_names, chosen),
        decoding=codec.decoding,
        plain=plain,
    )
    return Staged(
        encoded,
        known(np.asarray(part.lines)),
        lambda made: score_cases(part, Answers.from_array(made)),
    )


def unlike(prepared: Prepared, newer: Prepared, recipe: Recipe) -> str:
    """Say why no network goes on from the weights of an earlier one."""
    one, two = prepared.codec, newer.codec
    return drawn_at_random(recipe) or changed(
        {
            "the channels": (one.roles.channels, two.roles.channels),
            "the categories": (one.categories, two.categories),
            "the vocabulary": (_words(one), _words(two)),
        }
    )


def _words(codec: Codec) -> object:
    return {
        side: {kind: each.to_dict() for kind, each in kinds.items()}
        for side, kinds in codec.tokenizers.items()
    }
