"""`seqtune inspect`: what is in a file, and what it suits."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.output import AsJson, Query, show
from seqtune.workflow.options import FitOptions

NAME = "inspect"
EXAMPLE = "seqtune inspect data/shops.csv"


def command(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="A table (CSV, JSON, Parquet, Excel, SQL), a folder, or -."
        ),
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="How to read it: data.key=value (repeatable).",
            autocompletion=offering(completion.reading_keys),
        ),
    ] = None,
    query: Query = None,
    as_json: AsJson = False,
) -> None:
    """Show columns, types, gaps, frequency, seasonality, and the tasks that DATA suits."""
    from seqtune.report.profile import ProfileReport
    from seqtune.workflow.inspect import inspect

    found = inspect(data, FitOptions(set=tuple(overrides or ()), query=query))
    show(ProfileReport(found.profile, found.suggestions, found.tasks, found.unsuited), as_json)
