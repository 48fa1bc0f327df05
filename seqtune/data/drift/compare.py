"""Comparing what is new with what is usual, trait by trait.

Cases that hang on no other are compared by the customary tests. Steps of time do hang on each
other: a week of sales differs from the year more than so many sales drawn at random would. There,
new rows are compared with stretches of the usual ones that are as long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.chance import beyond_chi_square, beyond_normal, beyond_t
from seqtune.data.drift.sample import Numbers, Sample, Words
from seqtune.data.drift.stretches import Stretches
from seqtune.data.drift.table import DriftTable, Finding

Floats = npt.NDArray[np.float64]

BINS = 10
"""Bins of equal share of the usual values, for the population stability index."""

LABELS = 20
"""So many labels, the commonest, are told apart in a mix; the others are one."""

LEAST_VALUES = 5
"""Fewer new values than these have a level, but no scale and no shape."""

HALF = 0.5
"""Added to every count, so that none is zero (Yates)."""


def drift_between(
    usual: Mapping[str, Sample], now: Mapping[str, Sample], *more: Finding
) -> DriftTable:
    """Compare every trait that both have.

    Args:
        usual: What the run was fitted on, by trait.
        now: New rows.
        more: Further findings, such as those of predictions.
    """
    found: list[Finding] = []
    for name, sample in now.items():
        if name in usual:
            found += findings(name, usual[name], sample)
    return DriftTable.of([*found, *more], max(map(len, now.values()), default=0))


def findings(name: str, usual: Sample, now: Sample) -> Iterator[Finding]:
    """Yield every measure of a trait that the sizes of both samples allow.

    Args:
        name: The trait.
        usual: What the run was fitted on.
        now: New rows.
    """
    if isinstance(usual, Words) and isinstance(now, Words):
        yield from _of_words(name, usual, now)
    elif isinstance(usual, Numbers) and isinstance(now, Numbers) and len(usual) and len(now):
        by_time = usual.steps is not None and now.steps is not None
        yield from (_of_steps if by_time else _of_cases)(name, usual, now)


def stability_index(usual: Floats, now: Floats) -> float:
    """Return the population stability index of two rows of counts, 0 where they agree.

    Args:
        usual: (bins,) counts.
        now: (bins,) counts.

    Source:
        Siddiqi 2006, Credit Risk Scorecards, chapter 9; it is Jeffreys' divergence.

    Example:
        >>> round(stability_index(np.array([50.0, 50.0]), np.array([25.0, 75.0])), 3)
        0.27
    """
    one = (usual + HALF) / (usual + HALF).sum()
    two = (now + HALF) / (now + HALF).sum()
    return float(((two - one) * np.log(two / one)).sum())


def _of_words(name: str, usual: Words, now: Words) -> Iterator[Finding]:
    if not usual.total or not now.total:
        return
    common = sorted(usual.counts, key=lambda label: (-usual.counts[label], label))[:LABELS]
    tables = [
        np.array([*(each.counts.get(label, 0) for label in common), 0.0]) for each in (usual, now)
    ]
    known = [sum(n for label, n in each.counts.items() if label in usual.counts)
             for each in (usual, now)]  # fmt: skip
    for table, total in zip(tables, known, strict=True):
        table[-1] = total - table[:-1].sum()
    kept = tables[0] > 0
    if kept.sum() > 1 and known[1]:
        index = stability_index(tables[0][kept], tables[1][kept])
        spread = 1 / usual.units + 1 / max(1.0, now.units * known[1] / now.total)
        yield Finding(name, "mix", 0.0, index, index,
                      beyond_chi_square(index / spread, int(kept.sum()) - 1))  # fmt: skip
    # of what comes next, about the share is unseen that was seen once (Good 1953, Biometrika 40)
    once = sum(count == 1 for count in usual.counts.values()) / usual.total
    share = 1 - known[1] / now.total
    error = math.sqrt((once * (1 - once) + 1 / now.units) / now.units)
    chance = 1.0 if share <= once else beyond_normal((share - once) / error) / 2
    yield Finding(name, "unknown", once, share, share - once, chance, _error(share, now.units))


def _of_cases(name: str, usual: Numbers, now: Numbers) -> Iterator[Finding]:
    yield _missing_of_cases(name, usual.values, now.values)
    one, two = (each.values[np.isfinite(each.values)] for each in (usual, now))
    if len(one) < LEAST_VALUES or not len(two):
        return
    spread = float(one.std())
    unit = spread if spread > 0 else max(abs(float(one.mean())), 1.0)
    many = [len(one), len(two)]
    scale = max(spread, float(two.std())) if len(two) > 1 else spread
    error = math.sqrt(spread**2 / many[0] + scale**2 / many[1])
    shift = float(two.mean() - one.mean())
    chance = _tested(shift, error, min(many[0], max(many[1], 2)) - 1)
    yield Finding(
        name, "level", float(one.mean()), float(two.mean()), shift / unit, chance,
        scale / math.sqrt(many[1]),
    )  # fmt: skip
    if len(two) < LEAST_VALUES or spread == 0:
        return
    ratio = math.log(max(float(two.std()), 1e-9 * spread) / spread)
    tails = max(1.0, _kurtosis(np.concatenate([one - one.mean(), two - two.mean()])) - 1) / 4
    error = math.sqrt(tails / many[0] + tails / many[1])
    yield Finding(
        name, "scale", spread, float(two.std()), ratio, _tested(ratio, error, min(many) - 1)
    )
    edges = bin_edges(one)
    if len(edges):
        tables = [counts_in(each, edges) for each in (one, two)]
        index = stability_index(*tables)
        chance = beyond_chi_square(index / (1 / many[0] + 1 / many[1]), len(edges))
        yield Finding(name, "shape", 0.0, index, index, chance)


def _missing_of_cases(name: str, usual: Floats, now: Floats) -> Finding:
    one, two = (float(np.isnan(each).mean()) for each in (usual, now))
    pooled = (one * len(usual) + two * len(now) + 1) / (len(usual) + len(now) + 2)
    error = math.sqrt(pooled * (1 - pooled) * (1 / len(usual) + 1 / len(now)))
    chance = 1.0 if one == two else beyond_normal((two - one) / error)
    return Finding(name, "missing", one, two, two - one, chance, _error(two, len(now)))


def _of_steps(name: str, usual: Numbers, now: Numbers) -> Iterator[Finding]:
    stretches = Stretches.of(usual, now)
    if stretches is None:
        return
    known = usual.values[np.isfinite(usual.values)]
    plain = _missing_of_cases(name, usual.values, now.values)
    yield _over(stretches, "missing", lambda part: float(np.isnan(part.values).mean()), plain)
    recent = now.values[np.isfinite(now.values)]
    if len(known) < LEAST_VALUES or not len(recent):
        return
    spread = float(known.std()) or 1.0
    base = Finding(name, "level", float(known.mean()), float(recent.mean()),
                   float(recent.mean() - known.mean()) / spread, 1.0)  # fmt: skip
    yield _over(stretches, "level", _mean, base)
    if len(recent) < LEAST_VALUES or known.std() == 0:
        return
    ratio = math.log(max(float(recent.std()), 1e-9 * spread) / spread)
    least = 1e-6 * spread
    yield _over(
        stretches, "scale", lambda part: math.log(max(_deviation(part), least)),
        Finding(name, "scale", spread, float(recent.std()), ratio, 1.0),
    )  # fmt: skip
    edges = bin_edges(known)
    if len(edges):
        whole = counts_in(known, edges)
        index = stability_index(whole, counts_in(recent, edges))
        yield _over(
            stretches, "shape",
            lambda part: math.log(1e-6 + stability_index(whole, counts_in(part.values, edges))),
            Finding(name, "shape", 0.0, index, index, 1.0),
        )  # fmt: skip
    if usual.period > 1 and stretches.steps >= 2 * usual.period:
        strength = [
            _mean(Numbers(np.array([seasonal_strength(part) for part in parts])))
            for parts in (stretches.usual, stretches.now)
        ]
        base = Finding(name, "season", strength[0], strength[1], strength[1] - strength[0], 1.0)
        yield _over(stretches, "season", seasonal_strength, base)


def _over(
    stretches: Stretches, measure: str, of: Callable[[Numbers], float], plain: Finding
) -> Finding:
    """Return a finding with how likely chance is, seen over stretches.

    Args:
        stretches: Usual and new ones.
        measure: What is measured.
        of: Measures a stretch.
        plain: The finding, as it is where no two stretches differ.
    """
    before = np.array([of(part) for part in stretches.usual])
    after = np.array([of(part) for part in stretches.now])
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    fewer = max(1.0, _size(stretches.usual) / max(1.0, _size(stretches.now)))  # series that lack
    if len(before) < 2 or not len(after):
        return replace(plain, chance=1.0)
    spread = float(before.std(ddof=1))
    if spread < 1e-12:
        return plain if measure == "missing" else replace(plain, chance=1.0)
    error = spread * math.sqrt(1 / len(before) + fewer / len(after))
    t = float(after.mean() - before.mean()) / error
    chance = beyond_t(t, len(before) - 1)
    if measure == "shape" and t < 0:  # more like the usual rows than stretches are that long
        chance = 1.0
    return replace(plain, chance=chance, error=0.0)


def bin_edges(values: Floats) -> Floats:
    """Return the borders between bins of equal share, (bins - 1,) at most; none of one value."""
    edges = np.unique(np.quantile(values, np.arange(1, BINS) / BINS))
    found: Floats = edges[edges > values.min()]
    return found


def counts_in(values: Floats, edges: Floats) -> Floats:
    """Return how many values lie in each bin, (bins,)."""
    known = values[np.isfinite(values)]
    places = np.searchsorted(edges, known, side="right")
    counts: Floats = np.bincount(places, minlength=len(edges) + 1).astype(np.float64)
    return counts


def seasonal_strength(numbers: Numbers) -> float:
    """Return which share of the variance the season explains, 0 to 1.

    The season is the mean of the values at each place in it.

    Source:
        After Wang, Smith and Hyndman 2006, Characteristic-based clustering for time series data,
        Data Mining and Knowledge Discovery 13(3).
    """
    known = np.isfinite(numbers.values)
    values = numbers.values[known]
    if numbers.steps is None or len(values) < 2 or values.std() == 0:
        return math.nan
    place = numbers.steps[known] % max(1, numbers.period)
    count = np.bincount(place, minlength=numbers.period)
    mean = np.bincount(place, values, minlength=numbers.period) / np.maximum(count, 1)
    rest = values - mean[place]
    return float(max(0.0, 1 - rest.var() / values.var()))


def _size(parts: Sequence[Numbers]) -> float:
    """Return the usual number of values of a stretch."""
    return float(np.median([np.isfinite(part.values).sum() for part in parts]))


def _mean(part: Numbers) -> float:
    known = part.values[np.isfinite(part.values)]
    return float(known.mean()) if len(known) else math.nan


def _deviation(part: Numbers) -> float:
    known = part.values[np.isfinite(part.values)]
    return float(known.std()) if len(known) > 1 else math.nan


def _tested(difference: float, error: float, freedom: int) -> float:
    if difference == 0:
        return 1.0
    return 0.0 if error == 0 else beyond_t(difference / error, max(1, freedom))


def _kurtosis(values: Floats) -> float:
    variance = float((values**2).mean())
    return float((values**4).mean()) / variance**2 if variance > 0 else 3.0


def _error(share: float, count: int) -> float:
    """Return the standard error of a share, as if of two more cases (Agresti and Coull 1998)."""
    share = (share * count + 1) / (count + 2)
    return math.sqrt(share * (1 - share) / max(1, count))
