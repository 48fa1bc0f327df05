r"""Train a fixed set of configurations on a data set and keep how each fared, for `fidelity.py`.

    python benchmarks/fidelity_table.py data/airline.csv -o tables/airline.json
    python benchmarks/fidelity_table.py FOLDER/ETTh1.csv -o tables/ett.json \\
        --set data.target=OT --set horizon=24

Every configuration is trained three times: at once, in thirds, and in ninths, each stretch going on
from the weights of the one before. Costs are CPU seconds of one core, so that a busy machine does
not change them. Scores are those of the validation part; the test part is never looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

STEPS = 360
WAYS = {"whole": (1.0,), "thirds": (1 / 3, 1.0), "ninths": (1 / 9, 1 / 3, 1.0)}
"""Where training pauses, as shares of it."""

SPACE = (
    f"training.steps={STEPS}",
    "training.patience=1000",
    "training.weight_decay=0",
    "training.loss=scaled_quantile",
    "preprocessing.embedding=0",
    "network.architecture=[segment,encoder_decoder]",
    "network.encoder_decoder.attention=false",
    "network.cell=[lstm,gru,simple_rnn]",
    "network.units=[16,32,64,128]",
    "network.layers=1",
    "network.dropout=0",
    "search.oracle=random",
)
"""Five dimensions are left, few enough that a table of sixty configurations fills them."""


def main() -> None:
    """Train and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--configurations", type=int, default=60)
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    chosen = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "jax")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "JAX_COMPILATION_CACHE_DIR": f"{folder}/programs",
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
            "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
        }
        table = train_all(chosen.data, chosen.overrides, chosen.configurations, Path(folder))
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(json.dumps(table, indent=1))


def train_all(
    data: Path, overrides: list[str], configurations: int, folder: Path
) -> dict[str, Any]:
    """Return the overrides and a row for every configuration."""
    from seqtune.runtime.backend import activate

    activate("auto")

    from seqtune.data.reading.open import open_source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.search.problem import Problem
    from seqtune.tasks import load_task

    recipe = Recipe.load(None, "forecast", [*SPACE, *overrides])
    task = load_task("forecast")
    prepared, recipe = task.prepare(open_source(data, recipe), recipe, silent)
    prepared.save(folder)
    problem = Problem.open("forecast", folder)
    rows = []
    for number, values in enumerate(configurations_of(recipe, configurations)):
        row = {"values": values, "ways": {}}
        for way, pauses in WAYS.items():
            row["ways"][way] = train_in_stretches(problem, recipe, values, pauses, number)
        rows.append(row)
        whole = row["ways"]["whole"][-1]
        print(f"{number + 1:3d}  {whole['score']:.4f}  {whole['cpu']:.1f} s  {values}", flush=True)
    return {"data": data.name, "overrides": [*SPACE, *overrides], "rows": rows}


def configurations_of(recipe: Any, count: int) -> list[dict[str, Any]]:
    """Return the portfolio and random configurations."""
    from seqtune.search.oracle import Oracle

    oracle = Oracle(
        "random", recipe.dimensions(), recipe.portfolio(),
        metric="mase", direction="min", seed=1, trials=count,
    )  # fmt: skip
    found = []
    while (proposal := oracle.ask()) is not None:
        oracle.tell(proposal.trial, None)
        found.append(proposal.values)
    return found


def train_in_stretches(
    problem: Any, recipe: Any, values: dict[str, Any], pauses: tuple[float, ...], number: int
) -> list[dict[str, float]]:
    """Return score, epochs and CPU seconds of every stretch; the best score so far counts."""
    from seqtune.search.schedule import Watch
    from seqtune.search.trial import TrialJob

    per_epoch = min(20, problem.task.steps_per_epoch(problem.prepared, values))
    earlier = None
    stretches = []
    for pause in pauses:
        began = time.process_time()
        job = TrialJob(
            f"t{number:03d}", values, number, 3600.0, round(pause * STEPS), per_epoch, earlier
        )
        earlier = job.run(problem, Watch())
        if earlier.reason:
            raise SystemExit(f"{values}: {earlier.reason}")
        stretches.append(
            {
                "share": pause,
                "score": earlier.score,
                "scores": list(earlier.scores),
                "cpu": time.process_time() - began,
                "steps": earlier.steps,
            }
        )
    return stretches


if __name__ == "__main__":
    main()
