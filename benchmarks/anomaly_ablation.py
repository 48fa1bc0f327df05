"""What each rule of the anomaly score is worth: switched off one at a time, on labelled series.

    python benchmarks/anomaly_ablation.py FOLDER --half even --keep RAW

FOLDER holds CSV files, in any folders below it: columns of numbers, one of time, and `label`. They
are divided by name into even and odd places: choose on one half, report both. Networks of the
portfolio are trained once per series for a fixed number of steps, without the labels, and what they
say of every row is kept in RAW. Then rules are switched off and the scores computed again. Printed
are the mean VUS-PR over all rows, of single networks and of their mean, and what the rule adds:
the paired difference over series with its standard error.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import pickle
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.reading.open import open_source
from seqtune.initializers import seed_everything
from seqtune.metrics.dominant_window import dominant_window
from seqtune.metrics.vus import vus_pr
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.network import KerasNetwork
from seqtune.search.problem import Problem
from seqtune.search.space import complete
from seqtune.search.trainer import trainer_for
from seqtune.search.training import Schedule, Watch, train
from seqtune.tasks.anomaly.inference import Judge, Judged
from seqtune.tasks.anomaly.reference_states import Reference
from seqtune.tasks.anomaly.score_calibration import ScoreCalibration
from seqtune.tasks.anomaly.score_parts import combined_score
from seqtune.tasks.anomaly.scorers import before_of, raw_scores
from seqtune.tasks.anomaly.task import TASK
from seqtune.tasks.anomaly.time_scales import SCORERS

Floats = npt.NDArray[np.float64]
Rule = Callable[[ExitStack], None]

PLACE = "seqtune.tasks.anomaly"
NEVER = 1e9


def without_scorer(name: str) -> Rule:
    """Return the rule that a scorer counts neither for what lasts nor for alarms."""
    left = tuple(
        replace(scorer, weight=0.0, is_alarm=False) if scorer.name == name else scorer
        for scorer in SCORERS
    )

    def off(stack: ExitStack) -> None:
        stack.enter_context(patch(f"{PLACE}.score_calibration.SCORERS", left))

    return off


def changed(name: str, value: Any) -> Rule:
    """Return the rule that something in the package is another value."""

    def off(stack: ExitStack) -> None:
        stack.enter_context(patch(f"{PLACE}.{name}", value))

    return off


RULES: Mapping[str, Rule] = {
    "nothing": lambda stack: None,
    **{
        f"without {each.name}": without_scorer(each.name)
        for each in SCORERS
        if each.name != "states"
    },
    "no units of errors": changed("reference_states.error_units", lambda judged: np.float32(1.0)),
    "tails believed whatever they rest on": changed(
        "tail_probability.predictive", lambda levels, independent: levels
    ),
    "few independent scores count fully": changed("score_calibration.HALF_HEARD", 0.0),
    "no enlargement": changed("held_out._enlargement", lambda clean, trained: 1.0),
    "an alarm of any member": changed("score_parts.MAJORITY", 1e-9),
}


class Series:
    """One labelled series, with what networks say of it.

    Args:
        path: The file.
        steps: Training steps of each network.
        kept: Where what networks say is kept.
    """

    def __init__(self, path: Path, steps: int, kept: Path) -> None:
        table = pd.read_csv(path)
        self.labels = table.pop("label").to_numpy(np.int8)
        self.window = dominant_window(table.select_dtypes("number").iloc[:, 0].to_numpy())
        recipe = Recipe.load(None, "anomaly", ["training.batch_size=16"])
        prepared, self.recipe = TASK.prepare(open_source(table, recipe), recipe, silent)
        self.prepared, self.steps = prepared, steps
        self.held = prepared.held_out["validation"]
        self.whole = prepared.rows.segment(0, 0, prepared.panel.rows, 0)
        if prepared.panel.rows != len(self.labels):
            raise ValueError(f"{path}: rows are missing or stand twice")
        self.networks = [self._said(number, kept, path.stem) for number in range(3)]

    def _said(self, number: int, kept: Path, name: str) -> tuple[Judge, list[Judged]]:
        """Return what a network says of held-out rows and of the series, trained if need be."""
        values = complete(self.recipe.dimensions(), self.recipe.portfolio()[number])
        seed_everything(number)
        model = TASK.build(self.prepared, values)
        judge = Judge(KerasNetwork(model), self.prepared.codec, values)
        file = kept / f"{name}-{number}-{self.steps}.pickle"
        if not file.exists():
            problem = Problem(TASK, self.prepared, kept)
            trainer = trainer_for(problem, model, values, self.steps)
            rate = float(values["training.learning_rate"])
            schedule = Schedule(rate, 2, time.monotonic() + NEVER, Watch())
            half = self.steps // 2
            train(problem, trainer, values, 0, schedule, steps_per_epoch=half, until="train")
            segments = [*self.held.segments, self.whole]
            judged = judge.judge(segments, before_of(self.prepared.codec))
            file.write_bytes(pickle.dumps(judged))
        return judge, pickle.loads(file.read_bytes())

    def figures(self) -> tuple[float, float]:
        """Return the mean VUS-PR of the networks, and that of their mean, by the rules as set."""
        parts = [self._parts(judge, judged) for judge, judged in self.networks]
        alone = [self._volume(each) for each in parts]
        return float(np.mean(alone)), self._volume(np.mean(parts, axis=0))

    def _parts(self, judge: Judge, judged: Sequence[Judged]) -> Floats:
        held, codec = self.held, self.prepared.codec
        reference = Reference.of(judged[held.clean + held.copies : -1], codec)
        segments = [*held.segments, self.whole]
        raw = [
            raw_scores(judge, one, segment, len(segment), reference)
            for one, segment in zip(judged, segments, strict=True)
        ]
        calibration = ScoreCalibration.fit(codec, held, np.concatenate(raw[:-1]))
        return calibration.apply(raw[-1])

    def _volume(self, parts: Floats) -> float:
        codec = self.prepared.codec
        flat = self.whole.flat_line_levels(codec.bridge)
        scores = combined_score(parts, codec.threshold, flat)
        scored = self.whole.scored(codec.bridge)
        return float(vus_pr(self.labels, np.where(scored, scores, np.nan), self.window))


def files_of(folder: Path, half: str) -> Iterator[Path]:
    """Yield the files in even or odd places by name, or all."""
    files = sorted(folder.rglob("*.csv"), key=lambda path: path.stem)
    first, step = {"even": (0, 2), "odd": (1, 2), "all": (0, 1)}[half]
    yield from files[first::step]


def main() -> None:
    """Train what is missing, switch every rule off, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("even", "odd", "all"), default="even")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--keep", type=Path, required=True, help="takes what networks say")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    chosen.keep.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[tuple[float, float]]] = {rule: [] for rule in RULES}
    for path in files_of(chosen.folder, chosen.half):
        try:
            series = Series(path, chosen.steps, chosen.keep)
        except ValueError as error:
            print(f"left out: {error}", flush=True)
            continue
        for rule, off in RULES.items():
            with ExitStack() as stack:
                off(stack)
                found[rule].append(series.figures())
        print(f"{path.stem}: {found['nothing'][-1]}", flush=True)
    report(found)


def report(found: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Print one line for each rule."""
    usual = np.array(found["nothing"])
    print("| switched off | networks | adds | ensemble | adds |\n| --- | --- | --- | --- | --- |")
    for rule, figures in found.items():
        values = np.array(figures)
        gains = usual - values
        errors = gains.std(axis=0, ddof=1) / np.sqrt(len(gains))
        cells = [
            f"{values[:, place].mean():.3f} | {gains[:, place].mean():+.3f} ± {errors[place]:.3f}"
            for place in (0, 1)
        ]
        print(f"| {rule} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
