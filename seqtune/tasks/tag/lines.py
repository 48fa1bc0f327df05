"""Lines of stdin as sentences, and sentences as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from seqtune.data.reading.sentences.word_places import word_places
from seqtune.tasks.tag.codec import Codec


def tokens_of_line(codec: Codec, line: str) -> list[str]:
    """Return the tokens of a line.

    What stands between blanks is a token where training knows it; else punctuation at its ends is
    split off, as in a text that nobody has cut into tokens.

    Args:
        codec: Knows words.
        line: As it was typed.
    """
    lexicon = codec.lexicon
    assert lexicon is not None
    known = lexicon.numbers
    tokens: list[str] = []
    for piece in line.split():
        if (piece.lower() if lexicon.lower else piece) in known:
            tokens.append(piece)
        else:
            tokens += [piece[begin:end] for begin, end in word_places(piece)]
    return tokens


def by_line(
    table: pd.DataFrame, sentences: Sequence[Sequence[str]], token: str
) -> list[list[Mapping[str, Any]]]:
    """Return a record for each sentence, from the rows of its tokens.

    Args:
        table: A row per token, with `tag` and `confidence`.
        sentences: The tokens of each.
        token: What the tokens are called.
    """
    tags, sureness = table["tag"].tolist(), table["confidence"].tolist()
    records: list[list[Mapping[str, Any]]] = []
    begin = 0
    for tokens in sentences:
        end = begin + len(tokens)
        record = {token: [*tokens], "tag": tags[begin:end], "confidence": sureness[begin:end]}
        records.append([record])
        begin = end
    return records
