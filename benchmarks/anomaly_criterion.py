"""Which criterion picks the detector that finds real, long faults best.

    python benchmarks/anomaly_criterion.py FOLDER --steps 60

Networks of some configurations are trained for a fixed number of steps on each series of
`faulty_series` (those of ETTh1 from FOLDER), without their labels. Each criterion then picks a
network, and the way of scoring of each pace, by anomalies that it plants into held-out rows. Only
the figure reads the labels: VUS-PR over all rows.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import json
import random
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from _criteria import ATOMS, BLENDED, CRITERIA, FIXED, report, weighted
from faulty_series import Faulty, collection

from seqtune.baselines.anomalies import fit_detector
from seqtune.data.reading.open import open_source
from seqtune.initializers import seed_everything
from seqtune.metrics.dominant_window import dominant_window
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.registry import baselines
from seqtune.search.ensemble import blend, select_members
from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.space import complete
from seqtune.search.trainer import trainer_for
from seqtune.search.training import train
from seqtune.tasks.anomaly.held_out import HeldOut, hold_out
from seqtune.tasks.anomaly.inference import Judge
from seqtune.tasks.anomaly.injection import EVEN, LASTING_TOO
from seqtune.tasks.anomaly.prepared import PLANTING_SEED
from seqtune.tasks.anomaly.reference_states import usual_among
from seqtune.tasks.anomaly.score_parts import standing
from seqtune.tasks.anomaly.scorers import longest_span, score_columns
from seqtune.tasks.anomaly.segment import Stretch
from seqtune.tasks.anomaly.separation import Criterion, separation
from seqtune.tasks.anomaly.simple_methods import period_of, training_rows
from seqtune.tasks.anomaly.tail_probability import fit_rarity, to_rarity
from seqtune.tasks.anomaly.task import TASK
from seqtune.tasks.anomaly.time_scales import fit_paces, join_paces, ways_by_pace

Floats = npt.NDArray[np.float64]

FOREVER = 1e9

CHARGES = (0.0, 0.1, 0.2, 0.3)
"""Of the error, taken off an ensemble's separation."""


