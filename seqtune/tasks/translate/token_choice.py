"""What tokens sources and answers are split into, and their vocabularies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqtune.data.ragged import Ragged
from seqtune.data.text.sequences import Lengths, ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import SYMBOL
from seqtune.progress import Assumption, Listener
from seqtune.tasks.translate.schema import MAX_ANSWER

SAMPLE = 2_000

FEW_WORDS = 1.5
"""Texts of so many words on average are single words, or a script without blanks."""

SHORT, DIGITS = 32, 0.2
"""Short texts of which such a share is digits, as dates are, are spelled too."""

MAX_LENGTH = 400
"""Tokens that are taken where nobody says; longer texts cost more time than they tell."""


def choose_tokens(
    side: str, kind: str, texts: Sequence[str], asked: Any, listener: Listener
) -> tuple[str, ...]:
    """Return the kinds of token among which the search chooses.

    Args:
        side: "source" or "target".
        kind: "text" or "symbols".
        texts: Texts of that side.
        asked: The recipe's value.
        listener: Hears of a guess.
    """
    if kind == "symbols":
        return (SYMBOL,)
    if asked != "auto":
        wanted = asked if isinstance(asked, tuple) else (asked,)
        spelled = tuple(each for each in wanted if each != SYMBOL)
        return spelled or (SYMBOL,)
    taken = ("character",) if is_spelled(texts) else ("word", "subword")
    why = "single words, or short and full of digits" if len(taken) == 1 else "sentences"
    what = f"tokens of {'sources' if side == 'source' else 'answers'}"
    listener(Assumption(what, " or ".join(taken), why, f"--set tokens.{side}=KIND"))
    return taken


def is_spelled(texts: Sequence[str]) -> bool:
    """Say whether texts are best read and written in characters.

    Example:
        >>> is_spelled(["abandon", "aa"]), is_spelled(["3 May 2020"]), is_spelled(["a red bird"])
        (True, True, False)
    """
    sample = texts[:: 1 + len(texts) // SAMPLE]
    words = sum(len(text.split()) for text in sample)
    characters = sum(map(len, sample))
    digits = sum(map(str.isdigit, "".join(sample)))
    is_short = characters <= SHORT * len(sample)
    return words <= FEW_WORDS * len(sample) or (is_short and digits >= DIGITS * characters)


def fit_tokens(
    side: str, kinds: Sequence[str], texts: Sequence[str], settings: Any
) -> tuple[dict[str, Tokenizer], dict[str, int]]:
    """Learn the vocabularies of a side from training texts.

    Words and sub-words of sources are brought to one form (NFKC) and a rare word is unknown. All
    else is exact: answers come back from their tokens as they were, and their rare words are
    spelled in characters.

    Args:
        side: "source" or "target".
        kinds: Kinds of token.
        texts: The training texts.
        settings: The recipe's section `tokens`.

    Returns:
        A tokenizer, and the number of tokens to take at most, by kind.
    """
    tokenizers, longest = {}, {}
    for kind in kinds:
        is_read = side == "source" and kind in ("word", "subword")
        tokenizers[kind] = Tokenizer.fit(
            texts, kind,
            max_tokens=settings.vocabulary,
            min_count=1 if kind == SYMBOL else settings.least_count,
            normalization="nfkc" if is_read else "none",
        )  # fmt: skip
        longest[kind] = settings.longest
        if settings.longest == "auto":
            lengths = tokenizers[kind].encode_batch(texts, None)[0].lengths
            longest[kind] = int(min(lengths.max(), MAX_LENGTH))
    return tokenizers, longest


def without_end(tokens: Ragged, longest: int) -> tuple[Ragged, int]:
    """Cut off what is behind the first `longest` tokens; return also how many were cut."""
    lengths: Lengths = np.minimum(tokens.lengths, longest)
    cut = int((tokens.lengths > longest).sum())
    if not cut:
        return tokens, 0
    short = ragged(np.empty(int(lengths.sum()), np.int32), lengths)
    sequence = np.repeat(np.arange(len(tokens)), lengths)
    position = np.arange(len(short.values)) - short.offsets[sequence]
    return Ragged(tokens.values[tokens.offsets[sequence] + position], short.offsets), cut


def counts_of(tokens: Ragged, size: int) -> tuple[int, ...]:
    """Return how often each id is in answers, (vocabulary,); the end once in each."""
    counts = np.bincount(tokens.values, minlength=size)
    counts[0] = len(tokens)
    return tuple(counts.tolist())


def read_tokenizers(values: Any) -> dict[str, Tokenizer]:
    """Read tokenizers by kind, from a file that may be a stranger's.

    Raises:
        ValueError: They are something else.
    """
    if not isinstance(values, Mapping):
        raise ValueError("its tokenizers are not as they are written")
    found = {str(kind): Tokenizer.from_dict(each) for kind, each in values.items()}
    if any(kind != each.kind for kind, each in found.items()):
        raise ValueError("a tokenizer is of another kind")
    return found


def read_longest(values: Any, kinds: Sequence[str]) -> dict[str, int]:
    """Read how many tokens, or steps, are taken at most, by kind.

    Raises:
        ValueError: They are something else.
    """
    if not isinstance(values, Mapping) or {*values} != {*kinds}:
        raise ValueError("its lengths are not those of its tokens")
    for value in values.values():
        if type(value) is not int or not 1 <= value <= LONGEST:
            raise ValueError(f"a length in it is none, or beyond {LONGEST:,}")
    return dict(values)


LONGEST = max(MAX_ANSWER, 10_000)
"""Tokens or steps that a codec may say at most."""
