"""Inferring the frequency of the times of a table: the grid that most of them lie on.

The commonest distance between neighbours, seen as months or business days where it is one. Times
that jitter go to the nearest step; times too irregular for any grid get the natural frequency
nearest to their median distance.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.frequency import (
    DAY,
    HOUR,
    MINUTE,
    ONE_MONTH,
    SECOND,
    WEEK,
    YEAR,
    Frequency,
    PlacedFrequency,
    days_of_month,
    fixed_frequency,
    month_frequency,
    parse_frequency,
)
from seqtune.data.panel.time_sample import TimeSample

Ints = npt.NDArray[np.int64]

ENOUGH = 0.9
"""Share of the times that must lie on a grid for it to be theirs."""

NATURAL = (
    *(count * SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * MINUTE for count in (1, 2, 5, 10, 15, 20, 30)),
    *(count * HOUR for count in (1, 2, 3, 4, 6, 8, 12)),
    DAY,
    WEEK,
)
"""Lengths that irregular times are resampled to; longer ones are months, quarters, years."""

JITTER = 0.1
"""Share of a step by which times may stray from it and still be taken as that step."""


def infer_frequency(sample: TimeSample, is_calendar: bool) -> PlacedFrequency:
    """Infer the frequency of the times of a table.

    Args:
        sample: The times.
        is_calendar: Whether they are instants, not integers.
    """
    return _infer_calendar(sample) if is_calendar else infer_integers(sample)


def infer_integers(sample: TimeSample) -> PlacedFrequency:
    """Infer the step of integer times."""
    if len(sample.distances) == 0:
        return PlacedFrequency(Frequency("step", "fixed", 1), int(sample.times[0]))
    size, share = sample.commonest()
    if (sample.distances % size == 0).mean() < ENOUGH:
        size, share = int(np.gcd.reduce(sample.distances)), 0.0
    phase, on = sample.phase(size)
    if _dense(sample, size, share):
        frequency = Frequency("step", "fixed", size)
        if on >= ENOUGH:
            return PlacedFrequency(frequency, phase)
        note = f"series step by {size} from different remainders: moved to the step before"
        return PlacedFrequency(frequency, phase, "floor", (f"{note} (--freq sets another step)",))
    median = max(1, int(np.median(sample.distances)))
    note = f"irregular steps: resampled to every {median} (--freq sets another step)"
    frequency = Frequency("step", "fixed", median)
    return PlacedFrequency(frequency, int(sample.times[0]), "floor", (note,))


def _infer_calendar(sample: TimeSample) -> PlacedFrequency:
    if len(sample.distances) == 0:
        phase = int(sample.times[0])
        note = "only one time: assumed daily (--freq sets the frequency)"
        return PlacedFrequency(parse_frequency("D"), phase, notes=(note,))
    size, share = sample.commonest()
    phase, on = sample.phase(size)
    months, months_on = months_of(sample, size)
    if months and months_on >= max(ENOUGH, on):
        return months
    if on >= ENOUGH and _dense(sample, size, share):
        found = PlacedFrequency(fixed_frequency(size, phase), phase)
        return _business(sample, found) if size == DAY else found
    return jittering(sample) or _irregular(sample)


def _dense(sample: TimeSample, size: int, share: float) -> bool:
    """Say whether a grid is the frequency of the times, not just fine enough to contain them."""
    return share >= 0.2 or sample.occupied(size) >= 0.5


def months_of(sample: TimeSample, size: int) -> tuple[PlacedFrequency | None, float]:
    """Return the best grid of months for a commonest distance, and the share of times on it."""
    months = round(size / (YEAR // 12))
    if months < 1 or not 28 * months <= size / DAY <= 31 * months:
        return None, 0.0
    instants = sample.times.view("datetime64[ns]")
    month = instants.astype("datetime64[M]")
    first, next_first = month.astype("datetime64[D]"), (month + ONE_MONTH).astype("datetime64[D]")
    day = (instants.astype("datetime64[D]") - first).astype(np.int64) + 1
    last = (next_first - first).astype(np.int64)
    usual = int(np.bincount(day).argmax())
    on_last, on_usual = day == last, day == np.minimum(usual, last)
    is_end = usual >= 28 and on_last.mean() >= on_usual.mean()
    on = on_last if is_end else on_usual
    remainder = month.astype(np.int64) % months
    usual_month = int(np.bincount(remainder[on]).argmax())
    on = on & (remainder == usual_month)
    rows = np.flatnonzero(on & (day == day[on].max()))
    start = int(sample.times[rows[0]])
    return PlacedFrequency(month_frequency(months, bool(is_end), start), start), float(on.mean())


def _business(sample: TimeSample, daily: PlacedFrequency) -> PlacedFrequency:
    """Return business days instead of days where no weekend is ever there."""
    weekday = (sample.times // DAY + 3) % 7
    over_weekend = (np.diff(sample.times) == 3 * DAY) & (weekday[:-1] == 4)
    if (weekday >= 5).mean() >= 0.01 or not over_weekend.any():
        return daily
    return PlacedFrequency(parse_frequency("B"), int(sample.times[weekday < 5][0]))


def jittering(sample: TimeSample) -> PlacedFrequency | None:
    """Return a grid of natural length around which the times jitter, if there is one."""
    size = _natural(float(np.median(sample.distances)))
    if size is None:
        return None
    around = (sample.times % size) / size * 2 * np.pi
    middle = np.arctan2(np.sin(around).mean(), np.cos(around).mean()) / (2 * np.pi) * size
    grain = DAY if size == WEEK else max(size // 24, 1)
    for phase in (0, int(round(float(middle) / grain) * grain)):
        if near(sample.times, size, phase).mean() < ENOUGH:
            continue
        steps = (sample.times - phase + size // 2) // size
        ahead = np.diff(steps)[sample.codes[1:] == sample.codes[:-1]]
        if len(ahead) and ((ahead == 1).mean() < 0.5 or (ahead == 0).mean() > 0.05):
            continue
        frequency = fixed_frequency(size, phase)
        note = f"the times jitter around '{frequency.alias}': moved to the nearest step"
        return PlacedFrequency(
            frequency, phase, "nearest", (f"{note} (--freq sets the frequency)",)
        )
    return None


def _irregular(sample: TimeSample) -> PlacedFrequency:
    median = float(np.median(sample.distances))
    size = _natural(median)
    if size is not None:
        # 1970 began on a Thursday; weeks begin on Mondays.
        phase = 4 * DAY if size == WEEK else 0
        frequency = fixed_frequency(size, phase)
    else:
        lengths = {1: YEAR / 12, 3: YEAR / 4, 12: YEAR}
        months = min(lengths, key=lambda count: abs(np.log(lengths[count] / median)))
        # The last day of December, or the first of January.
        phase = -DAY if _late_in_month(sample) else 0
        frequency = month_frequency(months, phase < 0, phase)
    note = f"irregular times: resampled to '{frequency.alias}' (--freq sets another frequency)"
    return PlacedFrequency(frequency, phase, "floor", (note,))


def _late_in_month(sample: TimeSample) -> bool:
    return bool((days_of_month(sample.times) >= 25).mean() >= ENOUGH)


def _natural(distance: float) -> int | None:
    """Return the natural length nearest to a distance, None where months are nearer."""
    best = min(NATURAL, key=lambda size: abs(np.log(size / distance)))
    return None if distance > np.sqrt(WEEK * YEAR / 12) else best


def near(times: Ints, size: int, phase: int) -> npt.NDArray[np.bool_]:
    """Say which times stray from a step by little enough to be jitter: (n,), bool."""
    beside = (times - phase + size // 2) % size - size // 2
    return np.asarray(np.abs(beside) <= JITTER * size)
