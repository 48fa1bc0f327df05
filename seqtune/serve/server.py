"""The server as a process, or as several that share a port: from its start to its graceful end."""

from __future__ import annotations

import errno
import gc
import logging
import math
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

import seqtune
from seqtune.errors import RunError, UsageError
from seqtune.serve.app import create_app
from seqtune.serve.processes import Work, serve_by_processes
from seqtune.serve.protocol import HEADER_BYTES, ImpatientProtocol
from seqtune.serve.served_model import ServedModel
from seqtune.serve.settings import ServeSettings

KEEP_ALIVE_SECONDS = 30

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

Say = Callable[[str], None]


def serve(paths: Sequence[str], settings: ServeSettings, say: Say) -> None:
    """Serve models until a signal comes; what runs then is answered.

    Args:
        paths: Runs and bundles.
        settings: How.
        say: Hears what the user should know.

    Raises:
        UsageError: Two models have one name.
        RunError: The port cannot be had, or a model cannot be opened.
    """
    known = names_of(paths)
    listener = bind(settings.host, settings.port)
    with listener:
        for path in known.values():
            seqtune.load(path)  # what is no run is refused before anything slow begins
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if settings.workers > 1:
            say(f"{settings.workers} processes load their models, and answer on {address}")
            work = Work(serve_models, (tuple(paths), settings))
            serve_by_processes(work, listener, settings.workers, say)
            return
        models = load_models(paths, settings)
        for line in announcement(address, models):
            say(line)
        GracefulServer(_config(create_app(models, settings), settings)).run(sockets=[listener])


def load_models(paths: Sequence[str], settings: ServeSettings) -> list[ServedModel]:
    """Open models, and have each predict once, so that the first client need not wait.

    Raises:
        RunError: One cannot be opened.
    """
    models = []
    for name, path in names_of(paths).items():
        model = ServedModel(name, seqtune.load(path), settings.use)
        model.warm(settings.max_batch)
        models.append(model)
    gc.collect()
    gc.freeze()  # what is loaded stays; a search for garbage among it would hold up requests
    return models


def names_of(paths: Sequence[str]) -> dict[str, str]:
    """Return the path of each model by the name that clients call it.

    Raises:
        UsageError: Two have one name.

    Example:
        >>> names_of(["runs/airline-forecast-1", "models/tales.zip"])
        {'airline-forecast-1': 'runs/airline-forecast-1', 'tales': 'models/tales.zip'}
    """
    found: dict[str, str] = {}
    for path in paths:
        base = Path(path).resolve()
        name = UNSAFE.sub("-", base.stem if base.is_file() else base.name).strip(".-") or "model"
        if name in found:
            raise UsageError(
                f"{found[name]} and {path} would both be served as {name}",
                "rename one of the folders, or serve them on two ports",
            )
        found[name] = path
    return found


def announcement(address: str, models: Sequence[ServedModel]) -> Iterator[str]:
    """Yield what a user is told when the server begins."""
    for model in models:
        path = f"/{model.verb}" if len(models) == 1 else f"/models/{model.name}/{model.verb}"
        yield f"{model.name}: {model.row} ({model.task.name}): POST {address}{path}"
        if model.form.paths:
            yield (
                f"note: {model.name} reads files that column '{model.form.paths[0]}' names, which "
                "is refused over HTTP"
            )
    yield f"page {address}/, document {address}/openapi.json, health {address}/health/ready"


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port that is taken is known before models load.

    Raises:
        RunError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise RunError(
                f"port {port} of {host} is taken by another process", f"--port {port + 1}"
            ) from error
        if error.errno == errno.EACCES:
            raise RunError(f"port {port} of {host} is not allowed", "--port 8000") from error
        raise RunError(
            f"cannot listen on {host}: {error.strerror or error}", "--host 127.0.0.1"
        ) from error
    listener.set_inheritable(True)
    return listener


def serve_models(paths: Sequence[str], settings: ServeSettings, listener: socket.socket) -> None:
    """Load models and serve them on a socket until a signal comes."""
    models = load_models(paths, settings)
    GracefulServer(_config(create_app(models, settings), settings)).run(sockets=[listener])


class GracefulServer(uvicorn.Server):
    """A server that a signal ends as it should end: exit code 0 once all requests are answered."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal; at the second Ctrl-C at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        earlier = {each: signal.signal(each, self.handle_exit) for each in signals}
        wakeup = signal.set_wakeup_fd(-1)  # whoever ends commands that do not hear waits less long
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for each, handler in earlier.items():
                signal.signal(each, handler)


def _config(app: Any, settings: ServeSettings) -> uvicorn.Config:
    for name in ("uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        # uvicorn would write what clients send as it came
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=ImpatientProtocol,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.max_connections,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(settings.body_seconds + settings.timeout_seconds) + 1,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
