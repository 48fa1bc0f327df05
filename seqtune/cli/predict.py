"""`seqtune predict`: predictions of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.flags import with_task_flags
from seqtune.cli.lines import STDIN, answer_lines, lines_column
from seqtune.cli.output import (
    TABLES,
    AsJson,
    Force,
    Query,
    RunOrBundle,
    TableFile,
    check_absent,
    check_table,
    ending,
    progress_bar,
    show_notes,
    write_table,
    write_text,
)
from seqtune.workflow.options import predict_settings

NAME = "predict"
EXAMPLE = "seqtune predict runs/airline-forecast-1 -o forecast.csv"


@with_task_flags
def command(
    *,
    run: RunOrBundle,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="New rows; - reads stdin, a text per line where rows are texts; without DATA, "
            "continue the data of the run.",
        ),
    ] = None,
    use: Annotated[
        str | None,
        typer.Option(
            help="Leaderboard row that predicts, or `network`; default: the winner.",
            autocompletion=offering(completion.rows),
        ),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Change a key that needs no new training: key.path=value (repeatable).",
            autocompletion=offering(completion.predict_keys),
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
    flags: Mapping[str, Any],
) -> None:
    """Predict with a run: beyond the end of its data, or on new DATA."""
    from seqtune.run.load import load
    from seqtune.tasks._info import infos

    check_table(output, [form for info in infos() for form in info.forms])
    opened = load(run)
    check_table(output, opened.task.info.forms)
    check_absent(output, force)
    settings = (*(overrides or ()), *predict_settings(opened.task.name, flags))
    if data == STDIN and output is None and lines_column(opened):
        answer_lines(opened, use, settings, as_json)
        return
    with progress_bar() as opened.listener:
        table = opened.predict(data, use=use, set=settings, query=query)
    show_notes(opened.notes)
    if output is not None and _keeps_form(output, data):
        text = opened.filled_in(table)
        if text is not None:
            write_text(text, output, as_json)
            return
        check_table(output)
    write_table(table, output, as_json, spreadsheet_safe=spreadsheet_safe)


def _keeps_form(output: Path, data: str | None) -> bool:
    """Say whether answers are to be written in the form that the data came in."""
    return ending(output) not in TABLES or (
        data is not None and ending(output) == ending(Path(data))
    )
