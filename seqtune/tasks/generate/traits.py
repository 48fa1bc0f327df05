"""What a language model watches for drift: pieces of text, by what they are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.sample import Numbers, Sample, Samples, Words
from seqtune.data.reading.source import Source
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, SPECIALS, SYMBOL
from seqtune.progress import silent
from seqtune.tasks._values import Context
from seqtune.tasks.generate.documents import documents_of
from seqtune.tasks.generate.encoded import joined
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.step_tokens import units_of

PIECE = 1_000
"""Characters of a piece; pieces stand in the order of the text, and hang on each other."""

MOST_PIECES = 1_000
"""So many pieces are compared: of more, some at equal distances."""

MOST_LOOKED_UP = 5_000_000
"""Characters of the text of a run in which new pieces are looked for; what it knows is left out."""

SNIPPET = slice(400, 460)
"""The characters of a piece that are looked for."""

SENTENCE = 100
"""About so many characters hang on each other."""

LACKING = "\ufffd"
"""What a character is written as that the vocabulary of a run lacks."""

MEASURES = {
    "letters": str.isalpha,
    "capitals": str.isupper,
    "digits": str.isdigit,
    "blanks": str.isspace,
}
"""Shares of the characters of a piece."""


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the text that the run was fitted on."""
    if prepared.codec.is_of_events:
        return _of_events(prepared.codec.tokens[SYMBOL], prepared.until(SYMBOL, "test"))
    text = prepared.source_text("test")
    pieces = list(_pieces(text, sum(prepared.codec.characters)))
    counts = Counter("".join(pieces))
    # of the held-out parts: how often new characters are usual
    lacking = {f"{LACKING} {number}": 1 for number in range(counts.pop(LACKING, 0))}
    return _traits(pieces, {**counts, **lacking})


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return what is watched of new text; pieces that the run has read are left out."""
    corpus = documents_of(source, prepared.codec.columns, silent)
    if prepared.codec.is_of_events:
        tokens = prepared.codec.tokens[SYMBOL]
        return _of_events(tokens, joined(corpus, tokens))
    blocks = (block for each in corpus.documents for block in each.blocks())
    pieces = list(_pieces(blocks, corpus.characters))
    unread = pieces
    if sum(prepared.codec.characters) <= MOST_LOOKED_UP:
        read = "".join(prepared.source_text("test"))
        unread = [each for each in pieces if each[SNIPPET] not in read]
    chosen = unread or pieces
    return _traits(chosen, Counter("".join(chosen)))


def _of_events(tokens: Tokenizer, ids: npt.NDArray[Any]) -> Samples:
    """Return what is watched of events: how often each occurs."""
    counts = np.bincount(ids, minlength=tokens.size).tolist()
    named = dict(zip(tokens.words(), counts, strict=True))
    found = {name: number for name, number in named.items() if number and name != SPECIALS[END]}
    return {"events": Words(found, max(1, round(float(units_of(tokens, ids).sum()))))}


def _traits(pieces: Sequence[str], characters: Mapping[str, int]) -> Samples:
    """Return what is watched of pieces of a text, and of how often each character occurs."""
    steps = np.arange(len(pieces))
    found: dict[str, Sample] = {
        f"text: {name}": Numbers(
            np.array([sum(map(is_so, piece)) / len(piece) for piece in pieces]), steps
        )
        for name, is_so in MEASURES.items()
    }
    sentences = max(1, sum(characters.values()) // SENTENCE)
    return {**found, "text: characters": Words(characters, sentences)}


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
