"""One score from several: some that rise at a single row, others that add up what lasts.

Single rows are lost in an average, and long, faint events in single rows. So every network has a
way of scoring of each pace: an instant and a brief one, that average over nothing and over a few
rows, a quick one, over a tenth of a season, a slow one, over about a season, and a long one; and
beside these, which are of errors, one of states (see `familiarity`).

The rarities (see `rarity`) of the last four say, joined and lifted, what **lasts**; that of the
states counts as much as the others together. The highest of the first three is the **alarm**, which
stands where it is beyond the threshold (see `verdict`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import STATE, STATE_SPAN, Way, Ways
from seqtune.tasks.anomaly.score_parts import squared, statement
from seqtune.tasks.anomaly.tail_probability import (
    LIFT,
    as_far_as_known,
    fit_rarity,
    is_lift,
    knot_names,
    lifted,
    to_rarity,
)

Floats = npt.NDArray[np.float64]

LONGEST = {"instant": 0.01, "brief": 0.05, "quick": 0.25, "slow": 2.0, "long": np.inf}
"""Ways of each pace average errors over less than so many seasons."""

PACES = (*LONGEST, STATE)

ALARMS = ("instant", "brief", "quick")
"""Paces the highest of which stands where it is beyond the threshold."""

LASTING = {"quick": 1.0, "slow": 1.0, "long": 1.0, STATE: 3.0}
"""Paces that say what lasts, and what each counts for in it: states as much as all errors.
Measured in docs/notes/anomalies.md, "The state of a network"."""

HALF_HEARD = 100.0
"""A pace whose tail was measured on n independent scores counts for n / (n + 100) of its share: of
a few weeks little is known of what averages over days. Measured in docs/notes/anomalies.md,
"A few seasons"."""

KNOWN = "_known"
"""Ends the name of how many independent scores of a pace its tail was measured on."""

USUAL = {
    "instant": Way("mean", "max", 0.0),
    "brief": Way("mean", "max", 0.02),
    "quick": Way("mean", "", 0.1),
    "slow": Way("mean", "", 1.0),
    "long": Way("farthest", "", 4.0),
    STATE: Way(STATE, "", STATE_SPAN),
}
"""How rows are scored where no labels choose; where it says nothing of channels, they are joined as
tells planted anomalies best. What is strange at once is often so in one channel alone; measured in
docs/notes/anomalies.md, "Threshold"."""


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
    for number, way in enumerate(ways.all()):
        if way.of == STATE:
            numbers[STATE].append(number)
            continue
        pace = next(pace for pace in LONGEST if way.span < LONGEST[pace])
        if pace != "long" or way.of == "farthest" or "farthest" not in ways.offsets:
            numbers[pace].append(number)
    return {pace: each for pace, each in numbers.items() if each}


def usual_ways(ways: Ways) -> dict[str, list[int]]:
    """Return the ways of each pace that there are where no labels choose: the nearest to `USUAL`.

    Where `USUAL` leaves that open, they are one for each way of joining channels.

    Example:
        >>> usual_ways(Ways((0.0, 1.0), ("mean",), ("mean", "max")))
        {'instant': [2], 'slow': [1, 3]}
    """
    every = ways.all()
    found = {}
    for pace, numbers in ways_by_pace(ways).items():
        far = {number: _distance(every[number], USUAL[pace]) for number in numbers}
        nearest = min(far.values())
        found[pace] = [number for number in numbers if far[number] == nearest]
    return found


def _distance(way: Way, usual: Way) -> tuple[bool, float, bool]:
    """Return how far a way is from the usual one; what comes first outweighs what follows."""
    is_open = not usual.channels
    other = not is_open and way.channels != usual.channels
    return way.of != usual.of, abs(way.span - usual.span), other


def alone_or_joined(chosen: Mapping[str, int]) -> list[dict[str, int]]:
    """Return what a score may be joined of: all paces, or one that lasts beside those that do not.

    Example:
        >>> alone_or_joined({"instant": 0, "slow": 4, "long": 5})
        [{'instant': 0, 'slow': 4, 'long': 5}, {'instant': 0, 'slow': 4}, {'instant': 0, 'long': 5}]
    """
    lasting = chosen.keys() & LASTING.keys()
    alone = [
        {pace: way for pace, way in chosen.items() if pace == one or pace not in lasting}
        for one in chosen
        if one in lasting
    ]
    return [dict(chosen), *(alone if len(alone) > 1 else [])]


def fit_paces(
    chosen: Mapping[str, int], normal: Mapping[str, Floats], rate: float, spans: Mapping[str, int]
) -> dict[str, float]:
    """Measure what turns the scores of the chosen ways into one rarity.

    Args:
        chosen: The way of each pace.
        normal: Its scores of mostly normal rows, (rows,), as `fit_rarity` takes them.
        rate: Share of normal rows that may be marked.
        spans: Rows that each averages over.
    """
    figures: dict[str, float] = {}
    for pace, way in chosen.items():
        known = float(np.isfinite(normal[pace]).sum()) / spans[pace]
        figures |= {pace: float(way), **fit_rarity(normal[pace], rate, f"{pace}_")}
        figures[f"{pace}{KNOWN}"] = max(1.0, known)
    return figures


def join_paces(
    scores: Mapping[str, Floats], figures: Mapping[str, float], threshold: float
) -> Floats:
    """Return what a network says of rows, (rows, 3), see `verdict`.

    Args:
        scores: (rows,) by pace, by the chosen ways.
        figures: What `fit_paces` measured, and the lift where that is known.
        threshold: Rarity beyond which an alarm is one.
    """
    known = {pace: figures.get(f"{pace}{KNOWN}", np.inf) for pace in scores}
    rarities = {
        pace: as_far_as_known(to_rarity(each, figures, f"{pace}_"), known[pace])
        for pace, each in scores.items()
    }
    lasting = [pace for pace in rarities if pace in LASTING] or [*rarities]
    weights = [LASTING.get(pace, 1.0) / (1.0 + HALF_HEARD / known[pace]) for pace in lasting]
    squares = [squared(rarities[pace]) for pace in lasting]
    lasts = lifted(np.average(squares, axis=0, weights=weights), figures)
    alarms = [each for pace, each in rarities.items() if pace in ALARMS]
    return statement(lasts, np.max(alarms, axis=0) if alarms else np.sqrt(lasts), threshold)


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
    parts = [knot_names(figures, f"{name}_") for name in names]
    counts = {f"{name}{KNOWN}" for name in names} & figures.keys()
    is_known = set(figures) - {LIFT} - counts == set(names).union(*parts)
    are_counts = all(1.0 <= figures[count] < np.inf for count in counts)
    return all(parts) and is_known and are_counts and is_lift(figures)
