"""How are sparse counts forecast best? One network and the simple methods on made-up sales.

    python benchmarks/sparse_counts.py [--panels 5] [--lookback 56]

Each panel has 40 items over 500 days, of which about 85 % sell nothing; Saturdays sell four times
as much as other days. The next 14 days are forecast. Shown are, on average and per panel, the
weighted scaled quantile loss of the test part: of simple methods, and of the network as it is and
with conformal factors from the validation part, quantiles rounded up from several shares of the way
to the next whole number. Then: what is forecast of Saturdays, and the largest q0.9.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.runtime import backend

METHODS = ("empirical", "tsb", "croston", "adida", "imapa", "seasonal_naive", "naive")
ROUNDED_UP_FROM = (0.3, 0.4, 0.5, 0.6, 0.7)
SETTINGS = (
    *("horizon=14", "portfolio=[]", "network.architecture=segment", "network.cell=gru"),
    *("network.units=64", "network.layers=1", "network.dropout=0.1", "network.segment.length=7"),
    *("preprocessing.base=naive", "preprocessing.scaling=window", "preprocessing.calendar=true"),
    *("preprocessing.embedding=0", "training.loss=scaled_quantile", "training.weight_decay=0"),
    "training.learning_rate=0.003",
)
ROUNDS, STEPS = 4, 60
"""The network is looked at so many times, after so many steps each; the best is kept."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=5)
    parser.add_argument("--lookback", type=int, default=56)
    given = parser.parse_args()
    backend.activate("jax")
    table: dict[str, list[float]] = defaultdict(list)
    for seed in range(1, given.panels + 1):
        for name, figure in figures(seed, given.lookback).items():
            table[name].append(figure)
    for name, row in table.items():
        print(f"{name:32} {np.mean(row):7.4f}   " + " ".join(f"{each:.4f}" for each in row))


def sales(seed: int, items: int = 40, days: int = 500) -> pd.DataFrame:
    """Return made-up daily sales: negative binomial, with a week and a slow swing."""
    draw = np.random.default_rng(seed)
    date = pd.date_range("2023-01-01", periods=days)
    week = np.array([0.8, 0.8, 0.8, 0.8, 0.8, 3.0, 0.3])[date.dayofweek]
    parts = []
    for item in range(items):
        swing = 1 + 0.3 * np.sin(np.arange(days) / 80 + draw.uniform(0, 6))
        rate = draw.lognormal(np.log(0.17), 0.6) * week * swing
        shape = draw.uniform(0.3, 2)
        sold = draw.negative_binomial(shape, shape / (shape + rate))
        parts.append(pd.DataFrame({"item": f"i{item}", "date": date, "sold": sold}))
    return pd.concat(parts, ignore_index=True)


def figures(seed: int, lookback: int) -> dict[str, float]:
    """Return the figures of one panel by name."""
    from seqtune.data.reading.source import Source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.runtime.network import KerasNetwork
    from seqtune.search.space import complete
    from seqtune.tasks.forecast import counts
    from seqtune.tasks.forecast.conformal import measure_factors
    from seqtune.tasks.forecast.task import TASK

    recipe = Recipe.load(None, "forecast", [*SETTINGS, f"lookback={lookback}"])
    prepared, recipe = TASK.prepare(Source.from_frame(sales(seed)), recipe, silent)
    values = complete(recipe.dimensions(), {})
    validation, test = prepared.encoded("validation"), prepared.encoded("test")

    def loss(part: Any, quantiles: npt.NDArray[np.float64]) -> float:
        return float(TASK.score(prepared, part, quantiles)[prepared.metric])

    table = {name: loss(test, TASK.by_method(prepared, test, name, seed)) for name in METHODS}
    network = KerasNetwork(trained(prepared, values, seed, loss))
    held = TASK.forward(network, prepared, validation, values)
    raw = TASK.forward(network, prepared, test, values)
    factors = measure_factors(held, *validation.truth, prepared.codec.levels)
    assert factors is not None
    usual = counts.ROUND_UP_FROM
    for share in ROUNDED_UP_FROM:
        counts.ROUND_UP_FROM = share
        table[f"network, from {share}"] = loss(test, raw)
        table[f"the same, conformal, from {share}"] = loss(test, factors.apply(raw))
    counts.ROUND_UP_FROM = usual
    predicted = TASK.decode(prepared, test, raw, None)  # type: ignore[arg-type]
    actual = test.truth[0].ravel()
    is_saturday = pd.to_datetime(predicted["date"]).dt.dayofweek.to_numpy() == 5
    for name, rows in (("Saturdays", is_saturday), ("other days", ~is_saturday)):
        table[f"mean of {name}"] = float(predicted["mean"][rows].mean())
        table[f"sold on {name}"] = float(actual[rows].mean())
    table["largest q0.9"] = float(predicted["q0.9"].max())
    return table


def trained(prepared: Any, values: Any, seed: int, loss: Any) -> Any:
    """Return a network as it was when it was best on validation."""
    import keras

    from seqtune.runtime.network import KerasNetwork
    from seqtune.tasks.forecast.task import TASK

    keras.utils.set_random_seed(seed)
    network = TASK.build(prepared, values)
    rate = float(values["training.learning_rate"])
    network.compile(keras.optimizers.Adam(rate), TASK.loss(prepared, values), jit_compile=True)
    best, weights = np.inf, network.get_weights()
    part = prepared.encoded("validation")
    for turn in range(ROUNDS):
        batches = TASK.batches(prepared, values, 10 * seed + turn, steps=STEPS)
        network.fit(batches, epochs=1, verbose=0)
        score = loss(part, TASK.forward(KerasNetwork(network), prepared, part, values))
        if score < best:
            best, weights = score, network.get_weights()
    network.set_weights(weights)
    return network


if __name__ == "__main__":
    main()
