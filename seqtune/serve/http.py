"""Bodies in and answers out, straight on ASGI: small requests pay for nothing in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from seqtune.serve.exchange import Answer
from seqtune.serve.problem import Problem

CLOSES = (("connection", "close"),)
"""Tells that no further request is read from a connection whose body was not."""

SAFE = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
"""Headers of every answer."""

_SAFE = [(name.encode(), value.encode()) for name, value in SAFE.items()]


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """Return a header of a request; empty where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


async def read_body(scope: Mapping[str, Any], receive: Any, most: int, seconds: float) -> bytes:
    """Return the body of a request.

    Args:
        scope: The request.
        receive: Gives the next part of it.
        most: Bytes at most.
        seconds: So long it may take to arrive.

    Raises:
        Problem: It is too large (413), or too slow (408), or the client is gone (400).
    """
    length = header(scope, b"content-length")
    if length.isdecimal() and (len(length) > 18 or int(length) > most):
        raise _too_large(most)
    message = await _wait(receive, seconds)
    if message["type"] == "http.request" and not message.get("more_body"):
        return _checked(message.get("body", b""), most)
    loop = asyncio.get_running_loop()
    until, parts, size = loop.time() + seconds, [], 0
    while True:
        if message["type"] == "http.disconnect":
            raise Problem(400, "the client went away", headers=CLOSES)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _too_large(most)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await _wait(receive, until - loop.time())


async def _wait(receive: Any, seconds: float) -> Any:
    try:
        return await asyncio.wait_for(receive(), seconds)
    except asyncio.TimeoutError:
        raise Problem(408, "the body of the request is too slow", headers=CLOSES) from None


def _checked(body: bytes, most: int) -> bytes:
    if len(body) > most:
        raise _too_large(most)
    return body


def _too_large(most: int) -> Problem:
    return Problem(413, f"the body has more than {most:,} bytes", headers=CLOSES)


async def send_answer(send: Any, answer: Answer) -> None:
    """Send an answer as a whole."""
    await send_start(send, answer.status, answer.media, answer.headers, len(answer.body))
    await send({"type": "http.response.body", "body": answer.body})


async def send_start(
    send: Any,
    status: int,
    media: str,
    headers: Iterable[tuple[str, str]] = (),
    length: int | None = None,
) -> None:
    """Send the status and the headers of an answer.

    Args:
        send: Sends a part.
        status: The status code.
        media: The media type of the body.
        headers: Further headers.
        length: Bytes of the body; None where they are not known yet.
    """
    found = [(b"content-type", media.encode()), *_SAFE]
    if length is not None:
        found.append((b"content-length", str(length).encode()))
    found += [(key.encode(), value.encode("latin-1", "replace")) for key, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": found})
