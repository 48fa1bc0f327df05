"""`seqtune report`: the leaderboard and what to make of it, again."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import AsJson, RunOrBundle, show

NAME = "report"
EXAMPLE = "seqtune report runs/airline-forecast-1"


def command(
    run: RunOrBundle,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Measure which inputs matter to the network, and keep the result."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the leaderboard of a run or a bundle, its verdict, and what to do next."""
    from seqtune.errors import UsageError
    from seqtune.report.build import bundle_report, fit_report
    from seqtune.run.bundle import Bundle
    from seqtune.run.load import load

    opened = load(run)
    if isinstance(opened, Bundle):
        if explain:
            raise UsageError(
                f"{run} is a bundle; --explain needs the run that it was exported from",
                "seqtune report RUN --explain",
            )
        show(bundle_report(opened), as_json)
        return
    if explain:
        try:
            opened.explain()
        except KeyboardInterrupt:
            again = f"seqtune report {run} --explain"
            typer.echo(f"nothing was measured, the run is as it was; again: {again}", err=True)
            raise
    show(fit_report(opened), as_json)
