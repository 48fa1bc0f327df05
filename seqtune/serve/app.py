"""The application: every path of the server, and what answers it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from seqtune.errors import literal
from seqtune.serve.about import about
from seqtune.serve.access import admit
from seqtune.serve.batcher import Batcher
from seqtune.serve.exchange import FAILED, Answer, Ask
from seqtune.serve.http import SAFE
from seqtune.serve.log import log_fault
from seqtune.serve.media import JSON
from seqtune.serve.metrics import TEXT, ServerMetrics
from seqtune.serve.openapi import document
from seqtune.serve.predicting import Predicting
from seqtune.serve.problem import Problem
from seqtune.serve.served_model import ServedModel
from seqtune.serve.settings import ServeSettings
from seqtune.serve.writing import Writing

Endpoint = Callable[[Request], Awaitable[Response]]

PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
"""The files of the page, by their path."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may do: run its own script, and ask this server."""


def create_app(models: Sequence[ServedModel], settings: ServeSettings) -> Any:
    """Return the ASGI application that answers for some models.

    Args:
        models: The models, loaded; each under `/models/<name>/`, and a single one also under `/`.
        settings: Limits and the token.
    """
    metrics = ServerMetrics()
    services: dict[str, Predicting | Writing] = {}
    batchers: list[Batcher[Ask, Answer]] = []
    for model in models:
        if model.writes:
            writing = Writing(model, settings, metrics)
            services[model.name], metrics.queues[model.name] = writing, partial(len, writing)
            continue
        batcher = _batcher(model, settings, metrics)
        batchers.append(batcher)
        metrics.drifts[model.name] = model.drift.measured
        services[model.name] = Predicting(model.name, batcher, settings, metrics)
        metrics.queues[model.name] = partial(len, batcher)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        for batcher in batchers:
            batcher.start()
        yield
        for service in services.values():
            if isinstance(service, Writing):
                service.stop()
        for batcher in batchers:
            await batcher.stop()

    def is_ready() -> bool:
        return all(length() < settings.max_queue for length in metrics.queues.values())

    by_prefix = {f"/models/{model.name}": model for model in models}
    if len(models) == 1:
        by_prefix = {"": models[0], **by_prefix}
    routes = [
        Route(f"{prefix}/{model.verb}", services[model.name]) for prefix, model in by_prefix.items()
    ]
    routes += _facts(by_prefix, models, settings)
    routes += _health(is_ready)
    figures = _guarded(lambda: _text(metrics.text(), TEXT), settings, is_slow=True)
    routes.append(Route("/metrics", figures))  # drift is measured for them
    routes += [Route(path, _file(*file)) for path, file in PAGE.items()]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: _of_http, Problem: _of_problem, Exception: _failed},
    )
    return logged(app) if settings.logs else app


def _batcher(
    model: ServedModel, settings: ServeSettings, metrics: ServerMetrics
) -> Batcher[Ask, Answer]:
    return Batcher(
        model.answer,
        max_batch=settings.max_batch,
        max_wait_seconds=settings.max_wait_seconds,
        max_queue=settings.max_queue,
        timeout_seconds=settings.timeout_seconds,
        observe=lambda size: metrics.count_batch(model.name, size),
    )


def _facts(
    by_prefix: Mapping[str, ServedModel], models: Sequence[ServedModel], settings: ServeSettings
) -> list[Route]:
    """Return what says of the models what they are, and how they are asked."""
    paths = {f"/models/{model.name}": model for model in models}
    schema = json.dumps(document(by_prefix, has_token=bool(settings.token))).encode()
    every = json.dumps({"models": [about(model) for model in models]}).encode()
    return [
        Route("/openapi.json", _guarded(lambda: _text(schema, JSON), settings)),
        Route("/models", _guarded(lambda: _text(every, JSON), settings)),
        *(Route(path, _guarded(partial(_card, model), settings)) for path, model in paths.items()),
    ]


def _card(model: ServedModel) -> Response:
    return _text(json.dumps(about(model)), JSON)


def _health(is_ready: Callable[[], bool]) -> list[Route]:
    async def live(request: Request) -> Response:
        return _text(b'{"status": "live"}', JSON)

    async def ready(request: Request) -> Response:
        if is_ready():
            return _text(b'{"status": "ready"}', JSON)
        return _text(b'{"status": "full"}', JSON, 503)

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _guarded(
    make: Callable[[], Response], settings: ServeSettings, *, is_slow: bool = False
) -> Endpoint:
    """Return an endpoint that asks for the token.

    Args:
        make: Makes the answer.
        settings: The token.
        is_slow: Whether others are answered while it is made.
    """

    async def endpoint(request: Request) -> Response:
        admit(request.scope, settings.token)
        return await run_in_threadpool(make) if is_slow else make()

    return endpoint


def _file(name: str, media: str) -> Endpoint:
    """Return an endpoint that gives a file of the page, which holds nothing of the models."""
    content = files("seqtune.serve").joinpath("page", name).read_bytes()

    async def endpoint(request: Request) -> Response:
        response = _text(content, media)
        response.headers["content-security-policy"] = POLICY
        response.headers["referrer-policy"] = "no-referrer"
        return response

    return endpoint


def _text(content: bytes | str, media: str, status: int = 200) -> Response:
    return Response(content, status, dict(SAFE), media)


async def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    response = _text(error.to_json(), JSON, error.status)
    response.headers.update(dict(error.headers))
    return response


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _text(Problem(error.status_code, error.detail).to_json(), JSON, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _failed(request: Request, error: Exception) -> Response:
    log_fault("server")
    return _text(FAILED.body, JSON, FAILED.status)


def logged(app: Any) -> Any:
    """Return an application that writes a line to stderr for each request."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def heard(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await app(scope, receive, heard)
        finally:
            client = (scope.get("client") or ("-",))[0]
            seconds = time.perf_counter() - began
            line = f"{client} {scope['method']} {scope['path'][:200]} {status} {seconds:.3f}s"
            print(literal(line), file=sys.stderr)  # noqa: T201

    return wrapped
