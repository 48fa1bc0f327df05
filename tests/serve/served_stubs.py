"""Models that answer without a network, for tests of the server around them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from starlette.testclient import TestClient

from seqtune.serve.app import create_app
from seqtune.serve.exchange import Answer, Ask
from seqtune.serve.problem import Problem
from seqtune.serve.settings import ServeSettings
from seqtune.tasks._requests import RequestColumn, RequestForm, StreamOption

FORM = RequestForm(
    columns=(
        RequestColumn("month", "time", "time"),
        RequestColumn("passengers", "number", "target"),
    ),
    example=({"month": "1960-12", "passengers": 432.0},),
    continues=True,
    remark="Rows follow the history.",
)


class StubModel:
    """Answers each request with its own body."""

    verb, writes, row, form = "predict", False, "gru", FORM
    options: tuple[StreamOption, ...] = ()
    run = SimpleNamespace(record={"data": {"path": "/home/me/secret/airline.csv"}})

    def __init__(self, name: str = "airline") -> None:
        self.name = name
        self.drift = SimpleNamespace(measured=lambda: None)
        row = SimpleNamespace(
            kind="network", detail="", parameters=7, validation={"mase": 0.8}, test={}
        )
        board = SimpleNamespace(row=lambda name: row)
        self.predictor = SimpleNamespace(board=board, data="")
        self.task = SimpleNamespace(name="forecast", info=SimpleNamespace(summary="predict steps"))

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return the body of each request."""
        return [Answer(200, ask.body, ask.wanted) for ask in asks]


class StubWriter(StubModel):
    """Writes its prompt letter by letter."""

    verb, writes, form = "generate", True, RequestForm()
    options = (
        StreamOption("prompt", {"type": "string", "default": "", "maxLength": 10}),
        StreamOption("length", {"type": "integer", "default": 5, "minimum": 1, "maximum": 9}),
    )

    def stream(self, options: Mapping[str, Any], hear: Callable[[str], None]) -> dict[str, Any]:
        """Hear each letter."""
        if options["prompt"] == "bad":
            raise Problem(422, "the model cannot write that")
        for letter in options["prompt"]:
            hear(letter)
        return {"text": options["prompt"], "ended": "length"}


def client(*models: Any, **settings: Any) -> TestClient:
    """Return a client of a server over models; use it as a context."""
    app = create_app(models or (StubModel(),), ServeSettings(**settings))
    return TestClient(app, raise_server_exceptions=False)


def call(app: Any, path: str, messages: Sequence[Any], headers: Mapping[str, str]) -> list[Any]:
    """Call an ASGI application with the messages of a request; return what it sends.

    Args:
        app: The application.
        path: What is asked by POST.
        messages: Parts of the body; a number waits for so many seconds.
        headers: Of the request.
    """
    sent: list[Any] = []

    async def run() -> None:
        left = iter(messages)

        async def receive() -> Any:
            for message in left:
                if not isinstance(message, float):
                    return message
                await asyncio.sleep(message)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)

    asyncio.run(run())
    return sent


def error_of(body: bytes) -> str:
    """Return the sentence of a problem; fails where it is anything else."""
    found = json.loads(body)
    assert set(found) <= {"error", "row", "column"}
    assert found["error"].isprintable() and len(found["error"]) <= 700
    return str(found["error"])
