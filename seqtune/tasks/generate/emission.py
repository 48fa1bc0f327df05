"""Text that comes piece by piece: shown as soon as it is certain, ended by a stop text.

A token may be a part of a character (bytes), and a stop text may reach over several tokens. So
bytes wait until they are a character, and text waits as long as it may be the beginning of a stop
text.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence

from seqtune.errors import UsageError


class Emission:
    """Bytes in, text out.

    Args:
        stops: Texts before which the text ends; they are not part of it.
        length: Characters at most; None for no end.
        steps: Steps at most, where the pieces are of events; None for no end.

    Raises:
        UsageError: A stop text is empty, or the length is below 1.

    Example:
        >>> text = Emission(stops=["END"])
        >>> [text.push(piece) for piece in (b"Be", b"st E", b"vEN", b"D of")]
        ['Be', 'st ', 'Ev', '']
        >>> text.is_over
        True
    """

    def __init__(
        self, stops: Sequence[str] = (), length: int | None = None, steps: int | None = None
    ) -> None:
        if "" in stops:
            raise UsageError("found an empty --stop; expected some text", r'--stop "THE END"')
        if length is not None and length < 1:
            raise UsageError(f"a length of {length}; expected at least 1 character", "--length 200")
        self.stops = tuple(stops)
        self.length, self.steps = length, steps
        self.emitted, self._done = 0, 0.0
        self.is_over = False
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._waiting = ""

    @property
    def is_long(self) -> bool:
        """Whether it ended because it was long enough."""
        if self.steps is not None:
            return round(self._done, 6) >= self.steps
        return self.emitted == self.length

    def push(self, piece: bytes, steps: float = 0.0) -> str:
        """Take the bytes of one token; return the text that is now certain.

        Bytes that can be no character become U+FFFD.

        Args:
            piece: The bytes.
            steps: How many steps of events they are.
        """
        text = self._take(self._decoder.decode(piece))
        self._done += steps
        if self.steps is not None and self.is_long:
            text += self.finish()
        return text

    def finish(self) -> str:
        """Return what still waited, where no token follows; half a character becomes U+FFFD."""
        text = self._take(self._decoder.decode(b"", final=True))
        if not self.is_over:
            text += self._emit(self._waiting)
        self._waiting, self.is_over = "", True
        return text

    def _take(self, text: str) -> str:
        if self.is_over:
            return ""
        self._waiting += text
        place = self._first_stop()
        if place is not None:
            certain, self._waiting, is_stopped = self._waiting[:place], "", True
        else:
            keep = self._beginning_of_stop()
            cut = len(self._waiting) - keep
            certain, self._waiting, is_stopped = self._waiting[:cut], self._waiting[cut:], False
        certain = self._emit(certain)
        self.is_over = self.is_over or is_stopped
        return certain

    def _emit(self, text: str) -> str:
        """Count what goes out, and cut it where the length is reached."""
        if self.length is not None:
            text = text[: self.length - self.emitted]
        self.emitted += len(text)
        self.is_over = self.emitted == self.length
        return text

    def _first_stop(self) -> int | None:
        """Return where the stop text begins that is complete first; None without one."""
        found = [
            (place + len(stop), place)
            for stop in self.stops
            if (place := self._waiting.find(stop)) >= 0
        ]
        return min(found)[1] if found else None

    def _beginning_of_stop(self) -> int:
        """Return how many characters at the end may be the beginning of a stop text."""
        return max(
            (
                size
                for stop in self.stops
                for size in range(1, min(len(stop), len(self._waiting) + 1))
                if self._waiting.endswith(stop[:size])
            ),
            default=0,
        )
