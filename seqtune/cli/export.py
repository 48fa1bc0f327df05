"""`seqtune export`: a row of a run's leaderboard as a file that predicts without Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.output import AsJson, Force, RunFolder, progress_bar, show
from seqtune.registry import formats

NAME = "export"
EXAMPLE = "seqtune export runs/airline-forecast-1 -o airline.zip"


def command(
    run: RunFolder,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="File to write, such as model.zip; or a folder, by the format."
        ),
    ],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help=f"Form of the file: {', '.join(formats)}.",
            autocompletion=offering(lambda typed, begun: formats),
        ),
    ] = "bundle",
    use: Annotated[
        str | None,
        typer.Option(
            help="Leaderboard row to export, or `network`; default: the winner.",
            autocompletion=offering(completion.rows),
        ),
    ] = None,
    quantize: Annotated[
        str | None,
        typer.Option(help="int8 for weights of eight bits: a quarter of the size."),
    ] = None,
    allow_loss: Annotated[
        bool,
        typer.Option("--allow-loss", help="Let --quantize lose more than 1 % of the metric."),
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write the winner of a run as a file for elsewhere, and check that it predicts the same."""
    from seqtune.errors import UsageError, unknown

    if form not in formats:
        raise UsageError(unknown("format", form, formats), "seqtune export --help")
    from seqtune.report.export import ExportReport
    from seqtune.run.run import Run

    opened = Run(run)
    with progress_bar() as opened.listener:
        summary = opened.export(
            output, format=form, use=use, force=force, quantize=quantize, allow_loss=allow_loss
        )
    show(ExportReport(summary), as_json)
