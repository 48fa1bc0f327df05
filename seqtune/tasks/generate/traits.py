"""What a language model watches for drift: pieces of text, by what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from seqtune.data.drift.sample import Numbers, Samples
from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.tasks._values import Context
from seqtune.tasks.generate.corpus import documents_of
from seqtune.tasks.generate.prepared import Prepared

PIECE = 1_000
"""Characters of a piece; pieces stand in the order of the text, and hang on each other."""

MOST_PIECES = 5_000

MEASURES = {
    "letters": str.isalpha,
    "capitals": str.isupper,
    "digits": str.isdigit,
    "blanks": str.isspace,
}
"""Shares of the characters of a piece."""


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the text that the run was fitted on."""
    return _traits(prepared, prepared.source_text("test"))


def new(prepared: Prepared, source: Source, context: Context) -> Samples:
    """Return what is watched of new text."""
    corpus = documents_of(source, prepared.codec.column or "auto", silent)
    return _traits(prepared, (block for each in corpus.documents for block in each.blocks()))


def _traits(prepared: Prepared, blocks: Iterable[str]) -> Samples:
    kind = next(iter(prepared.codec.tokens))
    tokens = prepared.codec.tokens[kind]
    pieces = list(_pieces(blocks))
    steps = np.arange(len(pieces))
    found = {
        f"text: {name}": [sum(map(is_so, piece)) / len(piece) for piece in pieces]
        for name, is_so in MEASURES.items()
    }
    found["text: unknown characters"] = [
        len(tokens.unknown_in(piece.replace("\ufffd", ""))) / len(piece) for piece in pieces
    ]
    return {name: Numbers(np.array(values), steps) for name, values in found.items()}


def _pieces(blocks: Iterable[str]) -> Iterator[str]:
    """Yield whole pieces of a text, so many at most; what is left is one where it is the only."""
    held, count = "", 0
    for block in blocks:
        held += block
        while len(held) >= PIECE and count < MOST_PIECES:
            yield held[:PIECE]
            held, count = held[PIECE:], count + 1
        if count >= MOST_PIECES:
            return
    if held and not count:
        yield held
