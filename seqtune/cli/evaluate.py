"""`seqtune evaluate`: score a run on labelled data that it never saw."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.output import (
    AsJson,
    Force,
    Query,
    RunOrBundle,
    TableFile,
    check_absent,
    check_table,
    progress_bar,
    show,
    show_notes,
    write_table,
)
from seqtune.tasks._info import infos

TASKS = ", ".join(info.name for info in infos() if info.backtests)
NAME = "evaluate"
EXAMPLE = "seqtune evaluate runs/airline-forecast-1 new.csv"


def command(
    run: RunOrBundle,
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="Labelled rows that the run has not seen.")
    ],
    folds: Annotated[
        int | None,
        typer.Option(help=f"Number of rolled origins to score from, without training ({TASKS})."),
    ] = None,
    step: Annotated[
        int | None, typer.Option(help="Rows between two origins; default: the horizon.")
    ] = None,
    use: Annotated[
        str | None,
        typer.Option(
            help="Leaderboard row to score first, or `network`; default: the winner.",
            autocompletion=offering(completion.rows),
        ),
    ] = None,
    query: Query = None,
    output: TableFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Score a run and its best simple method on labelled DATA that it has not seen."""
    from seqtune.data.reading.open import shown_data
    from seqtune.report.build import scores_report
    from seqtune.run.load import load

    check_table(output)
    check_absent(output, force)
    opened = load(run)
    with progress_bar() as opened.listener:
        scores = opened.evaluate(data, folds=folds, step=step, use=use, query=query)
    show_notes(opened.notes)
    report = scores_report(opened, shown_data(data), scores)
    if output is not None:
        write_table(report.frame(), output, as_json=False)
    show(report, as_json)
