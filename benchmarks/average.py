"""Does an average of the weights beat those of the last step? Both of the very same trainings.

    python benchmarks/average.py data/airline.csv forecast --entries 0 1 --seeds 5 --steps 600

The average changes nothing in how a network is trained; so each training is scored twice after
every epoch, once as it is and once averaged. For each configuration of the portfolio and seed (and
fold, where cases are few) and for each metric: the figure without averaging, and what averaging
adds to it, at the epoch that is best on validation; first on the validation part, then on the test
part of DATA (with folds: on validation at the last epoch). The first metric says which epoch is
best. The last lines are the mean of each, and its standard error.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from seqtune.runtime import backend

LONG = 3600.0
"""Seconds that a training may take; none takes so many."""


def main() -> None:
    """Train every configuration with every seed and print a line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("task")
    parser.add_argument("--entries", type=int, nargs="+", default=[0], help="of the portfolio")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--metrics", nargs="+", required=True)
    parser.add_argument("--recipe", default="default")
    parser.add_argument("--set", nargs="+", default=[], help="as of fit")
    chosen = parser.parse_args()
    backend.activate("jax")
    from seqtune.data.reading.open import open_source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.search.space import complete
    from seqtune.tasks import load_task

    task = load_task(chosen.task)
    recipe = Recipe.load(chosen.recipe, chosen.task, chosen.set)
    prepared, recipe = task.prepare(open_source(str(chosen.data), recipe), recipe, silent)
    rows = []
    for entry in chosen.entries:
        values = complete(recipe.dimensions(), recipe.portfolio()[entry])
        values |= {"training.steps": chosen.steps, "training.average": "ema"}
        for seed in range(chosen.seeds):
            for view in [fold.prepared for fold in prepared.folds] or [prepared]:
                rows.append(compare(task, view, values, seed, chosen.metrics))
                print_row(f"entry {entry}, seed {seed}", rows[-1])
    print_row("mean", np.mean(rows, axis=0).tolist())
    print_row("standard error", (np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows))).tolist())


def compare(
    task: Any, prepared: Any, values: dict[str, Any], seed: int, metrics: list[str]
) -> list[float]:
    """Return the figures of a line."""
    from seqtune.initializers import seed_everything
    from seqtune.search.problem import Problem
    from seqtune.search.schedule import Schedule, Watch
    from seqtune.search.trainer.compiled_steps import CompiledSteps
    from seqtune.search.trainer.kept_weights import AverageWeights
    from seqtune.search.training import train

    class Kept(AverageWeights):
        """Remembers the weights themselves too."""

        def take(self, arrays: Any) -> None:
            super().take(arrays)
            self.own = arrays

    class Both(CompiledSteps):
        """Shows both."""

        def _kept(self) -> Any:
            kept = super()._kept()
            kept.__class__ = Kept
            self.kept = kept
            return kept

    class Scored(Schedule):
        """Scores both after each epoch."""

        def after_epoch(self, epoch: int, loss: float) -> None:
            for arrays, scores in ((trainer.kept.own, own), (trainer.kept.arrays, averaged)):
                trainer._put_back(*arrays)
                scores.append([self.score(part) for part in parts])

        def score(self, part: Any) -> list[float]:
            found = problem.score(part, problem.predict(model, values, part))
            return [found[metric] for metric in metrics]

    own: list[list[list[float]]] = []
    averaged: list[list[list[float]]] = []
    is_whole = getattr(prepared, "held", None) is None
    parts = ["validation", "test"] if is_whole else ["validation"]
    steps = task.steps_per_epoch(prepared, values)
    epochs = -(-int(values["training.steps"]) // steps)
    with tempfile.TemporaryDirectory() as name:
        problem = Problem(task, prepared, Path(name))
        seed_everything(seed)
        model = task.build(prepared, values)
        trainer = Both(problem, model, values, epochs * steps)
        rate = float(values["training.learning_rate"])
        schedule = Scored(rate, epochs, time.monotonic() + LONG, Watch())
        train(problem, trainer, values, seed, schedule, steps_per_epoch=steps, until="train")
    sign = 1 if task.info.metric(metrics[0]).direction == "min" else -1
    figures = []
    for scores in map(np.array, (own, averaged)):  # (epochs, parts, metrics)
        best = scores[int((sign * scores[:, 0, 0]).argmin())]
        figures.append([best[0], best[1] if is_whole else scores[-1, 0]])
    before, after = np.array(figures)  # (parts, metrics) each
    return [float(each) for each in np.stack([before, after - before], axis=-1).ravel()]


def print_row(name: str, figures: list[float]) -> None:
    """Print a name and its figures."""
    print(f"{name:20}", *(f"{figure:9.4f}" for figure in figures), flush=True)


if __name__ == "__main__":
    main()
