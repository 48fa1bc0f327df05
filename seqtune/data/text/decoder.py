"""Text from tokens, as it comes."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Decoder:
    """Turns one id after the other into text; characters come when their last byte is there.

    Args:
        spellings: The bytes of each id.
    """

    def __init__(self, spellings: Sequence[bytes]) -> None:
        self._spellings = spellings
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, token: int) -> str:
        """Return the text that a token completes."""
        return self._decoder.decode(self._spellings[int(token)])

    def flush(self) -> str:
        """Return what is left: U+FFFD for half a character."""
        return self._decoder.decode(b"", True)
