"""`seqtune predict`: predictions of a run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from seqtune.errors import UsageError
from seqtune.progress import Note
from seqtune.workflow.options import FitOptions, predict_settings

if TYPE_CHECKING:
    import pandas as pd

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
    zero_shot: Annotated[
        bool,
        typer.Option(
            "--zero-shot",
            help="Without a run: predict from the table that stands in place of RUN, by the "
            "network that comes with seqtune; --set takes every key of a recipe.",
        ),
    ] = False,
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

    if zero_shot:
        check_table(output)
        check_absent(output, force)
        table, notes = _without_run(run, data, use, overrides or (), query)
        show_notes(notes)
        write_table(table, output, as_json, spreadsheet_safe=spreadsheet_safe)
        return
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


def _without_run(
    table: str, data: str | None, use: str | None, overrides: Sequence[str], query: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """Return a forecast of a table by the network that comes with seqtune, and what to note."""
    from seqtune.workflow.zero_shot import zero_shot

    if data is not None or use is not None:
        raise UsageError(
            "--zero-shot takes one table in place of RUN, and no --use",
            f"seqtune predict --zero-shot {shlex.quote(table)}",
        )
    notes: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, Note):
            notes.append(event.text)

    made = zero_shot(table, FitOptions(set=tuple(overrides), query=query), listener=hear)
    return made, notes


def _keeps_form(output: Path, data: str | None) -> bool:
    """Say whether answers are to be written in the form that the data came in."""
    return ending(output) not in TABLES or (
        data is not None and ending(output) == ending(Path(data))
    )