def main() -> None:
    """Train, let every criterion pick, and print what the picks are worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--random", type=int, default=4, help="configurations beside the portfolio")
    parser.add_argument("--series", nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", nargs="*", default=["training.batch_size=16"])
    parser.add_argument("-o", "--out", type=Path, help="takes all figures, as JSON")
    parser.add_argument("--table", type=Path, help="print the table of such a file, and no more")
    chosen = parser.parse_args()
    if chosen.table:
        return report(json.loads(chosen.table.read_text()))
    warnings.simplefilter("ignore")
    found: dict[str, Any] = {}
    for faulty in collection(chosen.folder):
        if chosen.series and faulty.name not in chosen.series:
            continue
        began = time.monotonic()
        found[faulty.name] = Collected(faulty, chosen).figures()
        print(f"{faulty.name}: {time.monotonic() - began:.0f} s", flush=True)
        if chosen.out:
            chosen.out.write_text(json.dumps(found, indent=1))
    return report(found)


@dataclass
class Model:
    """What one model says.

    Args:
        name: A configuration, or a simple method.
        error: The mean error of what it expects of held-out rows; of a simple method, the median.
        held: By planting, (rows, ways) of what detectors are compared on.
        whole: (rows, ways) of the series.
        truths: VUS-PR by the ways that were joined.
    """

    name: str
    error: float
    held: dict[str, Floats]
    whole: Floats
    truths: dict[tuple[int, ...], float] = field(default_factory=dict)


class Collected:
    """One series, with everything that is measured on it."""

    def __init__(self, faulty: Faulty, chosen: argparse.Namespace) -> None:
        self.faulty, self.steps, self.seed = faulty, chosen.steps, chosen.seed
        recipe = Recipe.load(None, "anomaly", list(chosen.set))
        source = open_source(faulty.table, recipe)
        self.prepared, self.recipe = TASK.prepare(source, recipe, silent)
        self.problem = Problem(TASK, self.prepared, Path())
        self.window = dominant_window(faulty.table["value_0"].to_numpy())
        self.paces = ways_by_pace(self.prepared.codec.ways)
        self.configurations = self._configurations(chosen.random)

    def _configurations(self, count: int) -> list[dict[str, Any]]:
        dimensions, draw = self.recipe.dimensions(), random.Random(7 + self.seed)
        configurations = [complete(dimensions, each) for each in self.recipe.portfolio()]
        for _ in range(count):
            drawn = {
                each.path: draw.choice(each.choices) for each in dimensions if each.choices
            } | {"training.learning_rate": 10 ** draw.uniform(-3, -2), "network.layers": 1}
            configurations.append(complete(dimensions, drawn))
        for each in configurations:
            each["network.units"] = min(int(each["network.units"]), 32)
        return configurations

    @cached_property
    def held(self) -> dict[str, HeldOut]:
        """What criteria compare on, by planting."""
        return {
            name: hold_out(
                self.prepared.rows,
                *self.prepared.split.bounds("validation"),
                self.prepared.codec,
                PLANTING_SEED["validation"],
                self.prepared.split.bounds("train"),
                Criterion(planting),
            )
            for name, planting in (("even", EVEN), ("lasting", LASTING_TOO))
        }

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Every row that is scored: those of either planting, then the whole series."""
        whole = self.prepared.rows.stretch(0, 0, len(self.faulty.labels), 0)
        return [*(each for held in self.held.values() for each in held.stretches), whole]

    def _cut(self, parts: Sequence[Floats]) -> tuple[dict[str, Floats], Floats]:
        """Return scores by planting, and of the whole series."""
        cut, first = {}, 0
        for name, held in self.held.items():
            cut[name] = np.concatenate(parts[first : first + len(held.stretches)])
            first += len(held.stretches)
        whole = parts[-1].copy()
        whole[~self.stretches[-1].scored(self.prepared.codec.bridge)] = np.nan
        return cut, whole

    def network(self, number: int) -> Model:
        """Train a configuration for the fixed number of steps, and score."""
        return self.scored(number, self.trained(number))

    def trained(self, number: int) -> Any:
        """Return a network of a configuration after the fixed number of steps."""
        values = self.configurations[number]
        seed = number + 1000 * self.seed
        seed_everything(seed)
        model = TASK.build(self.prepared, values)
        trainer = trainer_for(self.problem, model, values, self.steps)
        steps = min(30, self.steps)
        schedule = Schedule(
            float(values["training.learning_rate"]), self.steps // steps,
            time.monotonic() + FOREVER, Watch(),
        )  # fmt: skip
        train(self.problem, trainer, values, seed, schedule, steps_per_epoch=steps, until="train")
        return model

    def scored(self, number: int, model: Any) -> Model:
        """Score all rows by a network of a configuration."""
        values, codec = self.configurations[number], self.prepared.codec
        judge = Judge(model, codec, values)
        judged = judge.judge(self.stretches, longest_span(codec) + codec.bridge)
        first = next(iter(self.held.values()))
        usual = usual_among(judged[: len(first.stretches)], first, codec)
        parts = [
            score_columns(one, stretch, usual, codec)
            for one, stretch in zip(judged, self.stretches, strict=True)
        ]
        held, whole = self._cut(parts)
        ways = len(codec.ways.all())
        name = f"{values['network.architecture']}-{values['network.cell']}"
        return Model(
            f"{number} {name}",
            self.held["even"].error(parts[0][:, -codec.channels :]),
            {planting: each[:, :ways] for planting, each in held.items()},
            whole[:, :ways],
        )

    def simple(self, name: str) -> Model:
        """Score by a simple method."""
        scorer = fit_detector(
            name, training_rows(self.prepared, "train"), period_of(self.prepared), 0
        )
        parts = []
        for stretch in self.stretches:
            values = np.where(stretch.observed, stretch.values, np.nan)
            scores = scorer(values)[stretch.first :]
            parts.append(np.where(np.isfinite(scores), scores, np.nanmin(scores))[:, None])
        held, whole = self._cut(parts)
        first = self.stretches[0]
        error = self.held["even"].error(np.tile(first.center, (len(first), 1)))
        return Model(name, error, held, whole)

    def atoms(
        self, planting: str, scores: Floats, names: Iterable[str] = tuple(ATOMS)
    ) -> dict[str, float]:
        """Return what the criteria of a planting are sums of, for one score of its rows."""
        held = self.held[planting]
        copies = slice(held.clean_rows, int(held.offsets[held.clean + held.copies]))
        kinds = held.kinds[copies]
        usable = np.where(held.scored[copies], scores[copies], np.nan)
        offsets = held.offsets[held.clean : held.clean + held.copies + 1] - held.clean_rows
        return {
            name: separation(kinds, usable, offsets, held.season, ATOMS[name]) or np.nan
            for name in names
            if name.startswith(planting)
        }

    def truth(self, scores: Floats) -> float:
        """Return the VUS-PR by the labels, over all rows."""
        return self.faulty.volume(scores, self.window)

    def rarities(self, model: Model, ways: Mapping[str, int], planting: str) -> tuple[Floats, ...]:
        """Return rarities of held-out rows and of the series, by one way of each pace."""
        held, rate = self.held[planting], self.prepared.codec.false_alarms
        scores = model.held[planting]
        if scores.shape[1] == 1:
            figures = fit_rarity(held.normal_scores(scores[:, 0]), rate)
            return to_rarity(scores[:, 0], figures), to_rarity(model.whole[:, 0], figures)
        normal = {pace: held.normal_scores(scores[:, way]) for pace, way in ways.items()}
        codec = self.prepared.codec
        every = codec.ways.all()
        spans = {pace: codec.rows_of(every[way].span) for pace, way in ways.items()}
        figures = fit_paces(ways, normal, rate, spans)
        threshold = self.prepared.codec.threshold
        joined = (
            join_paces({pace: each[:, way] for pace, way in ways.items()}, figures, threshold)
            for each in (scores, model.whole)
        )
        return tuple(standing(each, threshold, np.zeros(len(each))) for each in joined)

    def joined_truth(self, model: Model, ways: Mapping[str, int]) -> float:
        """Return the VUS-PR of some ways, joined as `predict` joins them."""
        key = tuple(ways.values())
        if key not in model.truths:
            model.truths[key] = self.truth(self.rarities(model, ways, "even")[1])
        return model.truths[key]

    def fixed(self) -> dict[str, dict[str, int]]:
        """Return the numbers of the ways that nothing chooses."""
        every = self.prepared.codec.ways.all()
        return {
            name: {
                pace: next(
                    number
                    for number, (offsets, channels, span) in enumerate(every)
                    if (offsets, span) == way and channels == "mean"
                )
                for pace, way in ways.items()
            }
            for name, ways in FIXED.items()
        }

    def figures(self) -> dict[str, Any]:
        """Train all, and return for every selector what it says of each network, and the truth."""
        fixed = self.fixed()
        networks = [self.network(number) for number in range(len(self.configurations))]
        methods = [self.simple(name) for name in baselines("anomaly")]
        rows = {each.name: self._of_network(each, fixed) for each in networks}
        blends = {name: self._blends(name, networks, methods, rows, fixed) for name in BLENDED}
        simple = {each.name: self.truth(each.whole[:, 0]) for each in methods}
        return {"networks": rows, "simple": simple, "blends": blends}

    def _of_network(self, model: Model, fixed: Mapping[str, dict[str, int]]) -> dict[str, Any]:
        atoms = [
            {
                name: value
                for planting in self.held
                for name, value in self.atoms(planting, model.held[planting][:, way]).items()
            }
            for way in range(model.whole.shape[1])
        ]
        row: dict[str, Any] = {"error": min(1.0, model.error), "chosen": {}, "fixed": {}}
        for name, weights in CRITERIA.items():
            by_way = [weighted(each, weights) for each in atoms]
            ways = {
                pace: max(each, key=lambda way: by_way[way]) for pace, each in self.paces.items()
            }
            row["chosen"][name] = {
                "value": max(by_way), "truth": self.joined_truth(model, ways), "ways": ways,
            }  # fmt: skip
        for name, ways in fixed.items():
            joined = {
                atom: value
                for planting in self.held
                for atom, value in self.atoms(
                    planting, self.rarities(model, ways, planting)[0]
                ).items()
            }
            values = {each: weighted(joined, weights) for each, weights in CRITERIA.items()}
            row["fixed"][name] = {"values": values, "truth": self.joined_truth(model, ways)}
        return row

    def _blends(
        self,
        criterion: str,
        networks: Sequence[Model],
        methods: Sequence[Model],
        rows: Mapping[str, Any],
        fixed: Mapping[str, dict[str, int]],
    ) -> dict[str, float]:
        """Return the truth of ensembles that a criterion chooses, with and without methods."""
        planting = criterion.split(",")[0]
        weights = CRITERIA[criterion]
        found: dict[str, float] = {}
        for how in ("chosen", "fixed"):
            held, whole = {}, {}
            for model in (*networks, *methods):
                ways = fixed["mean"]
                if how == "chosen" and model.name in rows:
                    ways = rows[model.name]["chosen"][criterion]["ways"]
                held[model.name], whole[model.name] = self.rarities(model, ways, planting)

            def score(rarities: Floats) -> float:
                return weighted(self.atoms(planting, rarities, weights), weights)

            values = {name: score(each) for name, each in held.items()}
            ours, theirs = ([each.name for each in part] for part in (networks, methods))
            one, best = max(ours, key=values.__getitem__), max(theirs, key=values.__getitem__)
            few = sorted(ours, key=values.__getitem__)[-4:]
            alone = select_members({name: held[name] for name in few}, score, 4, "max")
            product = select_members({name: held[name] for name in (*few, best)}, score, 4, "max")
            mixed = select_members({name: held[name] for name in (*few, *theirs)}, score, 4, "max")
            blends = {
                "network": {one: 1.0},
                "method": {best: 1.0},
                "network + method": {one: 0.5, best: 0.5},
                "network + every method": {
                    one: 0.5,
                    **{name: 0.5 / len(theirs) for name in theirs},
                },
                "every network": {name: 1 / len(ours) for name in ours},
                "every network and every method": {
                    **{name: 0.5 / len(ours) for name in ours},
                    **{name: 0.5 / len(theirs) for name in theirs},
                },
                "networks": alone,
                "networks and best method": product,
                "networks and methods": mixed,
            }
            blends |= self._with_error(networks, methods, held, score)
            for name, members in blends.items():
                found[f"{how}: {name}"] = self.truth(blend(whole, members))
        return found

    def _with_error(
        self,
        networks: Sequence[Model],
        methods: Sequence[Model],
        held: Mapping[str, Floats],
        score: Callable[[Floats], float],
    ) -> dict[str, dict[str, float]]:
        """Return ensembles of networks that are charged with the mean error of their members."""
        charges = {each.name: min(1.0, each.error) for each in (*networks, *methods)}
        named = {name: np.append(held[name], charge) for name, charge in charges.items()}
        ours = [each.name for each in networks]
        found: dict[str, dict[str, float]] = {}
        for quality in CHARGES:

            def charged(scores: Floats, quality: float = quality) -> float:
                return score(scores[:-1]) - quality * float(scores[-1])

            values = {name: charged(each) for name, each in named.items()}
            ranked = sorted(ours, key=values.__getitem__, reverse=True)
            near = [name for name in ranked if values[name] >= values[ranked[0]] - 0.02]
            pool = {name: named[name] for name in ours}
            greedy = select_members(pool, charged, 8, "max")
            best = max((each.name for each in methods), key=values.__getitem__)
            winner = {best: 1.0} if values[best] > charged(blend(pool, greedy)) else greedy
            found |= {
                f"network, {quality:g} of the error": {ranked[0]: 1.0},
                f"networks, {quality:g} of the error": greedy,
                f"networks or method, {quality:g} of the error": winner,
                f"network or method, {quality:g} of the error": {
                    best if values[best] > values[ranked[0]] else ranked[0]: 1.0
                },
                f"networks, from the best, {quality:g} of the error": select_members(
                    pool, charged, 8, "max", ranked[:1]
                ),
                f"the best two, {quality:g} of the error": dict.fromkeys(ranked[:2], 1 / 2),
                f"the best three, {quality:g} of the error": dict.fromkeys(ranked[:3], 1 / 3),
                f"as good, {quality:g} of the error": dict.fromkeys(near, 1 / len(near)),
            }
        return found


if __name__ == "__main__":
    main()
