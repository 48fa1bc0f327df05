"""`seqtune serve`: an HTTP server over runs and bundles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering

NAME = "serve"
EXAMPLE = "seqtune serve runs/airline-forecast-1 --port 8000"

MILLISECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*ms\s*", re.ASCII)

LONGEST = 3600.0
"""Seconds of a duration at most."""


def command(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN|BUNDLE...",
            help="Runs or bundles; several get a path each.",
            autocompletion=offering(completion.runs_and_bundles),
        ),
    ],
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any free one.")] = 8000,
    max_batch: Annotated[
        int, typer.Option(min=1, max=4096, help="Requests that are predicted at once at most.")
    ] = 64,
    max_wait: Annotated[
        str, typer.Option(help="How long a request waits for others, such as 5ms.")
    ] = "5ms",
    max_queue: Annotated[
        int, typer.Option(min=1, help="Requests that wait at most; more are refused (429).")
    ] = 256,
    max_body: Annotated[
        int, typer.Option(min=1, max=1024, help="Megabytes of a request at most (413).")
    ] = 8,
    timeout: Annotated[
        str, typer.Option(help="How long a request takes at most (503, 504), such as 30s.")
    ] = "30s",
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="Processes that share the port.")
    ] = 1,
    token: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with the token that clients must send."),
    ] = None,
    use: Annotated[
        str | None,
        typer.Option(help="Leaderboard row that predicts, or `network`; default: the winner."),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Write a line per request to stderr.")] = False,
) -> None:
    """Answer HTTP requests with a run or a bundle, or with several."""
    from seqtune.serve.access import read_token
    from seqtune.serve.settings import MEGABYTE, ServeSettings

    settings = ServeSettings(
        host=host,
        port=port,
        max_batch=max_batch,
        max_wait_seconds=_seconds("--max-wait", max_wait, "5ms"),
        max_queue=max_queue,
        max_body_bytes=max_body * MEGABYTE,
        timeout_seconds=_seconds("--timeout", timeout, "30s"),
        workers=workers,
        token=read_token(token) if token else "",
        use=use,
        logs=log,
    )
    _require_packages()
    from seqtune.errors import literal
    from seqtune.serve.server import serve

    serve(runs, settings, lambda line: typer.echo(literal(line), err=True))


def _require_packages() -> None:
    """Refuse to go on without the packages of the server.

    Raises:
        MissingExtra: One is not installed.
    """
    from importlib.util import find_spec

    from seqtune.errors import MissingExtra

    for package in ("starlette", "uvicorn"):
        if find_spec(package) is None:
            raise MissingExtra(
                f"seqtune serve needs the package {package}", "pip install 'seqtune[serve]'"
            )


def _seconds(flag: str, text: str, usual: str) -> float:
    """Read a duration as everywhere, or one in milliseconds.

    Raises:
        UsageError: It is none, or longer than an hour.
    """
    from seqtune.errors import RecipeError, UsageError
    from seqtune.recipe.duration import seconds

    found = MILLISECONDS.fullmatch(text)
    try:
        value = float(found[1]) / 1000 if found else seconds(text)
    except RecipeError:
        value = 0.0
    if not 0.0 < value <= LONGEST:
        raise UsageError(
            f"{flag} {text}: expected a duration such as 5ms, 30s or 2m, above zero and at most 1h",
            f"{flag} {usual}",
        )
    return value
