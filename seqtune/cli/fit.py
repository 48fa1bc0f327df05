"""`seqtune fit`: search, and leave a run folder."""

from __future__ import annotations

import time
from pathlib import Path

import typer

from seqtune.cli.clock import STARTED
from seqtune.cli.flags import check_task, with_fit_flags
from seqtune.cli.output import (
    ForceHtml,
    Html,
    check_absent,
    live_board,
    show,
    show_command,
    write_html,
)
from seqtune.runtime.interrupt import exit_code, was_interrupted
from seqtune.workflow.options import FitOptions

NAME = "fit"
EXAMPLE = "seqtune fit data/airline.csv --task forecast --budget 60s"


def _fit(
    data: str | None,
    task: str | None,
    options: FitOptions,
    as_json: bool,
    quiet: bool,
    html: Path | None,
    force: bool,
) -> None:
    check_absent(html, force)
    started = STARTED
    if data is None:
        from seqtune.cli.questions import ask

        asked = ask(task, options, EXAMPLE)
        shown = {"--json": as_json, "--quiet": quiet, "--force": force}
        words = [flag for flag, is_given in shown.items() if is_given]
        words += [] if html is None else ["--html", str(html)]
        show_command(asked.command(*words))
        data, task, options = asked.data, asked.task, asked.options
        started = time.monotonic()
    check_task(data, task, options, NAME)

    from seqtune.report.build import fit_report
    from seqtune.workflow.fit import fit_with

    with live_board(quiet) as board:
        run = fit_with(data, task, options, listener=board, started=started)
    show(fit_report(run), as_json)
    if html is not None:
        from seqtune.report.html import page

        write_html(page(run), html)
    if was_interrupted():
        raise typer.Exit(exit_code())


command = with_fit_flags(
    _fit,
    "Search the best recurrent network for DATA; leave a run folder. Without DATA, ask for it.",
    asks=True,
    more={"html": (Html, None), "force": (ForceHtml, False)},
)
