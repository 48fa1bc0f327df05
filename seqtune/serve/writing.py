"""`POST …/generate` and the like: text piece by piece, as server-sent events.

Source:
    https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from seqtune.serve.access import admit
from seqtune.serve.exchange import Answer
from seqtune.serve.http import header, read_body, send_answer, send_start
from seqtune.serve.log import log_fault
from seqtune.serve.media import JSON
from seqtune.serve.metrics import ServerMetrics
from seqtune.serve.predicting import ACCEPT, TYPE
from seqtune.serve.problem import Problem, failed, too_many
from seqtune.serve.served_model import ServedModel
from seqtune.serve.settings import ServeSettings
from seqtune.tasks._requests import StreamOption

EVENTS = "text/event-stream"

KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}


class Abandoned(Exception):
    """Nobody waits for the rest of a text."""


class Writing:
    """The endpoint of one model that writes, as an ASGI application; one text at a time.

    Args:
        model: The model.
        settings: Limits.
        metrics: Counts the answers.
    """

    def __init__(self, model: ServedModel, settings: ServeSettings, metrics: ServerMetrics) -> None:
        self._model, self._settings, self._metrics = model, settings, metrics
        self._thread = ThreadPoolExecutor(1, "writer")
        self._waiting = 0

    def __len__(self) -> int:
        """Return how many requests wait, or are written."""
        return self._waiting

    def stop(self) -> None:
        """Write no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        began = time.perf_counter()
        status = 200
        try:
            options = await self._options(scope, receive)
            pieces = _Pieces(self._model, options, self._thread, self._settings.timeout_seconds)
            self._waiting += 1
            try:
                if header(scope, ACCEPT).startswith(JSON):
                    await send_answer(send, Answer(200, _json(await pieces.whole())))
                else:
                    await self._stream(send, receive, pieces)
            finally:
                pieces.abandon()
                self._waiting -= 1
        except Problem as problem:
            status = problem.status
            await send_answer(send, Answer.of(problem))
        self._metrics.count(self._model.name, status, time.perf_counter() - began)

    async def _options(self, scope: Any, receive: Any) -> Mapping[str, Any]:
        settings = self._settings
        admit(scope, settings.token, "POST")
        given = header(scope, TYPE).partition(";")[0].strip().lower()
        if given not in ("", JSON):
            raise Problem(415, f"found Content-Type {given[:80]!r}, expected {JSON}")
        body = await read_body(scope, receive, settings.max_body_bytes, settings.body_seconds)
        options = read_options(body, self._model.options)
        if self._waiting >= settings.max_queue:  # asked last: nothing is awaited before it counts
            raise too_many(self._waiting, "texts")
        return options

    async def _stream(self, send: Any, receive: Any, pieces: _Pieces) -> None:
        """Send each piece of the text as an event; end when the client goes away."""
        events = pieces.events()
        first = await anext(events)  # what is refused is refused before the answer begins
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send_start(send, 200, EVENTS)
            event: tuple[str, Any] | None = first
            while event is not None and not gone.done():
                await send(
                    {"type": "http.response.body", "body": _event(*event), "more_body": True}
                )
                event = await anext(events, None)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


class _Pieces:
    """A text that is written in a thread, piece by piece.

    Args:
        model: Writes it.
        options: What is asked.
        thread: Where it is written.
        seconds: So long it takes at most.
    """

    def __init__(
        self,
        model: ServedModel,
        options: Mapping[str, Any],
        thread: ThreadPoolExecutor,
        seconds: float,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._until = self._loop.time() + seconds
        self._is_abandoned = False
        self._model, self._options = model, options
        self._future = thread.submit(self._write)

    def abandon(self) -> None:
        """Write no more of it."""
        self._is_abandoned = True
        self._future.cancel()

    async def whole(self) -> Mapping[str, Any]:
        """Return what came of it, the text included."""
        async for kind, value in self.events():
            if kind == "cut":
                raise value
            if kind == "end":
                found: Mapping[str, Any] = value
                return found
        raise failed()

    async def events(self) -> AsyncIterator[tuple[str, Any]]:
        """Yield ("piece", text) as it is written, then ("end", what came of it).

        Where it does not come to its end: ("cut", the problem) instead.
        """
        is_begun = False
        while True:
            try:
                left = self._until - self._loop.time()
                kind, value = await asyncio.wait_for(self._queue.get(), left)
            except asyncio.TimeoutError:
                if not is_begun:
                    raise Problem(503, "the text waited too long; try again later") from None
                yield "cut", Problem(504, "the text took too long")
                return
            if kind == "problem" and not is_begun:
                raise value
            if kind == "problem":
                yield "cut", value
                return
            is_begun = True
            yield kind, value
            if kind == "end":
                return

    def _write(self) -> None:
        try:
            self._put("end", self._model.stream(self._options, self._hear))
        except Abandoned:
            pass
        except Problem as problem:
            self._put("problem", problem)
        except Exception:
            log_fault(self._model.name)
            self._put("problem", failed())

    def _hear(self, piece: str) -> None:
        if self._is_abandoned:
            raise Abandoned
        if piece:
            self._put("piece", piece)

    def _put(self, kind: str, value: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, (kind, value))
        except RuntimeError:  # the loop is closed: nobody listens
            raise Abandoned from None


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(kind: str, value: Any) -> bytes:
    """Return a server-sent event; its data are JSON, so that no text can end a line of it."""
    name = b"" if kind == "piece" else b"event: " + kind.encode() + b"\n"
    content = value.to_json() if isinstance(value, Problem) else _json(value)
    return name + b"data: " + content + b"\n\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False).encode()


def read_options(body: bytes, options: Sequence[StreamOption]) -> dict[str, Any]:
    """Return what a client asks of a model that writes, each value checked.

    Args:
        body: A JSON object, or nothing.
        options: What may be asked.

    Raises:
        Problem: It is no JSON, or a key or a value is not known.
    """
    try:
        found = json.loads(body.decode("utf-8")) if body.strip() else {}
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON object in UTF-8") from None
    if not isinstance(found, dict):
        raise Problem(422, "the body is JSON, but no object")
    schemas = {option.name: option.schema for option in options}
    for name, value in found.items():
        if name not in schemas:
            known = ", ".join(schemas)
            raise Problem(422, f"found the key {name[:60]!r}, expected {known}", column=name[:60])
        if fault := _fault(value, schemas[name]):
            raise Problem(422, f"{name} is {fault}", column=name)
    return found


def _fault(value: Any, schema: Mapping[str, Any]) -> str:
    """Return what is wrong with a value; empty for nothing."""
    kind = schema["type"]
    if type(value) not in KINDS[kind]:
        return f"no {kind}"
    if kind == "string":
        longest, shortest = schema.get("maxLength", math.inf), schema.get("minLength", 0)
        if not shortest <= len(value) <= longest:
            return f"of {len(value):,} characters; expected {shortest:,} to {longest:,}"
        try:
            value.encode()
        except UnicodeEncodeError:
            return "no text: half a character is in it"
        return ""
    low = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf))
    high = schema.get("maximum", math.inf)
    is_beyond = value == low and "exclusiveMinimum" in schema
    if not low <= value <= high or is_beyond:
        least = "more than " if "exclusiveMinimum" in schema else ""
        return f"{str(value)[:20]}; expected {least}{low:g} to {high:g}"
    return ""
