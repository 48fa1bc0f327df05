"""`seqtune runs`: the runs in a folder, a line each."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import AsJson, ForceHtml, Html, check_absent, show, write_html

NAME = "runs"
EXAMPLE = "seqtune runs runs"


def command(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Folder that holds run folders.")
    ] = "runs",
    html: Html = None,
    force: ForceHtml = False,
    as_json: AsJson = False,
) -> None:
    """List the runs in FOLDER, a line each."""
    from seqtune.report.build import runs_report

    check_absent(html, force)
    report = runs_report(folder)
    show(report, as_json)
    if html is not None:
        from seqtune.report.html import runs_page

        write_html(runs_page(report), html)
