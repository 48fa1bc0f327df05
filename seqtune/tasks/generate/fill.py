"""The likeliest words for a gap, by a model that reads from both sides."""

from __future__ import annotations

import re
from typing import Protocol

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.errors import UsageError
from seqtune.tasks.generate.inference import Floats
from seqtune.tasks.generate.next_words import NextWord

GAP = re.compile("_{3,}")
"""A gap is written as three underscores, or more."""

EXAMPLE = "--fill 'Once upon a ___ there was a king'"


class Filler(Protocol):
    """A model that predicts a token from what stands on both sides of it."""

    @property
    def tokens(self) -> Tokenizer:
        """Its vocabulary."""

    def gap(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        """Return the logits of the one token that stands between two texts, (vocabulary,).

        Args:
            left: (tokens,) ids before it, from the beginning of a document.
            right: (tokens,) ids after it.
        """


def sides(text: str) -> tuple[str, str]:
    """Return what stands before and after the gap of a text.

    Raises:
        UsageError: It has no gap, or several, or one that is not a whole word.

    Example:
        >>> sides("a ___ tale")
        ('a ', ' tale')
    """
    parts = GAP.split(text)
    if len(parts) != 2:
        found = "no gap" if len(parts) == 1 else f"{len(parts) - 1} gaps"
        raise UsageError(f"{found} in {text!r}; expected one, written ___", EXAMPLE)
    left, right = parts
    if left[-1:].isalnum() or right[:1].isalnum():
        raise UsageError(f"the gap in {text!r} is only a part of a word", EXAMPLE)
    return left, right


def fill_gap(filler: Filler, text: str, most: int = 10) -> list[NextWord]:
    """Return the likeliest words for a gap, the likeliest first.

    Args:
        filler: The model; its tokens are words, or parts of words of which those are ranked that
            are whole words.
        text: A text with one gap, written `___`.
        most: How many words to return at most.

    Raises:
        UsageError: The text has not just one gap, or no word is asked for.
    """
    if most < 1:
        raise UsageError(f"{most} words; expected at least 1", "--top 10")
    left, right = sides(text)
    blank = " " if left.endswith(" ") else ""  # a word brings the blank before it
    encode = filler.tokens.encode
    return words_between(filler, encode(left.removesuffix(" ")), encode(right), blank, most)


def words_between(
    filler: Filler, left: npt.ArrayLike, right: npt.ArrayLike, blank: str, most: int
) -> list[NextWord]:
    """Return the likeliest words between tokens, the likeliest first.

    Args:
        filler: The model.
        left: (tokens,) ids before the word.
        right: (tokens,) ids after it.
        blank: What stands before the word and is part of its token: a blank, or nothing.
        most: How many words to return at most.
    """
    logits = filler.gap(left, right)
    powers = np.exp(np.asarray(logits, np.float64) - np.max(logits))
    probabilities = powers / powers.sum()
    found: list[NextWord] = []
    for place in np.argsort(-probabilities, kind="stable").tolist():
        word = word_of(filler.tokens.spellings[place], blank)
        if word and len(found) < most:
            found.append(NextWord(word, float(probabilities[place])))
    return found


def word_of(spelling: bytes, blank: str) -> str:
    """Return the word that a token is after such a blank; "" where it is none."""
    text = spelling.decode("utf-8", "replace")
    rest = text.removeprefix(blank)
    is_word = text.startswith(blank) and rest[:1].isalnum() and rest[-1:].isalnum()
    return rest if is_word else ""
