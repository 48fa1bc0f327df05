"""`seqtune fit`: search, and leave a run folder."""

from __future__ import annotations

from pathlib import Path

import typer

from seqtune.cli.clock import STARTED
from seqtune.cli.flags import check_task, with_fit_flags
from seqtune.cli.output import ForceHtml, Html, check_absent, live_board, show, write_html
from seqtune.runtime.interrupt import exit_code, was_interrupted
from seqtune.workflow.options import FitOptions

NAME = "fit"
EXAMPLE = "seqtune fit data/airline.csv --task forecast --budget 60s"


def _fit(
    data: str,
    task: str | None,
    options: FitOptions,
    as_json: bool,
    quiet: bool,
    html: Path | None,
    force: bool,
) -> None:
    check_task(data, task, options, NAME)
    check_absent(html, force)

    from seqtune.report.build import fit_report
    from seqtune.workflow.fit import fit_with

    with live_board(quiet) as board:
        run = fit_with(data, task, options, listener=board, started=STARTED)
    show(fit_report(run), as_json)
    if html is not None:
        from seqtune.report.html import page

        write_html(page(run), html)
    if was_interrupted():
        raise typer.Exit(exit_code())


command = with_fit_flags(
    _fit,
    "Search the best recurrent network for DATA; leave a run folder.",
    {"html": (Html, None), "force": (ForceHtml, False)},
)
