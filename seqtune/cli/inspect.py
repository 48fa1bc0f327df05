"""`seqtune inspect`: what is in a file, and what it suits."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import AsJson, show
from seqtune.workflow.options import FitOptions

NAME = "inspect"
EXAMPLE = "seqtune inspect data/shops.csv"


def command(
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="CSV, TSV, JSON Lines or Parquet file.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="How to read it: data.key=value (repeatable)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show columns, types, gaps, frequency, seasonality, and the tasks that DATA suits."""
    from seqtune.report.profile import ProfileReport
    from seqtune.workflow.inspect import inspect

    found = inspect(data, FitOptions(set=tuple(overrides or ())))
    show(ProfileReport(found.profile, found.suggestions, found.tasks, found.unsuited), as_json)
