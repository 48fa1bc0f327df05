"""`seqtune runs`: the runs in a folder, a line each."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import AsJson, show

NAME = "runs"
EXAMPLE = "seqtune runs runs"


def command(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Folder that holds run folders.")
    ] = "runs",
    as_json: AsJson = False,
) -> None:
    """List the runs in FOLDER, a line each."""
    from seqtune.report.build import runs_report

    show(runs_report(folder), as_json)
