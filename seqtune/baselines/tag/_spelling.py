"""Different tokens, and what their spelling tells: endings, beginnings, capitals, digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from seqtune.baselines.method import Integers

LONGEST = 100
"""Characters of a token that are looked at."""


def different(tokens: Sequence[str]) -> tuple[list[str], Integers]:
    """Return the different tokens, in the order of their first positions, and who has which.

    Args:
        tokens: (positions,).

    Returns:
        The tokens, (types,), and the number of each position's, (positions,) int64.
    """
    codes, types = pd.factorize(np.array([*tokens, ""], dtype=object)[:-1])
    return [str(each) for each in types], np.asarray(codes, np.int64)


def shape(token: str) -> str:
    """Say how a token is written: kinds of characters, each run of one kind once.

    Example:
        >>> [shape(token) for token in ("Bonn", "iPhone", "3.14", "U.S.", "...", "ja")]
        ['Xx', 'xXx', '0.0', 'X.X.', '.', 'x']
    """
    kinds: list[str] = []
    for character in token[:LONGEST]:
        kind = (
            "0" if character.isdigit()
            else "X" if character.isupper()
            else "x" if character.isalpha()
            else character
        )  # fmt: skip
        if not kinds or kinds[-1] != kind:
            kinds.append(kind)
    return "".join(kinds)


class Numbering:
    """Numbers texts in the order in which they are first seen; what is new later is -1.

    Args:
        texts: What is numbered.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, texts: Iterable[str]) -> Integers:
        """Return (texts,) the number of each, -1 for one that is not known."""
        return np.array([self.numbers.get(text, -1) for text in texts], np.int64)
