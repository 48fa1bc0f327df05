"""`seqtune report`: the leaderboard and what to make of it, again."""

from __future__ import annotations

from seqtune.cli.output import AsJson, RunFolder, show

NAME = "report"
EXAMPLE = "seqtune report runs/airline-forecast-1"


def command(run: RunFolder, as_json: AsJson = False) -> None:
    """Show the leaderboard of a run and what to make of it, again."""
    from seqtune.report.of_run import fit_report
    from seqtune.run.run import Run

    show(fit_report(Run(run)), as_json)
