"""The criteria that `anomaly_criterion` compares, and its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from seqtune.metrics.labelled_events import runs
from seqtune.tasks.anomaly.injection import EVEN, LASTING_TOO
from seqtune.tasks.anomaly.separation import Criterion, Grouping, by_kind

BORDERS = {"short": (0.0, 0.375), "season": (0.375, 1.25), "long": (1.25, np.inf)}
"""Seasons from which on, and up to which, an anomaly is one of a length."""


def of_length(name: str) -> Grouping:
    """Return the grouping that looks for the anomalies of one length together."""
    low, high = BORDERS[name]

    def grouping(kinds: Any, offsets: Any, season: int) -> Iterator[tuple[float, Any]]:
        is_in = np.zeros(len(kinds), np.bool_)
        for first, last in runs(kinds > 0, offsets).tolist():
            is_in[first : last + 1] = low * season <= last - first + 1 < high * season
        if is_in.any():
            yield 1.0, is_in

    return grouping


ATOMS = {
    f"{name} {group} {margin:g}": Criterion(planting, (margin,), grouping)
    for name, planting in (("even", EVEN), ("lasting", LASTING_TOO))
    for group, grouping in (("kinds", by_kind), *((each, of_length(each)) for each in BORDERS))
    for margin in (0.0, 1.0)
}
"""What criteria are sums of."""


def of_lengths(planting: str, weights: Sequence[float], margins: Sequence[int]) -> dict[str, float]:
    """Return the weights of the parts of a criterion that groups by length."""
    classes = zip(("short", "season", "long"), weights, strict=True)
    return {f"{planting} {name} {margin}": w for name, w in classes for margin in margins if w}


CRITERIA: dict[str, dict[str, float]] = {
    "even, kinds": {"even kinds 0": 1.0, "even kinds 1": 1.0},
    "even, lengths": of_lengths("even", (1, 1, 1), (0, 1)),
    "even, long": of_lengths("even", (0, 1, 2), (0, 1)),
    "lasting, kinds": {"lasting kinds 0": 1.0, "lasting kinds 1": 1.0},
    "lasting, lengths": of_lengths("lasting", (1, 1, 1), (0, 1)),
    "lasting, lengths, exact": of_lengths("lasting", (1, 1, 1), (0,)),
    "lasting, 1:2:3, exact": of_lengths("lasting", (1, 2, 3), (0,)),
    "lasting, 1:2:3": of_lengths("lasting", (1, 2, 3), (0, 1)),
    "lasting, 1:2:3, margin": of_lengths("lasting", (1, 2, 3), (1,)),
    "lasting, no short": of_lengths("lasting", (0, 1, 1), (0, 1)),
    "lasting, no short, margin": of_lengths("lasting", (0, 1, 1), (1,)),
    "lasting, long": of_lengths("lasting", (0, 0, 1), (0, 1)),
}

FIXED = {
    "mean": {"quick": ("mean", 0.1), "slow": ("mean", 1.0), "long": ("farthest", 4.0)},
    "near": {"quick": ("nearest", 0.0), "slow": ("mean", 1.0), "long": ("farthest", 4.0)},
    "far": {"quick": ("mean", 0.1), "slow": ("farthest", 1.0), "long": ("farthest", 4.0)},
}
"""Ways of scoring that nothing chooses."""

QUALITIES = (0.0, 0.1, 0.3)
BLENDED = ("even, kinds",)


def weighted(atoms: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return a criterion: the mean of its parts, those left out that there are none of."""
    known = {name: weight for name, weight in weights.items() if np.isfinite(atoms[name])}
    total = sum(known.values())
    return sum(weight * atoms[name] for name, weight in known.items()) / total if total else 0.0


def report(found: Mapping[str, Any]) -> None:
    """Print for every criterion, as means over series: rank correlation, regret, what it picks."""
    selectors: dict[str, tuple[Any, Any]] = {
        "any network (mean)": (None, lambda row: row["chosen"]["even, kinds"]["truth"]),
        "any network, fixed ways (mean)": (None, lambda row: row["fixed"]["mean"]["truth"]),
        "error alone, fixed ways": (
            lambda row: -row["error"],
            lambda row: row["fixed"]["mean"]["truth"],
        ),
    }
    for name in CRITERIA:
        for quality in QUALITIES:
            selectors[f"{name}; quality {quality:g}"] = (
                lambda row, n=name, q=quality: row["chosen"][n]["value"] - q * row["error"],
                lambda row, n=name: row["chosen"][n]["truth"],
            )
        for ways in FIXED:
            selectors[f"{name}; fixed ways {ways}"] = (
                lambda row, n=name, w=ways: row["fixed"][w]["values"][n] - 0.1 * row["error"],
                lambda row, w=ways: row["fixed"][w]["truth"],
            )
    print(f"\n{'':44} rank corr.  regret  picked   mean")
    for name, (says, truth) in selectors.items():
        lines = [_line(each["networks"].values(), says, truth) for each in found.values()]
        correlation, regret, picked, mean = (fmean(column) for column in zip(*lines, strict=True))
        print(f"{name:44} {correlation:10.2f} {regret:7.3f} {picked:7.3f} {mean:6.3f}")
    print("\nsimple methods")
    for name in next(iter(found.values()))["simple"]:
        print(f"{name:44} {fmean(each['simple'][name] for each in found.values()):7.3f}")
    print("\nblends")
    for criterion in BLENDED:
        for name in next(iter(found.values()))["blends"][criterion]:
            figures = [each["blends"][criterion][name] for each in found.values()]
            print(f"{criterion + '; ' + name:60} {fmean(figures):7.3f}")


def _line(rows: Any, says: Any, truth: Any) -> tuple[float, float, float, float]:
    """Return rank correlation, regret, the figure of the picked network, and the mean of all."""
    rows = list(rows)
    truths = np.array([truth(row) for row in rows])
    if says is None:
        return 0.0, float(truths.max() - truths.mean()), float(truths.mean()), float(truths.mean())
    values = np.array([says(row) for row in rows])
    picked = float(truths[int(values.argmax())])
    correlation = float(np.nan_to_num(spearmanr(values, truths).statistic))
    return correlation, float(truths.max() - picked), picked, float(truths.mean())
