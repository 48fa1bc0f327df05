"""Where trials run: one place per file, all behind the protocol in `_contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqtune.progress import Listener
    from seqtune.search.executor._contract import Executor
    from seqtune.search.problem import Problem
    from seqtune.workers import WorkerPlan


def open_executor(
    plan: WorkerPlan, problem: Problem, listener: Listener, *, backend: str, address: str = "auto"
) -> Executor:
    """Start the workers of a plan, without waiting for them.

    Args:
        plan: How many there are, and where.
        problem: Task, data and run folder.
        listener: Hears of trials begun and of every epoch.
        backend: The Keras backend.
        address: Where the Ray cluster is; "auto" for the one at hand.
    """
    if plan.executor == "processes":
        from seqtune.search.executor.processes import Processes

        return Processes(
            problem.task.name, problem.folder, listener, backend=backend, shares=plan.shares
        )
    from seqtune.search.executor.inline import Inline

    return Inline(problem, listener)
