"""The server as a process, or as several that share a port: from its start to its graceful end."""

from __future__ import annotations

import errno
import logging
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from seqtune.errors import RunError, SeqtuneError, UsageError
from seqtune.serve.app import create_app
from seqtune.serve.protocol import protocol_class
from seqtune.serve.served_model import ServedModel
from seqtune.serve.settings import ServeSettings

HEADER_BYTES = 16 << 10
"""Bytes of the headers of a request at most."""

KEEP_ALIVE_SECONDS = 30
STARTING_SECONDS = 600
"""So long a process may take to load its models."""

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
    names_of(paths)
    listener = bind(settings.host, settings.port)
    with listener:
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if settings.workers > 1:
            say(f"serving on {address} with {settings.workers} processes")
            _serve_by_processes(AppFactory(tuple(paths), settings), listener)
            return
        models = load_models(paths, settings)
        for line in announcement(address, models):
            say(line)
        config = _config(create_app(models, settings), settings)
        GracefulServer(config).run(sockets=[listener])


def load_models(paths: Sequence[str], settings: ServeSettings) -> list[ServedModel]:
    """Open models, and have each predict once, so that the first client need not wait.

    Raises:
        RunError: One cannot be opened.
    """
    from seqtune.run.load import load

    models = []
    for name, path in names_of(paths).items():
        model = ServedModel(name, load(path), settings.use)
        model.warm(settings.max_batch)
        models.append(model)
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


@dataclass(frozen=True)
class AppFactory:
    """Makes the application of a process.

    Args:
        paths: Runs and bundles.
        settings: How they are served.
    """

    paths: tuple[str, ...]
    settings: ServeSettings

    def __call__(self) -> Any:
        """Return the application; end the process in two lines where a model cannot be opened."""
        _quieten()
        try:
            return create_app(load_models(self.paths, self.settings), self.settings)
        except SeqtuneError as error:
            lines = [f"error: {error.message}", *([f"hint: {error.hint}"] if error.hint else ())]
            print("\n".join(lines), file=sys.stderr)  # noqa: T201
            sys.exit(STARTUP_FAILURE)


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


def _serve_by_processes(factory: AppFactory, listener: socket.socket) -> None:
    config = _config(factory, factory.settings)
    config.workers = factory.settings.workers
    wakeup = signal.set_wakeup_fd(-1)
    try:
        supervisor = Multiprocess(config, sockets=[listener])
        supervisor.run()
    finally:
        signal.set_wakeup_fd(wakeup)
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise RunError("a process could not load its models", "seqtune doctor")


def _config(app: Any, settings: ServeSettings) -> uvicorn.Config:
    _quieten()
    return uvicorn.Config(
        app,
        factory=isinstance(app, AppFactory),
        host=settings.host,
        port=settings.port,
        http=protocol_class(),
        ws="none",
        lifespan="on",
        interface="auto" if isinstance(app, AppFactory) else "asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.max_connections,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.timeout_seconds) + 1,
        timeout_worker_healthcheck=STARTING_SECONDS,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )


def _quieten() -> None:
    """Let uvicorn say nothing: it would write what clients send as it came."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
