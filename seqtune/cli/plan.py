"""`seqtune plan`: what fit would do; trains nothing."""

from __future__ import annotations

from seqtune.cli.flags import check_task, with_fit_flags
from seqtune.cli.output import live_board, show
from seqtune.workflow.options import FitOptions

NAME = "plan"
EXAMPLE = "seqtune plan data/airline.csv --task forecast"


def _plan(data: str, task: str | None, options: FitOptions, as_json: bool, quiet: bool) -> None:
    task = check_task(data, task, options, NAME)

    from seqtune.drawing.wording import command as command_line
    from seqtune.report.plan import PlanReport
    from seqtune.workflow.plan import plan_with

    with live_board(quiet=True) as board:
        plan = plan_with(data, task, options, listener=board)
    flags = options.words()
    show(PlanReport(plan, command_line("seqtune", "fit", data, "--task", task, *flags)), as_json)


command = with_fit_flags(_plan, "Show what fit would do with DATA; train nothing.")
