"""`seqtune report`: the leaderboard and what to make of it, again."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import AsJson, RunFolder, show

NAME = "report"
EXAMPLE = "seqtune report runs/airline-forecast-1"


def command(
    run: RunFolder,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Measure which inputs matter to the network, and keep the result."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the leaderboard of a run, its verdict, and what to do next."""
    from seqtune.report.build import fit_report
    from seqtune.run.run import Run

    opened = Run(run)
    if explain:
        try:
            opened.explain()
        except KeyboardInterrupt:
            again = f"seqtune report {run} --explain"
            typer.echo(f"nothing was measured, the run is as it was; again: {again}", err=True)
            raise
    show(fit_report(opened), as_json)
