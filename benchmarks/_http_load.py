"""Clients of a server, as light as can be: raw HTTP/1.1 over connections that stay open."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shot:
    """A request, and what must come back.

    Args:
        request: All its bytes.
        check: From status and body to whether they are right.
    """

    request: bytes
    check: Callable[[int, bytes], bool]


@dataclass
class Outcome:
    """What came of a load.

    Args:
        seconds: Of each request that was answered, in the order of the answers.
        statuses: How often each status came; 0 is a connection that was lost.
        wrong: How many answers were not what they must be.
        first_wrong: The first of them.
        took: Seconds of the whole load.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    first_wrong: str = ""
    took: float = 0.0

    def percentile(self, share: float) -> float:
        """Return the seconds within which a share of the requests was answered."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


def request_bytes(path: str, body: bytes, media: str, token: str = "") -> bytes:
    """Return a POST as it goes over the wire."""
    access = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\n{access}Content-Type: {media}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(
    host: str, port: int, next_shot: Callable[[], Shot | None], connections: int
) -> Outcome:
    """Send requests over so many connections, each the next one when the last is answered.

    Args:
        host: The server.
        port: Its port.
        next_shot: Gives the next request; None when there is none left.
        connections: How many at a time.
    """
    outcome = Outcome()
    began = time.perf_counter()
    await asyncio.gather(*(_client(host, port, next_shot, outcome) for _ in range(connections)))
    outcome.took = time.perf_counter() - began
    return outcome


async def _client(
    host: str, port: int, next_shot: Callable[[], Shot | None], outcome: Outcome
) -> None:
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 24)
    while (shot := next_shot()) is not None:
        began = time.perf_counter()
        try:
            writer.write(shot.request)
            status, body, stays = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            status, body, stays = 0, b"", False
        outcome.seconds.append(time.perf_counter() - began)
        outcome.statuses[status] += 1
        if not shot.check(status, body):
            outcome.wrong += 1
            outcome.first_wrong = outcome.first_wrong or f"{status}: {body[:300]!r}"
        if not stays:
            writer.close()
            reader, writer = await asyncio.open_connection(host, port, limit=1 << 24)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Return status, body, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    return int(head[9:12]), body, b"connection: close" not in head
