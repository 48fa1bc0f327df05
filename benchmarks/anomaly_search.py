"""Which of a search's detectors to average: whole searches on series with long faults.

    python benchmarks/anomaly_search.py FOLDER --budget 90s --keep RUNS

`seqtune fit` runs on each series of `faulty_series` (those of ETTh1 from FOLDER), without labels;
`--of transformer` on ten more segments of ETTh1 instead, `--of few_seasons` on series of a few
weeks, `--of few_seasons_long` on such with longer faults. Then the network of every trial scores
all rows, and different rules choose what is averaged, on the validation part alone. Only the figure
reads the labels: VUS-PR over all rows. Runs that stand in RUNS already are not fitted again.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
from _command import run
from faulty_series import Faulty, collection, few_seasons, few_seasons_long, transformer

import seqtune
from seqtune.metrics.dominant_window import dominant_window
from seqtune.search.ensemble import blend, select_members
from seqtune.search.network_file import load_network
from seqtune.search.trial import model_path, predictions_path
from seqtune.tasks.anomaly.codec import STATE
from seqtune.tasks.anomaly.inference import Judge
from seqtune.tasks.anomaly.reference_states import usual_of
from seqtune.tasks.anomaly.score_calibration import fit_rarities, to_statements
from seqtune.tasks.anomaly.score_parts import COLUMNS, lasting, standing
from seqtune.tasks.anomaly.scorers import longest_span, score_columns
from seqtune.tasks.anomaly.tail_probability import LIFT, fit_lift

Floats = npt.NDArray[np.float64]

SERIES: dict[str, Callable[[Path], Iterator[Faulty]]] = {
    "collection": collection,
    "transformer": transformer,
    "few_seasons": few_seasons,
    "few_seasons_long": few_seasons_long,
}
"""What the searches may run on."""

BEGINNINGS, SIZES, MEANS = (0, 1, 2, 3, 4), (3, 5, 8), (1, 2, 3, 5, 8, 1000)


def main() -> None:
    """Fit each series, and print what every rule is worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--budget", default="90s")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--of", choices=SERIES, default="collection")
    chosen = parser.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, float]] = {}
    for faulty in SERIES[chosen.of](chosen.folder):
        folder = fitted(faulty, chosen.keep, chosen.budget)
        found[faulty.name] = by_rule(faulty, Scored.of(folder))
        print(faulty.name, flush=True)
    for rule in next(iter(found.values())):
        figures = [each[rule] for each in found.values()]
        shown = "  ".join(f"{figure:.3f}" for figure in figures)
        print(f"{rule:32} {fmean(figures):.3f}   {shown}")


def fitted(faulty: Faulty, keep: Path, budget: str) -> Path:
    """Return the run folder of a series."""
    folder = keep / faulty.name.replace(" ", "_")
    if not folder.exists():
        data = folder.with_suffix(".csv")
        faulty.table.to_csv(data, index=False)
        flags = ["--task", "anomaly", "--budget", budget, "--out", str(folder), "--quiet"]
        done = run("fit", str(data), *flags)
        if done.code:
            raise SystemExit(done.stderr)
    return folder


@dataclass(frozen=True)
class Scored:
    """What the networks of a search say, the best by validation first.

    Args:
        prepared: The data.
        held: Statements and expectations of the validation part by trial.
        whole: (rows, 3) statements on all rows by trial, NaN where there is none.
        errors: The same of errors alone, states left out.
        still: (rows,) how rare it is that a channel stands still for so long.
    """

    prepared: Any
    held: Mapping[str, Floats]
    whole: Mapping[str, Floats]
    errors: Mapping[str, Floats]
    still: npt.NDArray[np.float32]

    @classmethod
    def of(cls, folder: Path) -> Scored:
        """Score all rows by the network of every trial that has a score."""
        opened = seqtune.load(folder)
        task, prepared = opened.task, opened.prepared
        codec, rows = prepared.codec, prepared.rows
        segment = rows.segment(0, 0, len(prepared.panel.target), 0)
        before = longest_span(codec) + codec.bridge
        held: dict[str, Floats] = {}
        whole: dict[str, Floats] = {}
        errors: dict[str, Floats] = {}
        trials = [each for each in opened.checked_trials if each.get("score") is not None]
        for trial in sorted(trials, key=lambda each: -each["score"]):
            name, values = trial["trial"], trial["values"]
            model = load_network(task, prepared, values, model_path(folder, name))
            judge = Judge(model, codec, values)
            usual = usual_of(judge, prepared)
            table = score_columns(judge.judge([segment], before)[0], segment, usual, codec)
            raw = np.load(predictions_path(folder, name))
            figures = fit_rarities(prepared, raw)
            held[name] = to_statements(prepared, raw, figures)
            scored = segment.scored(codec.bridge)[:, None]
            whole[name] = np.where(
                scored, to_statements(prepared, table, figures)[:, :COLUMNS], np.nan
            )
            alone = without_states(prepared, raw, figures)
            errors[name] = np.where(
                scored, to_statements(prepared, table, alone)[:, :COLUMNS], np.nan
            )
        return cls(prepared, held, whole, errors, segment.flat_line_scores(codec.bridge))


def without_states(prepared: Any, raw: Floats, figures: Mapping[str, float]) -> dict[str, float]:
    """Return what turns the scores of errors alone into rarities."""
    left = {name: each for name, each in figures.items() if not name.startswith((STATE, LIFT))}
    lasts = lasting(to_statements(prepared, raw, left))
    return {**left, **fit_lift(prepared.held_out["validation"].clean_scores(lasts))}


def by_rule(faulty: Faulty, scored: Scored) -> dict[str, float]:
    """Return the VUS-PR of what each rule averages."""
    window = dominant_window(faulty.table["value_0"].to_numpy())
    part, top = scored.prepared.held_out["validation"], scored.prepared.codec.threshold

    def separation(predictions: Floats) -> float:
        return float(
            part.separation(standing(predictions, top, part.still), predictions[:, COLUMNS:])
        )

    def truth(weights: Mapping[str, float], of: Mapping[str, Floats] = scored.whole) -> float:
        return faulty.volume(standing(blend(of, weights), top, scored.still), window)

    def alike(names: Sequence[str]) -> dict[str, float]:
        return dict.fromkeys(names, 1 / len(names))

    separations = {name: separation(each) for name, each in scored.held.items()}
    ranked = sorted(separations, key=separations.__getitem__, reverse=True)
    alone = [truth({name: 1.0}) for name in ranked]
    found = {"the best of all, by the labels": max(alone), "any one (mean)": fmean(alone)}
    found["any one (mean), errors alone"] = fmean(
        truth({name: 1.0}, scored.errors) for name in ranked
    )
    found |= {f"mean of the best {count}": truth(alike(ranked[:count])) for count in MEANS}
    found["mean of the best 3, errors alone"] = truth(alike(ranked[:3]), scored.errors)
    for begin in BEGINNINGS:
        for size in SIZES:
            chosen = select_members(scored.held, separation, size, "max", ranked[:begin][:size])
            found[f"best {begin}, greedily up to {size}"] = truth(chosen)
    return found


if __name__ == "__main__":
    main()
