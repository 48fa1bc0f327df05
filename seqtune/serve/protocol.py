"""The protocol of a connection: uvicorn's, with an end for clients that never send a request."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

IDLE_SECONDS = 15.0
"""So long a connection may go without finishing the headers of a request."""


def protocol_class() -> type[Any]:
    """Return the protocol: over httptools where it is installed, which takes half the time."""
    if find_spec("httptools"):
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Protocol
    else:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Protocol  # type: ignore[assignment]

    class ImpatientProtocol(Protocol):
        """Closes connections that send no request; uvicorn waits for their headers for ever."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._last_cycle: Any = None
            self._look_again()

        def connection_lost(self, exc: Exception | None) -> None:
            self._idle_timer.cancel()
            super().connection_lost(exc)

        def _look_again(self) -> None:
            self._idle_timer = self.loop.call_later(IDLE_SECONDS, self._look)

        def _look(self) -> None:
            is_done = self.cycle is None or self.cycle.response_complete
            if is_done and self.cycle is self._last_cycle:
                self.transport.close()
                return
            self._last_cycle = self.cycle
            self._look_again()

    return ImpatientProtocol
