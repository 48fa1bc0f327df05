"""What a proposal costs, and how good it is: regret of the oracles on functions that cost nothing.

python benchmarks/proposals.py [--seeds 5] [--trials 40] [--workers 1] [--functions rates,recipe]

Regret is how far the best trial is from the lowest value that is known, where 1 is the median of
random configurations. Keras Tuner's original runs in four dimensions alone: it takes 20 to 40
seconds for one proposal in a dozen.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded
os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import itertools
import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras_tuner
import numpy as np

from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe
from seqtune.search.oracle import ORACLES, UNLIMITED, Oracle, Proposal
from seqtune.search.oracles.fixed_space import FixedSpaceOracle
from seqtune.search.oracles.points import Points
from seqtune.search.space import hyperparameters

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Function:
    """Something to minimise.

    Args:
        dimensions: Its space.
        value: Returns the score of a configuration.
    """

    dimensions: Sequence[Dimension]
    value: Callable[[Values], float]


class Original(FixedSpaceOracle, keras_tuner.oracles.BayesianOptimizationOracle):  # type: ignore[misc]
    """Keras Tuner's Bayesian oracle as it is, with quick bookkeeping."""

    def own_values(self) -> dict[str, Any] | None:
        """Return what Keras Tuner proposes."""
        proposed = keras_tuner.oracles.BayesianOptimizationOracle.populate_space(self, "")
        values: dict[str, Any] | None = proposed["values"]
        return values


ORACLES["original"] = (Original, {"max_trials": UNLIMITED})


