"""Where trials run: one place per file, all behind the protocol in `_contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqtune.progress import Listener
    from seqtune.recipe.schema import SearchSection
    from seqtune.runtime.workers import WorkerPlan
    from seqtune.search.executor._contract import Executor
    from seqtune.search.problem import Problem


def open_executor(
    plan: WorkerPlan,
    problem: Problem,
    listener: Listener,
    *,
    backend: str,
    search: SearchSection,
    grace: Callable[[float], float],
    is_over: Callable[[], bool] = lambda: False,
) -> Executor:
    """Start the workers of a plan, without waiting for them.

    Args:
        plan: How many there are, and where.
        problem: Task, data and run folder.
        listener: Hears of trials begun and of every epoch.
        backend: The Keras backend.
        search: The section `search` of the recipe, for what a Ray cluster has to know.
        grace: From the seconds of a job to the seconds past them after which it hangs.
        is_over: Says whether the user wishes to end; a job in this process asks after each batch.

    Raises:
        SearchError: The workers cannot be started.
    """
    if plan.executor == "inline":
        from seqtune.search.executor.inline import Inline

        return Inline(problem, listener, is_over)
    from seqtune.search.executor._dispatcher import WorkerSpec

    spec = WorkerSpec(problem.task.name, backend, grace=grace)
    if plan.executor == "processes":
        from seqtune.search.executor.processes import Processes

        return Processes(spec, problem.folder, plan.shares, listener)
    from seqtune.search.executor.ray_cluster import Cluster, RayExecutor

    cluster = Cluster(search.address, search.workers, search.workers_per_gpu)
    return RayExecutor(spec, problem, cluster, listener)
