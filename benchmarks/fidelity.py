"""Which oracle, with which rule for stopping, finds good networks soonest.

    python benchmarks/fidelity_table.py data/airline.csv -o tables/airline.json
    python benchmarks/fidelity.py tables/*.json

The real loop of the search runs on tables of trained networks: what an oracle proposes is answered
by the nearest configuration of the table, after the CPU seconds that this one took. Two workers, a
virtual clock. Regret is the validation score of the best network so far, over the best of the
table, less one: 0.05 is five per cent worse. Printed: its mean over seeds, at shares of the time
in which ten networks could be trained to the end.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

STRATEGIES = {
    "random": ("random", "none"),
    "random, median": ("random", "median"),
    "random, halving": ("random", "halving"),
    "bayesian": ("bayesian", "none"),
    "bayesian, median": ("bayesian", "median"),
    "bayesian, halving": ("bayesian", "halving"),
    "hyperband": ("hyperband", "none"),
}
NETWORKS = 10.0
"""The time in which so many networks could be trained to the end, one after the other."""

MOMENTS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
WORKERS = 2


def main() -> None:
    """Run every strategy on every table and print a table of regrets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--networks", type=float, default=NETWORKS)
    chosen = parser.parse_args()

    from seqtune.runtime.backend import activate

    activate("auto")
    tables = [Table.read(path) for path in chosen.tables]
    print(f"mean regret of {chosen.seeds} seeds, after shares of the time")
    header = "".join(f"{moment:>8.0%}" for moment in MOMENTS)
    print(f"{'':30s}{header}   trials")
    regrets: dict[str, list[np.ndarray]] = {name: [] for name in STRATEGIES}
    for table, (name, strategy) in product(tables, STRATEGIES.items()):
        found, trials = [], []
        for seed in range(chosen.seeds):
            regret, count = run(table, *strategy, seed, chosen.networks)
            found.append(regret)
            trials.append(count)
        regrets[name].append(np.mean(found, axis=0))
        print(f"{table.name:12s}{name:18s}{line(np.mean(found, axis=0))}   {np.mean(trials):.1f}")
    for name, of_tables in regrets.items():
        print(f"{'all':12s}{name:18s}{line(np.mean(of_tables, axis=0))}")


def line(regret: np.ndarray) -> str:
    """Return regrets as a row of the table."""
    return "".join(f"{value:8.3f}" if math.isfinite(value) else f"{'-':>8s}" for value in regret)


@dataclass
class Table:
    """Trained networks of one data set.

    Args:
        name: The data set.
        rows: Configurations and how they fared.
        dimensions: The search space.
        portfolio: What is tried first.
    """

    name: str
    rows: list[dict[str, Any]]
    dimensions: Any
    portfolio: Any

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read what `fidelity_table.py` wrote."""
        from seqtune.recipe.load import Recipe

        raw = json.loads(path.read_text())
        settled = raw["rows"][0]["values"]
        recipe = Recipe.load(None, "forecast", raw["overrides"])
        fixed = {
            dimension.path: settled[dimension.path]
            for dimension in recipe.dimensions()
            if dimension.kind == "fixed" and dimension.path in settled
        }
        recipe = recipe.replace(fixed)
        return cls(path.stem, raw["rows"], recipe.dimensions(), recipe.portfolio())

    @property
    def best(self) -> float:
        """The best score in it."""
        return min(
            stretch["score"] for row in self.rows for way in row["ways"].values() for stretch in way
        )

    @property
    def whole_seconds(self) -> float:
        """Mean cost of training to the end."""
        return float(np.mean([row["ways"]["whole"][-1]["cpu"] for row in self.rows]))

    def nearest(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row whose configuration differs least."""
        searched = [each for each in self.dimensions if each.kind != "fixed"]

        def distance(row: dict[str, Any]) -> float:
            total = 0.0
            for each in searched:
                here, there = values[each.path], row["values"][each.path]
                if isinstance(here, float) and isinstance(there, float) and each.log:
                    width = math.log(each.maximum / each.minimum)
                    total += abs(math.log(here / there)) / width
                elif isinstance(here, int) and isinstance(there, int):
                    total += abs(math.log2(max(here, 1) / max(there, 1))) / 4
                else:
                    total += here != there
            return total

        return min(self.rows, key=distance)


@dataclass
class Clock:
    """A clock that goes on when a trial ends."""

    seconds: float
    now: float = 0.0

    def left(self) -> float:
        """Return the seconds that are left."""
        return self.seconds - self.now

    def elapsed(self) -> float:
        """Return the seconds that have passed."""
        return self.now


