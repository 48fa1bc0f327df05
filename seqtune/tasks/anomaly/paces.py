"""One score from several: one that is quick to rise at a single row, others that add up what lasts.

Single rows are lost in an average, and long, faint events in single rows. So every network has the
best of its ways of scoring of each pace: quick ones, that average over little, slow ones, that
average over about a season, and long ones. The mean of their rarities (see `rarity`) says what
lasts; where the quick one alone is beyond the threshold, it stands.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Ways
from seqtune.tasks.anomaly.rarity import fit_rarity, to_rarity

Floats = npt.NDArray[np.float64]

LONGEST = {"quick": 0.25, "slow": 2.0, "long": np.inf}
"""Ways of each pace average over less than so many seasons."""

PACES = tuple(LONGEST)


def watched_at(span: float, channels: int) -> int | None:
    """Return how much of what is watched counts for a way of scoring; None for all.

    How much a channel moves is of use at once alone: what lasts shows in the values.

    Args:
        span: Seasons that the way averages over.
        channels: Number of columns.
    """
    return None if span < LONGEST["quick"] else channels


def ways_by_pace(ways: Ways) -> dict[str, list[int]]:
    """Return the numbers of the ways of each pace; a pace without any is left out.

    What lasts long is judged from the farthest, where the recipe has that: nearer expectations have
    followed it.
    """
    numbers: dict[str, list[int]] = {pace: [] for pace in PACES}
    for number, (offsets, _, span) in enumerate(ways.all()):
        pace = next(pace for pace in PACES if span < LONGEST[pace])
        if pace != "long" or offsets == "farthest" or "farthest" not in ways.offsets:
            numbers[pace].append(number)
    return {pace: each for pace, each in numbers.items() if each}


def fit_paces(
    chosen: Mapping[str, int], normal: Mapping[str, Floats], rate: float
) -> dict[str, float]:
    """Measure what turns the scores of the chosen ways into one rarity.

    Args:
        chosen: The way of each pace.
        normal: Its scores of mostly normal rows, (rows,), as `fit_rarity` takes them.
        rate: Share of normal rows that may be marked.
    """
    figures: dict[str, float] = {}
    for pace, way in chosen.items():
        figures |= {pace: float(way), **fit_rarity(normal[pace], rate, f"{pace}_")}
    return figures


def join_paces(scores: Mapping[str, Floats], figures: Mapping[str, float]) -> Floats:
    """Return rarities of rows.

    Args:
        scores: (rows,) by pace, by the chosen ways.
        figures: What `fit_paces` measured.
    """
    rarities = [to_rarity(each, figures, f"{pace}_") for pace, each in scores.items()]
    mean: Floats = np.mean(rarities, axis=0)
    first = f"{next(iter(scores))}_level_"
    top = max(value for name, value in figures.items() if name.startswith(first))
    return np.where(rarities[0] > top, np.maximum(rarities[0], mean), mean)


def chosen_ways(figures: Mapping[str, float]) -> dict[str, int]:
    """Return the way of each pace that was chosen."""
    return {pace: int(figures[pace]) for pace in PACES if pace in figures}


def are_figures(figures: Mapping[str, float], ways: int) -> bool:
    """Say whether figures, which may come from a stranger, can have been measured.

    Args:
        figures: By name.
        ways: How many ways there are.
    """
    names = [pace for pace in PACES if pace in figures]
    if not names or not all(0 <= figures[name] < ways for name in names):
        return False
    expected = set(names)
    for prefix in (f"{name}_" for name in names):
        count = sum(each.startswith(f"{prefix}score_") for each in figures)
        expected |= {f"{prefix}{kind}_{n}" for n in range(count) for kind in ("score", "level")}
        if count < 2 or not expected <= set(figures):
            return False
        for kind in ("score", "level"):
            knots = [figures[f"{prefix}{kind}_{number}"] for number in range(count)]
            if not (np.diff(knots) > 0).all():
                return False
    return set(figures) == expected
