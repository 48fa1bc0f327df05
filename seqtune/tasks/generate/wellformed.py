"""Which tokens may be written next: those that training had, and that leave the text UTF-8.

A token of bytes, or of a sub-word, may be a part of a character. A model that has trained for a
minute gives some probability to parts that do not fit together; none of them is ever drawn.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END

Mask = npt.NDArray[np.bool_]


class WellFormed:
    """Says which tokens may follow a text that ends in the middle of a character, or does not.

    Args:
        tokens: The vocabulary.
        counts: (vocabulary,) how often each token is in training; None where that is not known.

    Example:
        >>> tokens = Tokenizer.fit([], "byte", max_tokens=300, min_count=1)
        >>> rule = WellFormed(tokens)
        >>> rest = rule.after(b"", 2 + 0xC3)  # the first byte of "é"
        >>> rule.allowed(rest)[[2 + 0xA9, 2 + ord("a")]].tolist()
        [True, False]
    """

    def __init__(self, tokens: Tokenizer, counts: Sequence[int] | None = None) -> None:
        self._spellings = tokens.spellings
        self._seen = np.ones(tokens.size, np.bool_)
        if counts is not None:
            self._seen = np.asarray(counts) > 0
            self._seen[END] = True
        self._masks: dict[bytes, Mask] = {}
        self._after: dict[tuple[bytes, int], bytes] = {}

    def allowed(self, rest: bytes) -> Mask:
        """Return which tokens may come next, (vocabulary,); all of them where none may.

        Args:
            rest: The bytes of a character that is not complete.
        """
        if rest not in self._masks:
            fits = self._fitting(rest)
            both = fits & self._seen
            self._masks[rest] = both if both.any() else fits if fits.any() else ~fits
        return self._masks[rest]

    def after(self, rest: bytes, token: int) -> bytes:
        """Return the bytes of a character that are waiting once a token was written."""
        key = rest, token
        if key not in self._after:
            self._after[key] = _rest(rest + self._spellings[token]) or b""
        return self._after[key]

    def _fitting(self, rest: bytes) -> Mask:
        """Return which tokens fit what waits, (vocabulary,)."""
        return np.array([self._fits(rest, spelling) for spelling in self._spellings])

    def _fits(self, rest: bytes, spelling: bytes) -> bool:
        return _rest(rest + spelling) is not None if spelling else not rest


def _rest(text: bytes) -> bytes | None:
    """Return the bytes of an incomplete character at the end; None where a text is no UTF-8."""
    decoder = getincrementaldecoder("utf-8")("strict")
    try:
        decoder.decode(text)
    except UnicodeDecodeError:
        return None
    rest = decoder.getstate()[0]
    is_surrogate = len(rest) > 1 and rest[0] == 0xED and rest[1] >= 0xA0  # Python waits for more
    return None if is_surrogate else rest
