"""`seqtune refit`: the chosen configurations of a run on newer data, without a search."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqtune.cli import completion
from seqtune.cli.clock import STARTED
from seqtune.cli.completion import offering
from seqtune.cli.output import AsJson, Query, Quiet, RunFolder, live_board, show
from seqtune.runtime.interrupt import exit_code, was_interrupted
from seqtune.workflow.options import count_or_word

NAME = "refit"
EXAMPLE = "seqtune refit runs/airline-forecast-1 new.csv --out runs/airline-2"

KEPT = 3
"""The exit code where --if-better has kept the earlier run."""


def command(
    run: RunFolder,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="Newer data: the rows of the run, and those that came since."
        ),
    ],
    out: Annotated[Path, typer.Option(help="New run folder.")],
    use: Annotated[
        str | None,
        typer.Option(
            help="Leaderboard row whose configurations are fitted, or `network`; default: the "
            "winner.",
            autocompletion=offering(completion.rows),
        ),
    ] = None,
    warm: Annotated[
        bool,
        typer.Option("--warm", help="Go on from the earlier weights, where they suit the data."),
    ] = False,
    if_better: Annotated[
        bool,
        typer.Option(
            "--if-better",
            help="Remove the new run where it is not better than the earlier one; exit code 3.",
        ),
    ] = False,
    budget: Annotated[
        str | None, typer.Option(help="Wall time: 90s, 10m, 2h; default: that of the run.")
    ] = None,
    workers: Annotated[str | None, typer.Option(help="Trials at a time: auto or a number.")] = None,
    executor: Annotated[
        str | None, typer.Option(help="Where trials run: auto, inline, processes, ray.")
    ] = None,
    query: Query = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fit the chosen configurations of RUN on newer DATA, and compare both on its newest part."""
    from seqtune.report.comparison import ComparisonReport
    from seqtune.report.refit import RefitReport
    from seqtune.workflow.refit import RefitOptions, refit_with

    options = RefitOptions(
        out, use, warm, if_better, budget,
        None if workers is None else count_or_word(workers), executor, query,
    )  # fmt: skip
    with live_board(quiet) as board:
        done = refit_with(run, data, options, listener=board, started=STARTED)
    comparison = ComparisonReport(done.comparison, str(out), done.is_kept)
    show(RefitReport(comparison, done.summary), as_json)
    if was_interrupted():
        raise typer.Exit(exit_code())
    if done.is_kept:
        raise typer.Exit(KEPT)
