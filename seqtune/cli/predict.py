"""`seqtune predict`: predictions of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import (
    AsJson,
    Force,
    Query,
    RunFolder,
    TableFile,
    check_absent,
    check_table,
    progress_bar,
    show_notes,
    write_table,
)

NAME = "predict"
EXAMPLE = "seqtune predict runs/airline-forecast-1 -o forecast.csv"


def command(
    run: RunFolder,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="New rows; without it, continue the data of the run.",
        ),
    ] = None,
    use: Annotated[
        str | None,
        typer.Option(help="Leaderboard row that predicts, or `network`; default: the winner."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Change a key that needs no new training: key.path=value (repeatable)."
        ),
    ] = None,
    query: Query = None,
    output: TableFile = None,
    force: Force = False,
    as_json: AsJson = False,
    spreadsheet_safe: Annotated[
        bool,
        typer.Option(
            "--spreadsheet-safe",
            help="Put ' before texts of CSV and TSV that a spreadsheet would calculate.",
        ),
    ] = False,
) -> None:
    """Predict with a run: beyond the end of its data, or on new DATA."""
    from seqtune.run.run import Run

    check_table(output)
    check_absent(output, force)
    opened = Run(run)
    with progress_bar() as opened.listener:
        table = opened.predict(data, use=use, set=tuple(overrides or ()), query=query)
    show_notes(opened.notes)
    write_table(table, output, as_json, spreadsheet_safe=spreadsheet_safe)
