"""`seqtune doctor`: versions, backend, devices, extras, and the cache of compiled programs."""

from __future__ import annotations

from typing import Annotated

import typer

from seqtune.cli.output import AsJson, show

NAME = "doctor"
EXAMPLE = "seqtune doctor"


def command(
    clear_cache: Annotated[
        bool,
        typer.Option("--clear-cache", help="Delete the compiled networks that are kept on disk."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show versions, the backend, devices, the cache, and what extras add."""
    from seqtune.report.machine import doctor_report

    if clear_cache:
        from seqtune.report.doctor import megabytes
        from seqtune.runtime.program_cache import cache_folder
        from seqtune.runtime.program_cache import clear_cache as clear

        folder = cache_folder()
        said = f"deleted {megabytes(clear())} in {folder}" if folder else "the cache is off"
        typer.echo(f"compiled networks: {said}", err=True)
    show(doctor_report(), as_json)
