"""The protocol of a connection: uvicorn's, impatient and thrifty.

A client that never finishes the headers of a request is let go, for which uvicorn waits for ever.
The headers and the body of a small answer leave in one packet, not in two. Where httptools is
installed it reads requests, in half the time.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

HEADER_BYTES = 16 << 10
"""Bytes of the first line and the headers of a request at most."""

if find_spec("httptools"):
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Protocol(HttpToolsProtocol):
        """Reads requests by httptools, which has no limit for headers of its own."""

        head_bytes = -1

        def data_received(self, data: bytes) -> None:
            """Refuse a head that has grown too long before it is complete."""
            is_going_on = self.head_bytes >= 0  # not what came in front of it, in the same packet
            super().data_received(data)
            if is_going_on and self.head_bytes >= 0:
                self.head_bytes += len(data)
                if self.head_bytes > HEADER_BYTES and not self.transport.is_closing():
                    self.send_400_response("The headers are too long.")

        def on_message_begin(self) -> None:
            """Begin to count."""
            super().on_message_begin()
            self.head_bytes = 0

        def on_header(self, name: bytes, value: bytes) -> None:
            """Drop what comes behind a body: it would be kept, however long."""
            if self.head_bytes >= 0:
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            """Refuse a head that came at once and is too long; httptools hands that on."""
            self.head_bytes = -1
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > HEADER_BYTES:
                raise ValueError(f"found {size:,} bytes of headers")
            super().on_headers_complete()

else:
    from uvicorn.protocols.http.h11_impl import H11Protocol as Protocol  # type: ignore[assignment]

IDLE_SECONDS = 15.0
"""So long a connection may go without finishing the headers of a request, or without taking more of
an answer."""


class CorkedTransport:
    """A transport that sends at once what is written in one turn of the loop.

    Args:
        transport: The transport.
        loop: The loop.
    """

    def __init__(self, transport: Any, loop: Any) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Return what the transport has under that name."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data when this turn of the loop is over."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        """Send what is left, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            data, self._parts = b"".join(self._parts), []
            self._transport.write(data)


class ImpatientProtocol(Protocol):
    """Closes connections that send no request, or take nothing of their answer."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(CorkedTransport(transport, self.loop))  # type: ignore[arg-type]
        self._last: Any = None
        self._look_again()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._idle_timer.cancel()
        super().connection_lost(exc)

    def _look_again(self) -> None:
        self._idle_timer = self.loop.call_later(IDLE_SECONDS, self._look)

    def _look(self) -> None:
        mark = (self.cycle, self.transport.get_write_buffer_size())
        waits = self.cycle is None or self.cycle.response_complete or self.flow.write_paused
        if waits and mark == self._last:  # nothing came, and nothing was taken
            self.transport.abort()
            return
        self._last = mark
        self._look_again()
