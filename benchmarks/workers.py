"""What more workers are worth: trials per minute, and how busy the main loop keeps them.

    python benchmarks/workers.py [--backend jax] [--trials 12] [--steps 60] [--m4 FOLDER]
    python benchmarks/workers.py --fake [--workers 8] [--trials 800] [--record]

The first form trains the same random configurations with one worker and with one per core; the
second runs the search's own loop against workers that only wait 50 ms for each trial.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtune.runtime import backend as backends


def main() -> None:
    """Print the figures of one of the two forms."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backend", default="jax")
    parser.add_argument("--trials", type=int)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--m4", type=Path, help="folder with train.csv of M4 hourly, for airline")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--fake", action="store_true")
    parser.add_argument("--record", action="store_true", help="with the files of a run")
    arguments = parser.parse_args()
    backends.activate(arguments.backend)
    with tempfile.TemporaryDirectory() as name:
        if arguments.fake:
            keep_busy(Path(name), arguments.workers, arguments.trials or 800, arguments.record)
        else:
            compare(Path(name), arguments)


def compare(folder: Path, arguments: argparse.Namespace) -> None:
    """Print trials per minute of one worker on a core, one on all, and one for each core."""
    from _jobs import AIRLINE, jobs, prepare, shares

    data, overrides = AIRLINE, []
    if arguments.m4 is not None:
        data, overrides = arguments.m4 / "train.csv", ["horizon=48"]
    _, recipe = prepare(data, folder, overrides)
    work = list(jobs(recipe, arguments.trials or 12, arguments.steps))
    cores = len(os.sched_getaffinity(0))
    print(f"{len(work)} trials of {arguments.steps} steps, {data.name}, {arguments.backend}")
    print("workers  cores each  start s  trials/min  training  times")
    first = 0.0
    for workers, used in dict.fromkeys([(1, 1), (1, cores), (cores, cores)]):
        started, seconds, training = run(folder, arguments.backend, shares(workers, used), work)
        rate = 60 * len(work) / seconds
        first = first or rate
        share = training / (workers * seconds)
        print(
            f"{workers:7}  {used // workers:10}  {started:7.1f}  {rate:10.1f}  {share:8.0%}"
            f"  {rate / first:5.2f}",
            flush=True,
        )


def run(
    folder: Path, backend: str, shares: Sequence[Any], work: Sequence[Any]
) -> tuple[float, float, float]:
    """Train all configurations.

    Returns:
        Seconds until every worker had done a first trial, which does not count further; seconds
        of the trials; seconds in training steps, all workers together.
    """
    from dataclasses import replace

    from seqtune.progress import silent
    from seqtune.search.executor._dispatcher import WorkerSpec
    from seqtune.search.executor.processes import Processes

    began = time.monotonic()
    executor = Processes(WorkerSpec("forecast", backend), folder, shares, silent)
    try:
        warm = [replace(work[0], trial=f"t{900 + number}") for number in range(len(shares))]
        drain(executor, warm)
        started = time.monotonic() - began
        began = time.monotonic()
        results = drain(executor, work)
        seconds = time.monotonic() - began
    finally:
        executor.close()
    for result in results:
        if result.reason:
            print(f"{result.trial}: {result.reason}")
    return started, seconds, sum(result.training_seconds for result in results)


def drain(executor: Any, work: Sequence[Any]) -> list[Any]:
    """Keep all workers busy until the work is done."""
    waiting, results = list(work), []
    while len(results) < len(work):
        while waiting and executor.idle():
            executor.submit(waiting.pop(0))
        results += executor.wait(1.0)
    return results


def keep_busy(folder: Path, workers: int, trials: int, record: bool) -> None:
    """Print how much of their time workers are busy under the search's own loop."""
    from _fake_worker import SECONDS
    from _jobs import AIRLINE, LONG, jobs, prepare, shares

    from seqtune.progress import silent
    from seqtune.run.checkpoint import write_checkpoint
    from seqtune.runtime.interrupt import Interrupt
    from seqtune.search.budget import Clock
    from seqtune.search.executor._dispatcher import WorkerSpec
    from seqtune.search.executor.processes import Processes
    from seqtune.search.job_plan import JobPlan
    from seqtune.search.oracle import Oracle
    from seqtune.search.stopping import stopping_rule
    from seqtune.search.study import Study

    def keep(results: dict[str, Any], state: dict[str, Any]) -> None:
        if record:
            write_checkpoint(folder, list(results.values()), state)

    problem, recipe = prepare(AIRLINE, folder, ())
    metric, direction = problem.metric, problem.direction
    oracle = Oracle(
        "random", recipe.dimensions(), recipe.portfolio(), metric=metric, direction=direction,
        seed=0, trials=trials,
    )  # fmt: skip
    study = Study(
        oracle=oracle,
        stopping=stopping_rule("none", oracle, direction),
        clock=Clock(LONG),
        reserve=lambda _: 0.0,
        plan=JobPlan(0, lambda values: 100),
        record=keep,
        listener=silent,
        interrupt=Interrupt(silent),
    )
    spec = WorkerSpec("forecast", "jax", module="_fake_worker")
    executor = Processes(spec, folder, shares(workers, workers), silent)
    try:
        drain(executor, list(jobs(recipe, workers, 1)))  # all have started
        executor.listener = study.hear
        used = time.process_time()
        began = time.monotonic()
        study.run(executor)
        seconds = time.monotonic() - began
        used = time.process_time() - used
    finally:
        executor.close()
    busy = sum(result.seconds for result in study.results.values())
    print(
        f"{workers} workers, {len(study.results)} trials of {1000 * SECONDS:.0f} ms: "
        f"{busy / (workers * seconds):.1%} busy; the loop takes {1000 * used / trials:.2f} ms "
        "of processor time for a trial"
    )


if __name__ == "__main__":
    main()
