"""Do covariates pay? Simple methods, and networks after few steps, on tables where they matter.

    python benchmarks/covariates.py                     made-up tables, those that defaults saw
    python benchmarks/covariates.py --unseen            those that they did not
    python benchmarks/covariates.py FOLDER              your own: each .csv, and beside it, if you
                                                        like, .set: what follows --set, a line each
    python benchmarks/covariates.py --steps 10 150      networks after so many steps as well

Each line is a table: MASE on its test part of each simple method, fitted on the rows before it, and
of one network after so many training steps on the training rows, its base with and without what the
covariates bring. `--seeds 3` draws made-up tables three times, and takes the mean.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _made_up_covariates import CHOSEN_ON, UNSEEN, Table

from seqtune.runtime import backend

METHODS = ("seasonal_naive", "ets", "theta", "mstl", "ridge", "boosted_trees")
NETWORK = {
    "network.architecture": "segment",
    "network.cell": "gru",
    "network.units": 64,
    "network.layers": 1,
    "network.dropout": 0,
    "training.learning_rate": 0.003,
    "training.loss": "scaled_quantile",
    "training.weight_decay": 0,
    "preprocessing.base": "blend",
    "preprocessing.scaling": "window",
    "preprocessing.calendar": True,
    "preprocessing.embedding": 0,
}


def main() -> None:
    """Print a line for each table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="tables of your own")
    parser.add_argument("--unseen", action="store_true", help="the made-up tables not chosen on")
    parser.add_argument("--steps", nargs="*", type=int, default=[], help="train networks so long")
    parser.add_argument("--seeds", type=int, default=1, help="how often a table is made up")
    parser.add_argument("--methods", nargs="+", default=METHODS, help="simple methods to run")
    parser.add_argument("--seconds", type=float, default=60.0, help="they may take on a table")
    asked = parser.parse_args()
    backend.activate("jax")
    networks = [f"{step}{end}" for step in asked.steps for end in (" plain", " effects")]
    print("table", *asked.methods, *networks, sep="\t")
    for name, tables in _tables(asked.folder, asked.unseen, asked.seeds):
        rows = [[*_simple(table, asked), *_networks(table, asked.steps)] for table in tables]
        figures = np.array(rows).mean(axis=0)
        print(name, *(f"{figure:.3f}" for figure in figures), sep="\t", flush=True)


def _tables(folder: Path | None, unseen: bool, seeds: int) -> Iterator[tuple[str, list[Table]]]:
    """Yield names and tables, made up or read."""
    if folder is None:
        for make in UNSEEN if unseen else CHOSEN_ON:
            yield make.__name__, [make(np.random.default_rng(seed)) for seed in range(seeds)]
        return
    for path in sorted(folder.glob("*.csv")):
        beside = path.with_suffix(".set")
        options = beside.read_text(encoding="utf-8").split("\n") if beside.exists() else []
        options = [option for option in options if option]
        yield path.stem, [Table(pd.read_csv(path), tuple(options))]


def _prepared(table: Table, overrides: Sequence[str] = ()) -> tuple[Any, Any]:
    from seqtune.data.reading.source import Source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.tasks.forecast.task import TASK

    recipe = Recipe.load(None, "forecast", ["portfolio=[]", *table.options, *overrides])
    return TASK.prepare(Source.from_frame(table.frame), recipe, silent)


def _simple(table: Table, asked: argparse.Namespace) -> list[float]:
    """Return the test MASE of each method, NaN where it had no time."""
    from seqtune.baselines.pace import Allowance
    from seqtune.progress import silent
    from seqtune.tasks.forecast.global_methods import run_all_methods

    prepared, _ = _prepared(table)
    allowance = Allowance(time.monotonic() + asked.seconds)
    results = run_all_methods(prepared, asked.methods, allowance, silent, seed=0, may_blend=False)
    return [result.test.get("mase", np.nan) for result in results]


def _networks(table: Table, steps: Sequence[int]) -> Iterator[float]:
    """Yield the test MASE after each number of steps, without and with effects in the base."""
    import keras

    from seqtune.search.space import complete
    from seqtune.tasks.forecast.task import TASK

    for wanted in steps:
        for effects in (False, True):
            keys = {**NETWORK, "preprocessing.effects": effects}
            prepared, recipe = _prepared(table, [f"{key}={value}" for key, value in keys.items()])
            values = complete(recipe.dimensions(), {})
            keras.utils.set_random_seed(0)
            model = TASK.build(prepared, values)
            rate = values["training.learning_rate"]
            model.compile(keras.optimizers.AdamW(rate, clipnorm=1.0), TASK.loss(prepared, values))
            model.fit(TASK.batches(prepared, values, 0, steps=wanted), verbose=0, shuffle=False)
            encoded = prepared.encoded("test")
            made = TASK.forward(model.predict_on_batch, prepared, encoded, values)
            yield TASK.score(prepared, encoded, made)["mase"]


if __name__ == "__main__":
    main()