def main() -> None:
    """Print the time of a proposal and the regret, for every oracle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--functions", default=",".join(FUNCTIONS))
    parser.add_argument("--oracles", default="random,original,bayesian")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    kinds = arguments.oracles.split(",")
    print("Milliseconds of one core for a proposal, by trials that have ended")
    print(f"{'':16}{'space':12}{'50':>8}{'100':>8}{'200':>8}")
    for kind, name in itertools.product(kinds, ("rates", "recipe")):
        if is_affordable(kind, name):
            times = "".join(f"{milliseconds(kind, name, ended):8.1f}" for ended in (50, 100, 200))
            print(f"{kind:16}{name:12}{times}", flush=True)
    names = arguments.functions.split(",")
    print(f"\nMean regret after {arguments.trials} trials, and its standard error")
    print(f"{'':16}" + "".join(f"{name:>16}" for name in names))
    for kind in kinds:
        cells = [f"{kind:16}"]
        for name in names:
            if not is_affordable(kind, name):
                cells.append(f"{'-':>16}")
                continue
            found = [
                regret(kind, name, seed, arguments.trials, arguments.workers, arguments.noise)
                for seed in range(arguments.seeds)
            ]
            error = np.std(found, ddof=1) / math.sqrt(len(found)) if len(found) > 1 else 0.0
            cells.append(f"{np.mean(found):9.3f} ±{error:5.3f}")
        print("".join(cells), flush=True)


def is_affordable(kind: str, name: str) -> bool:
    """Say whether an oracle is quick enough for a function."""
    return kind != "original" or len(FUNCTIONS[name](0).dimensions) <= 5


def oracle_of(kind: str, function: Function, seed: int) -> Oracle:
    """Return an oracle without a portfolio."""
    return Oracle(
        kind, function.dimensions, [], metric="score", direction="min", seed=seed, trials=None
    )


def milliseconds(kind: str, name: str, ended: int) -> float:
    """Return the time of a proposal on one core after so many trials, the mean of five."""
    function = FUNCTIONS[name](0)
    oracle = oracle_of("random", function, 0)
    for proposal in ask(oracle, ended):
        oracle.tell(proposal.trial, function.value(proposal.values))
    state = oracle.state()
    measured = oracle_of(kind, function, 1)  # another seed, or it would draw what is known
    own = measured.state()
    told = {**own["oracle"], "trials": state["oracle"]["trials"]}
    measured.restore({**own, "asked": state["asked"], "names": state["names"], "oracle": told})
    times = []
    for _ in range(3 if kind == "original" else 20):
        began = time.process_time()
        (proposal,) = ask(measured, 1)
        times.append(time.process_time() - began)
        measured.tell(proposal.trial, function.value(proposal.values))
    return 1000 * float(np.mean(times))


def ask(oracle: Oracle, count: int) -> list[Proposal]:
    """Return so many proposals."""
    proposals = [oracle.ask() for _ in range(count)]
    return [proposal for proposal in proposals if isinstance(proposal, Proposal)]


def regret(kind: str, name: str, seed: int, trials: int, workers: int, noise: float) -> float:
    """Return how far the best of some trials is from the lowest value: 1 at the median.

    Args:
        kind: The oracle.
        name: The function.
        seed: Of the function and of the oracle.
        trials: How many there are.
        workers: How many are under way at a time.
        noise: Deviation of the scores, as a share of the distance from the median to the lowest.
    """
    function = FUNCTIONS[name](seed)
    lowest, median = extremes(function)
    generator = np.random.default_rng(seed)
    oracle = oracle_of(kind, function, seed)
    running: list[Proposal] = []
    told: list[tuple[float, float]] = []  # observed, true
    while len(told) < trials:
        running.extend(ask(oracle, 1) if len(running) + len(told) < trials else [])
        if len(running) == workers or len(running) + len(told) == trials:
            proposal = running.pop(0)
            true = function.value(proposal.values)
            observed = true + noise * (median - lowest) * float(generator.normal())
            oracle.tell(proposal.trial, observed)
            told.append((observed, true))
    return (min(told)[1] - lowest) / (median - lowest)


def extremes(function: Function) -> tuple[float, float]:
    """Return the lowest value that thousands of steps find, and the median of random points."""
    points = Points(hyperparameters(function.dimensions).space)
    generator = np.random.default_rng(0)
    found = points.draw(generator, 4000)
    scores = np.array([function.value(points.values(point)) for point in found])
    median = float(np.median(scores))
    for _ in range(60):
        best = np.argsort(scores)[:20]
        near = points.neighbours(found[best], 10, generator)
        values = np.array([function.value(points.values(point)) for point in near])
        found = np.concatenate([found[best], near])
        scores = np.concatenate([scores[best], values])
    return float(scores.min()), median


def choice(path: str, *choices: Any, when: tuple[str, str] | None = None) -> Dimension:
    """Return a dimension of some values."""
    return Dimension(path, "choice", choices, default=choices[0], when=when)


def even(path: str, minimum: float, maximum: float, when: tuple[str, str] | None = None) -> Any:
    """Return a dimension of numbers, evenly searched on a logarithmic scale."""
    middle = math.sqrt(minimum * maximum)
    return Dimension(
        path, "float", minimum=minimum, maximum=maximum, log=True, default=middle, when=when
    )


def rates(seed: int) -> Function:
    """Return a bowl, its floor aslant: rate, units, dropout and layers."""
    generator = np.random.default_rng(seed)
    rate, units, dropout = generator.uniform((-3.2, 4.0, 0.0), (-1.8, 7.5, 0.4))
    layers, slant = int(generator.integers(1, 4)), float(generator.uniform(-0.3, 0.3))

    def value(values: Values) -> float:
        size = math.log2(values["units"]) - units
        steps = math.log10(values["rate"]) - rate - slant * (values["layers"] - 2) + 0.1 * size
        dropped = values["dropout"] - dropout - 0.05 * size
        depth = abs(values["layers"] - layers)
        return float(0.3 * steps**2 + 0.03 * size**2 + 1.5 * dropped**2 + 0.05 * depth)

    dimensions = [
        even("rate", 1e-4, 1e-1),
        Dimension("units", "int", minimum=8, maximum=256, log=True, default=45),
        Dimension("dropout", "float", minimum=0.0, maximum=0.5, step=0.1, default=0.2),
        Dimension("layers", "int", minimum=1, maximum=3, step=1, default=2),
    ]
    return Function(dimensions, value)


def cells(seed: int) -> Function:
    """Return a bowl for each of three cells, and scores that explode where the rate is high."""
    bowl = rates(seed + 100)
    costs = dict(zip("abc", np.random.default_rng(seed).permutation([0, 0.05, 0.3]), strict=True))

    def value(values: Values) -> float:
        high = max(0.0, math.log10(values["rate"]) + 1.9)
        return float(bowl.value({**values, "layers": 2}) + costs[values["cell"]] + 500 * high**2)

    return Function([*bowl.dimensions[:3], choice("cell", *"abc")], value)


def branches(seed: int) -> Function:
    """Return a bowl below one branch, a better one below another, and a third without options."""
    generator = np.random.default_rng(seed)
    rate, first, second = generator.uniform((-3.2, -2.5, -2.5), (-1.8, -0.5, -0.5))

    def value(values: Values) -> float:
        score = 0.3 * (math.log10(values["rate"]) - rate) ** 2
        if values["kind"] == "plain":
            return float(score + 0.25)
        if values["kind"] == "first":
            return float(score + 0.1 + 0.4 * (math.log10(values["first"]) - first) ** 2)
        return float(score + 0.4 * (math.log10(values["second"]) - second) ** 2)

    dimensions = [
        choice("kind", "plain", "first", "second"),
        even("rate", 1e-4, 1e-1),
        even("first", 1e-3, 1.0, when=("kind", "first")),
        even("second", 1e-3, 1.0, when=("kind", "second")),
    ]
    return Function(dimensions, value)


def names(seed: int) -> Function:
    """Return effects of six choices and of their pairs."""
    dimensions = [
        choice("a", *"pqrs"),
        choice("b", *"pqr"),
        choice("c", *"pqrst"),
        choice("d", 1, 2, 4, 8),
        choice("e", False, True),
        choice("f", *"pqr"),
    ]
    return Function(dimensions, effects(dimensions, seed))


def recipe(seed: int) -> Function:
    """Return effects in the space of the shipped forecast recipe, and a bowl along its rate."""
    found = Recipe.load("default", "forecast").dimensions()
    dimensions = [dimension for dimension in found if dimension.kind != "fixed"]
    counted = [dimension for dimension in dimensions if dimension.path != RATE]
    rate = next(dimension for dimension in dimensions if dimension.path == RATE)
    sum_of = effects(counted, seed)
    generator = np.random.default_rng(seed)
    best = {name: float(generator.uniform(0.1, 0.9)) for name in ("lstm", "gru")}

    def value(values: Values) -> float:
        low, high = rate.minimum or 1.0, rate.maximum or 1.0
        position = math.log(values[RATE] / low) / math.log(high / low)
        return sum_of(values) + 6 * (position - best[values["network.cell"]]) ** 2

    return Function(dimensions, value)


RATE = "training.learning_rate"

PAIRED = 0.4
"""Share of the pairs of dimensions that have an effect together."""


def effects(dimensions: Sequence[Dimension], seed: int) -> Callable[[Values], float]:
    """Return a sum of random effects of every value, bowls over numbers, and of pairs of values."""
    generator = np.random.default_rng(seed)
    options: dict[str, list[Any]] = {}
    alone: dict[str, Any] = {}
    weights: dict[str, float] = {}
    for dimension in dimensions:
        span = range(int(dimension.minimum or 0), int(dimension.maximum or 0) + 1)
        known = list(dimension.choices or span)
        weights[dimension.path] = weight = float(generator.exponential())
        options[dimension.path] = known
        bowl = 2.5 * (np.linspace(0, 1, len(known)) - generator.uniform()) ** 2
        is_named = isinstance(known[0], (str, bool))
        alone[dimension.path] = weight * (generator.normal(size=len(known)) if is_named else bowl)
    pairs = {}
    for one, other in itertools.combinations(options, 2):
        if generator.uniform() < PAIRED:
            size = 0.5 * math.sqrt(weights[one] * weights[other])
            shape = (len(options[one]), len(options[other]))
            pairs[one, other] = size * generator.normal(size=shape)

    parents = {dimension.path: dimension.when for dimension in dimensions if dimension.when}

    def value(values: Values) -> float:
        at = {
            path: known.index(values[path])
            for path, known in options.items()
            if path not in parents or values[parents[path][0]] == parents[path][1]
        }
        total = sum(alone[path][index] for path, index in at.items())
        for (one, other), table in pairs.items():
            if one in at and other in at:
                total += table[at[one], at[other]]
        return float(total)

    return value


FUNCTIONS: dict[str, Callable[[int], Function]] = {
    "rates": rates,
    "cells": cells,
    "branches": branches,
    "names": names,
    "recipe": recipe,
}

if __name__ == "__main__":
    main()
