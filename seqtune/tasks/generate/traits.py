"""What a language model watches for drift: pieces of text, by what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from seqtune.data.drift.sample import Numbers, Samples
from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.tasks._values import Context
from seqtune.tasks.generate.corpus import documents_of
from seqtune.tasks.generate.prepared import Prepared

PIECE = 1_000
"""Characters of a piece; pieces stand in the order of the text, and hang on each other."""

MOST_PIECES = 1_000
"""So many pieces are compared: of more, some at equal distances."""

MOST_LOOKED_UP = 5_000_000
"""Characters of the text of a run in which new pieces are looked for; what it knows is left out."""

SNIPPET = slice(400, 460)
"""The characters of a piece that are looked for."""

MEASURES = {
    "letters": str.isalpha,
    "capitals": str.isupper,
    "digits": str.isdigit,
    "blanks": str.isspace,
}
"""Shares of the characters of a piece."""


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the text that the run was fitted on."""
    text = prepared.source_text("test")
    return _traits(prepared, list(_pieces(text, sum(prepared.codec.characters))))


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return what is watched of new text; pieces that the run has read are left out."""
    corpus = documents_of(source, prepared.codec.column or "auto", silent)
    blocks = (block for each in corpus.documents for block in each.blocks())
    pieces = list(_pieces(blocks, corpus.characters))
    unread = pieces
    if sum(prepared.codec.characters) <= MOST_LOOKED_UP:
        read = "".join(prepared.source_text("test"))
        unread = [each for each in pieces if each[SNIPPET] not in read]
    return _traits(prepared, unread or pieces)


def _traits(prepared: Prepared, pieces: Sequence[str]) -> Samples:
    kind = next(iter(prepared.codec.tokens))
    tokens = prepared.codec.tokens[kind]
    steps = np.arange(len(pieces))
    found = {
        f"text: {name}": [sum(map(is_so, piece)) / len(piece) for piece in pieces]
        for name, is_so in MEASURES.items()
    }
    found["text: unknown characters"] = [
        len(tokens.unknown_in(piece.replace("\ufffd", ""))) / len(piece) for piece in pieces
    ]
    return {name: Numbers(np.array(values), steps) for name, values in found.items()}


def _pieces(blocks: Iterable[str], characters: int) -> Iterator[str]:
    """Yield pieces of a text at equal distances; all of it where it is shorter than one.

    Args:
        blocks: The text.
        characters: About how many it has.
    """
    apart = max(1, characters // (PIECE * MOST_PIECES))
    held, number = "", 0
    for block in blocks:
        held += block
        whole = len(held) // PIECE
        for place in range(whole):
            if (number + place) % apart == 0:
                yield held[place * PIECE : (place + 1) * PIECE]
        held, number = held[whole * PIECE :], number + whole
    if held and not number:
        yield held
