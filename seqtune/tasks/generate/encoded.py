"""Text to be predicted token by token: a part of the run's own, or new documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source
from seqtune.data.reading.texts import TextSource
from seqtune.data.text.blocks import rejoined
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, silent
from seqtune.tasks._values import Context
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.corpus import Corpus
from seqtune.tasks.generate.documents import documents_of
from seqtune.tasks.generate.event_corpus import steps_in

CHARACTERS, STEPS = "characters", "steps"
"""What texts, and what music and events are counted in."""

Array = npt.NDArray[Any]
Stretch = tuple[Array, int, int]
"""Tokens, the first that is predicted, and the one after the last."""


@dataclass(frozen=True)
class EncodedText:
    """A text as tokens of any kind; a kind that nobody asks for is not encoded.

    Args:
        tokens: From a kind of token to the ids, the first that is predicted, and the end.
        size: Characters, or tokens, that are predicted about; of events, steps.
        unit: What is counted: characters, or steps.
        corpus: The documents, where they are new.
        source: Where these stand.
    """

    tokens: Callable[[str], Stretch]
    size: int
    unit: str = CHARACTERS
    corpus: Corpus | None = None
    source: Source | None = None
    _kept: dict[str, Stretch] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.size

    def of(self, kind: str) -> Stretch:
        """Return ids (tokens,), the first that is predicted, and the end."""
        if kind not in self._kept:
            self._kept[kind] = self.tokens(kind)
        return self._kept[kind]

    @property
    def kinds(self) -> list[str]:
        """The kinds of token that were asked for, the first one first."""
        return list(self._kept)

    def predicted(self, kind: str) -> Array:
        """Return the ids that are predicted, (tokens,)."""
        ids, begin, end = self.of(kind)
        return ids[begin:end]

    def where(self, number: int, text: str, place: int) -> str:
        """Return where a character of a document stands: file:line, or which document."""
        if isinstance(self.source, TextSource) and self.corpus is not None:
            path = getattr(self.corpus.documents[number], "path", self.source.path)
            return f"{path}:{text.count(chr(10), 0, place) + 1}"
        return f"document {number + 1}"


def new_text(codec: Codec, source: Source, context: Context) -> EncodedText:
    """Read new documents.

    Args:
        codec: The vocabularies.
        source: Text files, or a table with the column of texts that the run was fitted on.
        context: Not used: nothing is repaired in a text.

    Raises:
        DataError: There is no text.
    """
    corpus = documents_of(source, codec.columns, silent)

    def tokens(kind: str) -> Stretch:
        ids = joined(corpus, codec.tokens[kind])
        return ids, 1, len(ids)

    if corpus.layout:
        return EncodedText(tokens, steps_in(corpus), STEPS, corpus, source)
    return EncodedText(tokens, corpus.characters, CHARACTERS, corpus, source)


def in_units(advance: Advance, units: int, tokens: int) -> Advance:
    """Return what hears of tokens that are done, and tells of as many characters or steps."""
    done = 0

    def add(count: int) -> None:
        nonlocal done
        before = done * units // max(1, tokens)
        done = min(done + count, tokens)
        advance(done * units // max(1, tokens) - before)

    return add


def joined(corpus: Corpus, tokens: Tokenizer) -> Array:
    """Return the tokens of all documents, `END` before each, (tokens,)."""
    parts: list[Array] = []
    for document in corpus.documents:
        parts.append(np.array([END], np.int32))
        parts += [tokens.encode(piece) for piece in rejoined(document.blocks())]
    return np.concatenate(parts)
