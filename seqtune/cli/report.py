"""`seqtune report`: the leaderboard and what to make of it, again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seqtune.cli.output import (
    AsJson,
    ForceHtml,
    Html,
    RunOrBundle,
    check_absent,
    show,
    write_html,
)

if TYPE_CHECKING:
    from seqtune.run.fitted import Fitted

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
    html: Html = None,
    force: ForceHtml = False,
    as_json: AsJson = False,
) -> None:
    """Show the leaderboard of a run or a bundle, its verdict, and what to do next."""
    from seqtune.errors import UsageError
    from seqtune.report.build import bundle_report, fit_report
    from seqtune.run.bundle import Bundle
    from seqtune.run.load import load

    check_absent(html, force)
    opened = load(run)
    if isinstance(opened, Bundle):
        if explain:
            raise UsageError(
                f"{run} is a bundle; --explain needs the run that it was exported from",
                "seqtune report RUN --explain",
            )
        show(bundle_report(opened), as_json)
        _write(opened, html)
        return
    if explain:
        try:
            opened.explain()
        except KeyboardInterrupt:
            again = f"seqtune report {run} --explain"
            typer.echo(f"nothing was measured, the run is as it was; again: {again}", err=True)
            raise
    show(fit_report(opened), as_json)
    _write(opened, html)


def _write(opened: Fitted, html: Path | None) -> None:
    """Write the page, where one is wanted."""
    if html is not None:
        from seqtune.report.html import page

        write_html(page(opened), html)
