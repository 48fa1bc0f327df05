"""`seqtune resume`: go on with an interrupted search, or make a finished one longer."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.clock import STARTED
from seqtune.cli.output import AsJson, Quiet, RunFolder, live_board, show
from seqtune.runtime.interrupt import exit_code, was_interrupted
from seqtune.workflow.options import count_or_word

NAME = "resume"
EXAMPLE = "seqtune resume runs/airline-forecast-1 --budget 2m"


def command(
    run: RunFolder,
    budget: Annotated[
        str | None,
        typer.Option(help="Wall time for this command; default: what is left of the budget."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(help="Maximum number of trials, earlier ones included.")
    ] = None,
    workers: Annotated[str | None, typer.Option(help="Trials at a time: auto or a number.")] = None,
    executor: Annotated[
        str | None, typer.Option(help="Where trials run: auto, inline, processes, ray.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Ray cluster to join: host:port or ray://host:port.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Continue an interrupted search, or extend a finished one."""
    from seqtune.report.build import fit_report
    from seqtune.workflow.resume import resume

    with live_board(quiet) as board:
        resumed = resume(
            run, budget=budget, trials=trials, executor=executor, address=address,
            workers=None if workers is None else count_or_word(workers),
            listener=board, started=STARTED,
        )  # fmt: skip
    show(fit_report(resumed), as_json)
    if was_interrupted():
        raise typer.Exit(exit_code())
