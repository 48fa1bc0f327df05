"""Text from tokens, as it comes."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence


class Decoder:
    """Turns one id after the other into text; characters come when their last byte is there.

    Args:
        spellings: The bytes of each id.
        between: What stands between two ids that have a spelling.
    """

    def __init__(self, spellings: Sequence[bytes], between: str = "") -> None:
        self._spellings, self._between, self._before = spellings, between, ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, token: int) -> str:
        """Return the text that a token completes."""
        text = self._decoder.decode(self._spellings[int(token)])
        before = self._before if text else ""
        self._before = self._between if text else self._before
        return before + text

    def feed_all(self, tokens: Iterable[int]) -> str:
        """Return the text that tokens complete, one after the other."""
        if self._between:
            return "".join(map(self.feed, tokens))
        spellings = self._spellings
        return self._decoder.decode(b"".join([spellings[token] for token in tokens]))

    def flush(self) -> str:
        """Return what is left: U+FFFD for half a character."""
        return self._decoder.decode(b"", True)
