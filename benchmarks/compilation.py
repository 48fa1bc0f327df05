"""What a training step costs to compile, quickly and fully, and how long each then takes.

    python benchmarks/compilation.py [--task forecast] [--data data/airline.csv] [--most 10]

The networks of a task's default portfolio on one core, JAX on the CPU. "pays from" is the number of
operations after which what full effort wins in steps is what it costs in compilation;
`seqtune.runtime.effort.PAYS_FROM` is near the median of those where it wins anything.
"""

from __future__ import annotations

import os

os.environ.update(KERAS_BACKEND="jax", JAX_PLATFORMS="cpu", NPROC="1")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

STEPS = 20


def main() -> None:
    """Print a line for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="forecast")
    parser.add_argument("--data", default="data/airline.csv")
    parser.add_argument("--most", type=int, default=10)
    chosen = parser.parse_args()

    from seqtune.runtime.backend import activate

    activate("jax")
    from seqtune.data.reading.open import open_source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.runtime.allocation import keep_memory
    from seqtune.search.problem import Problem
    from seqtune.search.space import complete
    from seqtune.tasks import load_task

    keep_memory()
    recipe = Recipe.load(None, chosen.task, [])
    task = load_task(chosen.task)
    prepared, recipe = task.prepare(open_source(chosen.data, recipe), recipe, silent)
    problem = Problem(task, prepared, Path(tempfile.mkdtemp()))
    print("network                       10^6 operations  compile (s)     step (ms)     pays from")
    for entry in recipe.portfolio()[: chosen.most]:
        values = complete(recipe.dimensions(), entry)
        quick, full, operations = measure(problem, values)
        won = quick[1] - full[1]
        pays = (full[0] - quick[0]) / won * operations if won > 0 else float("inf")
        name = (
            f"{values['network.architecture']}-{values['network.cell']} "
            f"{values['network.layers']} x {values['network.units']}"
        )
        print(
            f"{name:30s} {operations / 1e6:14.0f}  {quick[0]:5.2f} {full[0]:5.2f}  "
            f"{1000 * quick[1]:6.2f} {1000 * full[1]:6.2f}  {pays:12.1e}",
            flush=True,
        )


def measure(problem: Any, values: Any) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return seconds to compile and of a step, of either effort, and the operations of a step."""
    from seqtune.initializers import seed_everything
    from seqtune.runtime.effort import PAYS_FROM
    from seqtune.search.trainer.compiled_steps import CompiledSteps

    found = []
    for steps in (1, int(PAYS_FROM)):  # few enough for the one, enough for the other
        seed_everything(0)
        model = problem.task.build(problem.prepared, values)
        trainer = CompiledSteps(problem, model, values, steps)
        batches = problem.task.batches(problem.prepared, values, 0, steps=STEPS + 1)
        pace = Timed()
        trainer.run(batches, pace)
        found.append((pace.compile_seconds, pace.step_seconds))
    return found[0], found[1], trainer.operations


class Timed:
    """A pace of one epoch that takes times: of compiling, and of the steps after the first."""

    epochs = 1
    is_over = False

    def __init__(self) -> None:
        self.compile_seconds = 0.0
        self._times: list[float] = []

    @property
    def step_seconds(self) -> float:
        """Mean of the steps but the first."""
        return (self._times[-1] - self._times[0]) / (len(self._times) - 1)

    def compiled(self, seconds: float) -> None:
        """Hear how long compiling took."""
        self.compile_seconds = seconds

    def begin_epoch(self, epoch: int) -> float:
        """Return a rate that changes little."""
        return 1e-6

    def after_batch(self) -> None:
        """Take the time."""
        self._times.append(time.perf_counter())

    def end_epoch(self, epoch: int, loss: float) -> None:
        """Look at nothing."""


if __name__ == "__main__":
    main()
