"""Where trials run: one place per file, all behind the protocol in `_contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqtune.progress import Listener
    from seqtune.recipe.schema import Study
    from seqtune.runtime.workers import WorkerPlan
    from seqtune.search.executor._contract import Executor
    from seqtune.search.problem import Problem


def open_executor(
    plan: WorkerPlan,
    problem: Problem,
    listener: Listener,
    *,
    backend: str,
    search: Study,
    grace: Callable[[float], float],
) -> Executor:
    """Start the workers of a plan, without waiting for them.

    Args:
        plan: How many there are, and where.
        problem: Task, data and run folder.
        listener: Hears of trials begun and of every epoch.
        backend: The Keras backend.
        search: The section `search` of the recipe, for what a Ray cluster has to know.
        grace: From the seconds of a job to the seconds past them after which it hangs.

    Raises:
        SearchError: The workers cannot be started.
    """
    if plan.executor == "ray":
        from seqtune.search.executor.ray_cluster import RayExecutor

        return RayExecutor(
            problem,
            problem.task.name,
            listener,
            backend=backend,
            address=search.address,
            workers=search.workers,
            workers_per_gpu=search.workers_per_gpu,
            grace=grace,
        )
    if plan.executor == "processes":
        from seqtune.search.executor.processes import Processes

        return Processes(
            problem.task.name,
            problem.folder,
            listener,
            backend=backend,
            shares=plan.shares,
            grace=grace,
        )
    from seqtune.search.executor.inline import Inline

    return Inline(problem, listener)
