"""stdout and stderr of a command whose readers may go away.

Progress is never worth a search: what stderr cannot take is dropped. Results are what a command is
for: what stdout cannot take is an error, and said once.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

CLOSED = 128 + getattr(signal, "SIGPIPE", 13)
"""Exit code of a command whose reader went away, as a shell has it."""


class OutputLost(Exception):
    """stdout took no more.

    Args:
        error: What the system said.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.is_closed = error.errno in (errno.EPIPE, errno.EIO)  # a pipe, a terminal
        self.reason = error.strerror or str(error)

    @property
    def code(self) -> int:
        """The exit code."""
        return CLOSED if self.is_closed else 1


class Stream:
    """A text stream that stands for another one.

    Args:
        stream: The other one.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._is_lost = False

    def __getattr__(self, name: str) -> Any:
        """Return what the other stream has under that name."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text, or lose it."""
        if not self._is_lost:
            try:
                return int(self._stream.write(text))
            except OSError as error:
                self._lose(error)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, or lose them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write what was kept back, or lose it."""
        if not self._is_lost:
            try:
                self._stream.flush()
            except OSError as error:
                self._lose(error)

    def _lose(self, error: OSError) -> None:
        self._is_lost = True
        with suppress(OSError, ValueError):  # what is kept back goes there when Python ends
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._stream.fileno())
            os.close(nothing)


class Progress(Stream):
    """A stream that is written to as long as somebody takes it."""


class Results(Stream):
    """A stream that says when nobody takes it.

    Raises:
        OutputLost: At the first text that is lost.
    """

    def _lose(self, error: OSError) -> None:
        super()._lose(error)
        raise OutputLost(error) from error


@contextmanager
def guarded_streams() -> Iterator[None]:
    """Stand before stdout and stderr of this process."""
    before = sys.stdout, sys.stderr
    for stream in before:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.stdout, sys.stderr = Results(before[0]), Progress(before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
