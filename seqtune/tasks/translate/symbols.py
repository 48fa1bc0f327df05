"""Whether texts are symbols with blanks between: phones, notes, amino acids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqtune.data.reading.source import Source
from seqtune.progress import Assumption, Listener

SAMPLE = 2_000
"""Texts that are looked at."""

SEVERAL_SHARE = 0.8
"""So many of the texts have two symbols or more."""

MAX_DIFFERENT = 300
"""Different symbols; a language has more words."""

MAX_MEAN_LENGTH, MAX_LENGTH = 3.0, 5
"""Characters of a symbol on average, and of nearly all; words are longer."""

FEW = 0.02
"""Up to such a share counts as none."""

NUMBER = re.compile(r"\d\d")

MIN_REPEATS = 3
"""How often a symbol occurs on average."""


def are_symbols(texts: Sequence[str]) -> bool:
    """Say whether texts are symbols with blanks between.

    Args:
        texts: Any; empty ones do not count.

    Example:
        >>> are_symbols(["a b ɑ̃", "b a", "a b a b"]), are_symbols(["a red bird", "a red cat"])
        (True, False)
    """
    step = 1 + len(texts) // SAMPLE
    split = [symbols for symbols in (text.split() for text in texts[::step]) if symbols]
    every = [symbol for symbols in split for symbol in symbols]
    if not every:
        return False
    long = sum(len(symbol) > MAX_LENGTH for symbol in every)
    numbers = sum(NUMBER.search(symbol) is not None for symbol in every) / len(every)
    several = sum(len(symbols) > 1 for symbols in split)
    different = len(set(every))
    return (
        long <= FEW * len(every)
        and (numbers <= FEW or numbers >= 1 - FEW)  # a date has both, notes may all be numbers
        and several >= SEVERAL_SHARE * len(split)
        and different <= MAX_DIFFERENT
        and MIN_REPEATS * different <= len(every)
        and sum(map(len, every)) <= MAX_MEAN_LENGTH * len(every)
    )


def kind_of_texts(source: Source, name: str, asked: str, key: str, listener: Listener) -> str:
    """Return whether a column holds "text" or "symbols".

    Args:
        source: The table.
        name: The column.
        asked: The recipe's value.
        key: Its key.
        listener: Hears of a guess.
    """
    if asked != "auto":
        return asked
    if not are_symbols(source.texts(name)):
        return "text"
    why = "few different signs, with blanks between"
    listener(Assumption(f"tokens of {name}", "symbols", why, f"--set {key}=text"))
    return "symbols"