@dataclass
class Simulated:
    """An executor whose workers look results up, and take as long as they took."""

    table: Table
    clock: Clock
    listener: Any = None
    workers: int = WORKERS
    running: list[tuple[float, int, Any, Any]] = field(default_factory=list)
    found: list[tuple[float, float]] = field(default_factory=list)
    paused: dict[str, str] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)

    def idle(self) -> int:
        """Return how many workers have nothing to do."""
        return self.workers - len(self.running)

    def submit(self, job: Any) -> None:
        """Look a job up, and work out when it ends."""
        result, seconds = self.look_up(job)
        self.running.append((self.clock.now + seconds, len(self.running), job, result))

    def wait(self, seconds: float) -> list[Any]:
        """Go on to the end of the next job."""
        if not self.running:
            return []
        self.running.sort(key=lambda entry: entry[:2])
        end, _, job, result = self.running.pop(0)
        if end > self.clock.seconds:  # cut by the clock: the best so far would have been kept
            self.clock.now = self.clock.seconds
            return [job.failed("the time was over", 0.0)]
        self.clock.now = end
        self.found.append((end, result.score))
        return [result]

    def stop(self, trial: str) -> None:
        """Remember that a trial is not worth its time."""
        self.stopped.add(trial)

    def close(self) -> None:
        """Nothing to give back."""

    def look_up(self, job: Any) -> tuple[Any, float]:
        """Return a job's result, and the seconds that it takes."""
        from dataclasses import replace

        from seqtune.progress import EpochEnded, TrialStarted
        from seqtune.search.trial import Result

        row = self.table.nearest(job.values)
        total = int(job.values["training.steps"])
        share = job.until / total
        way = self.paused.get(job.trial)
        if way is None:
            way = "whole" if share > 0.9 else "thirds" if share > 0.2 else "ninths"
            self.paused[job.trial] = way
        stretches = row["ways"][way]
        index = min(range(len(stretches)), key=lambda at: abs(stretches[at]["share"] - share))
        stretch = stretches[index]
        seconds, scores = self.cost(row, way, index), list(stretch["scores"])
        self.listener(TrialStarted(job.trial, 0, job.values))
        if way == "whole":
            for epoch, score in enumerate(scores, start=1):
                self.listener(EpochEnded(job.trial, 0, epoch, len(scores), score))
                if job.trial in self.stopped:
                    seconds *= epoch / len(scores)
                    scores = scores[:epoch]
                    break
        before = job.earlier or Result(job.trial, "stopped", job.values)
        result = replace(
            before,
            status="completed" if share > 0.9 and job.trial not in self.stopped else "stopped",
            score=min(scores),
            scores=scores,
            seconds=before.seconds + seconds,
            steps=job.until,
        )
        return result, seconds

    def cost(self, row: dict[str, Any], way: str, index: int) -> float:
        """Return CPU seconds of a stretch, compilation counted in the first stretch of each way.

        In the table a network is compiled once, for training at once.
        """
        whole, thirds = row["ways"]["whole"], row["ways"]["thirds"]
        steps = thirds[1]["steps"] - thirds[0]["steps"]
        extra_steps = steps - thirds[0]["steps"]
        per_step = max(0.0, (thirds[1]["cpu"] - thirds[0]["cpu"]) / max(extra_steps, 1))
        setup = max(0.0, whole[0]["cpu"] - per_step * whole[0]["steps"])
        if way == "whole":
            return float(whole[0]["cpu"])
        stretches = row["ways"][way]
        before = stretches[index - 1]["steps"] if index else 0
        again = max(0.3, thirds[0]["cpu"] - per_step * thirds[0]["steps"])
        return per_step * (stretches[index]["steps"] - before) + (again if index else setup)


def run(
    table: Table, kind: str, stopping: str, seed: int, networks: float
) -> tuple[np.ndarray, int]:
    """Search a table once; return the regret at each moment, and how many trials there were."""
    from seqtune.progress import silent
    from seqtune.runtime.interrupt import Interrupt
    from seqtune.search.job_plan import JobPlan
    from seqtune.search.oracle import Oracle
    from seqtune.search.stopping import stopping_rule
    from seqtune.search.study import Study

    seconds = networks * table.whole_seconds / WORKERS
    clock = Clock(seconds)
    executor = Simulated(table, clock)
    oracle = Oracle(
        kind, table.dimensions, table.portfolio,
        metric="mase", direction="min", seed=seed, trials=None,
    )  # fmt: skip
    study = Study(
        oracle=oracle,
        stopping=stopping_rule(stopping, oracle, "min"),
        clock=clock,  # type: ignore[arg-type]
        reserve=lambda _: 0.0,
        plan=JobPlan(seed, lambda values: 20),
        record=lambda results, state: None,
        listener=silent,
        interrupt=Interrupt(silent),
    )
    executor.listener = study.hear
    study.run(executor)  # type: ignore[arg-type]
    return regret_at(executor.found, table, seconds), len(study.results)


def regret_at(found: Sequence[tuple[float, float]], table: Table, seconds: float) -> np.ndarray:
    """Return the regret of the best network that was finished by each moment."""
    regrets = []
    for moment in MOMENTS:
        scores = [score for end, score in found if end <= moment * seconds]
        regrets.append(min(scores) / table.best - 1.0 if scores else math.nan)
    return np.array(regrets)


if __name__ == "__main__":
    main()
