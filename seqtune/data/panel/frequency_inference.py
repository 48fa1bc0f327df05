"""The rhythm of the times of a table: the grid that most of them stand on.

The commonest distance between neighbours, seen as months or business days where it is one. Times
that jitter go to the nearest step; times too irregular for any grid get the natural frequency
nearest to their median distance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

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
    day_of_month,
    fixed_frequency,
    is_loose_word,
    month_frequency,
    parse_frequency,
    weekday_of,
)
from seqtune.errors import DataError

Ints = npt.NDArray[np.int64]

ENOUGH = 0.9
"""Share of the times that must stand on a grid for it to be theirs."""

SAMPLE_ROWS = 1_000_000
"""Times looked at to infer a frequency; whole series are taken until there are so many."""

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


@dataclass(frozen=True)
class Rhythm:
    """A frequency, where it stands, and how times beside it are taken.

    Args:
        frequency: Length of a step.
        phase: Any instant on a step: nanoseconds since 1970, or an integer.
        snap: "exact", "nearest" or "floor", as in `Grid`.
        notes: What is unusual about the times.
    """

    frequency: Frequency
    phase: int
    snap: str = "exact"
    notes: tuple[str, ...] = ()

    def first_step(self, earliest: int) -> int:
        """Return the instant of the step that holds the earliest time.

        Where the 30th of every month starts in a February, the step before it is returned, for
        the origin has to know about the 30th.
        """
        step = self.frequency.index(np.array([earliest]), self.phase)
        here, before = self.frequency.times(step[0] - np.arange(2), self.phase)
        if self.frequency.kind != "month" or self.frequency.end:
            return int(here)
        return int(max(here, before, key=day_of_month))


def find_rhythm(
    times: Ints, codes: npt.NDArray[Any] | None, frequency: str, is_calendar: bool
) -> Rhythm:
    """Find the rhythm of the times of a table.

    Args:
        times: (rows,), int64: nanoseconds since 1970, or integer steps.
        codes: (rows,), integers, the series of each row; None for a single series.
        frequency: "auto", or the frequency to use.
        is_calendar: Whether the times are instants.

    Raises:
        DataError: The given frequency does not exist or does not suit the times.
    """
    sample = _Sample.take(times, codes)
    if frequency != "auto":
        return _given(frequency, sample, is_calendar)
    return _infer_calendar(sample) if is_calendar else _infer_integers(sample)


@dataclass(frozen=True)
class _Sample:
    """Times of some whole series: sorted, unique within each series.

    Args:
        times: (n,), int64.
        codes: (n,), the series of each time.
        distances: (m,), int64, positive distances between neighbours of a series.
    """

    times: Ints
    codes: npt.NDArray[Any]
    distances: Ints

    @classmethod
    def take(cls, times: Ints, codes: npt.NDArray[Any] | None) -> _Sample:
        if codes is None:
            rises = bool((times[1:] > times[:-1]).all())  # most files are sorted already
            ordered = times if rises else np.unique(times)
            return cls(ordered, np.zeros(len(ordered), np.int8), np.diff(ordered))
        series = int(codes.max()) + 1
        stride = -(-len(times) // SAMPLE_ROWS)
        if series > 1 and stride > 1:
            rows = np.flatnonzero(codes % min(stride, series) == codes[0] % min(stride, series))
            times, codes = times[rows], codes[rows]
        order = np.lexsort((times, codes))
        times, codes = times[order], codes[order]
        new = np.ones(len(times), bool)
        new[1:] = (times[1:] != times[:-1]) | (codes[1:] != codes[:-1])
        times, codes = times[new], codes[new]
        distances = np.diff(times)[codes[1:] == codes[:-1]]
        if len(distances) == 0:
            distances = np.diff(np.unique(times))
        return cls(times, codes, distances)

    def commonest(self) -> tuple[int, float]:
        """Return the commonest distance, and the share of all distances that it has."""
        return _commonest(self.distances)

    def phase(self, size: int) -> tuple[int, float]:
        """Return the commonest remainder by `size`, and the share of the times that has it."""
        return _commonest(self.times % size)

    def occupied(self, size: int) -> float:
        """Return the share of all steps of `size` between first and last that hold a time."""
        steps = np.unique(self.times // size)
        return len(steps) / float(steps[-1] - steps[0] + 1)


def _commonest(numbers: Ints) -> tuple[int, float]:
    """Return the commonest of some integers, and its share of them."""
    if int(numbers.min()) == int(numbers.max()):  # no need to sort millions
        return int(numbers[0]), 1.0
    values, counts = np.unique(numbers, return_counts=True)
    best = int(counts.argmax())
    return int(values[best]), float(counts[best] / len(numbers))


def _infer_integers(sample: _Sample) -> Rhythm:
    if len(sample.distances) == 0:
        return Rhythm(Frequency("step", "fixed", 1), int(sample.times[0]))
    size, share = sample.commonest()
    if (sample.distances % size == 0).mean() < ENOUGH:
        size, share = int(np.gcd.reduce(sample.distances)), 0.0
    phase, on = sample.phase(size)
    if _dense(sample, size, share):
        frequency = Frequency("step", "fixed", size)
        if on >= ENOUGH:
            return Rhythm(frequency, phase)
        note = f"series step by {size} from different remainders: moved to the step before"
        return Rhythm(frequency, phase, "floor", (f"{note} (--freq sets another step)",))
    median = max(1, int(np.median(sample.distances)))
    note = f"irregular steps: resampled to every {median} (--freq sets another step)"
    frequency = Frequency("step", "fixed", median)
    return Rhythm(frequency, int(sample.times[0]), "floor", (note,))


def _infer_calendar(sample: _Sample) -> Rhythm:
    if len(sample.distances) == 0:
        phase = int(sample.times[0])
        note = "one time only: taken as daily (--freq sets the frequency)"
        return Rhythm(parse_frequency("D"), phase, notes=(note,))
    size, share = sample.commonest()
    phase, on = sample.phase(size)
    months, months_on = _months(sample, size)
    if months and months_on >= max(ENOUGH, on):
        return months
    if on >= ENOUGH and _dense(sample, size, share):
        found = Rhythm(fixed_frequency(size, phase), phase)
        return _business(sample, found) if size == DAY else found
    return _jittering(sample) or _irregular(sample)


def _dense(sample: _Sample, size: int, share: float) -> bool:
    """Say whether a grid is the times' own rhythm, not just fine enough to hold them."""
    return share >= 0.2 or sample.occupied(size) >= 0.5


def _months(sample: _Sample, size: int) -> tuple[Rhythm | None, float]:
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
    return Rhythm(month_frequency(months, bool(is_end), start), start), float(on.mean())


def _business(sample: _Sample, daily: Rhythm) -> Rhythm:
    """Return business days instead of days where no weekend is ever there."""
    weekday = (sample.times // DAY + 3) % 7
    over_weekend = (np.diff(sample.times) == 3 * DAY) & (weekday[:-1] == 4)
    if (weekday >= 5).mean() >= 0.01 or not over_weekend.any():
        return daily
    return Rhythm(parse_frequency("B"), int(sample.times[weekday < 5][0]))


def _jittering(sample: _Sample) -> Rhythm | None:
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
        return Rhythm(frequency, phase, "nearest", (f"{note} (--freq sets the frequency)",))
    return None


def _irregular(sample: _Sample) -> Rhythm:
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
    return Rhythm(frequency, phase, "floor", (note,))


def _late_in_month(sample: _Sample) -> bool:
    instants = sample.times.view("datetime64[ns]")
    month = instants.astype("datetime64[M]").astype("datetime64[D]")
    day = (instants.astype("datetime64[D]") - month).astype(np.int64) + 1
    return bool((day >= 25).mean() >= ENOUGH)


def _natural(distance: float) -> int | None:
    """Return the natural length nearest to a distance, None where months are nearer."""
    best = min(NATURAL, key=lambda size: abs(np.log(size / distance)))
    return None if distance > np.sqrt(WEEK * YEAR / 12) else best


def near(times: Ints, size: int, phase: int) -> npt.NDArray[np.bool_]:
    """Say which times stray from a step by little enough to be jitter: (n,), bool."""
    beside = (times - phase + size // 2) % size - size // 2
    return np.asarray(np.abs(beside) <= JITTER * size)


def _given(alias: str, sample: _Sample, is_calendar: bool) -> Rhythm:
    """Return the grid of a frequency that the user gave."""
    if not is_calendar:
        if alias == "step":
            # What `Grid.frequency` says of all integers; the distance is still to be found.
            return _infer_integers(sample)
        frequency = _given_integer(alias)
        phase, on = sample.phase(frequency.size)
        phase = phase if on >= ENOUGH else int(sample.times[0])
    else:
        frequency = parse_frequency(alias)
        frequency, phase = _given_phase(frequency, sample, is_loose_word(alias))
        jittering = _jittering_by(frequency, sample)
        if jittering:
            return jittering
    steps = frequency.index(sample.times, phase)
    same = (np.diff(steps) == 0) & (sample.codes[1:] == sample.codes[:-1])
    is_exact = frequency.on_step(sample.times, phase).mean() >= ENOUGH
    if is_exact and same.sum() <= (1 - ENOUGH) * len(steps):
        return Rhythm(frequency, phase)
    name = f"'{frequency.alias}'" if is_calendar else f"steps of {frequency.size}"
    return Rhythm(frequency, phase, "floor", (f"aggregated to {name}",))


def _jittering_by(frequency: Frequency, sample: _Sample) -> Rhythm | None:
    """Return the grid of a frequency around which the times jitter, None where they do not."""
    if frequency.kind != "fixed" or sample.phase(frequency.size)[1] >= ENOUGH:
        return None
    found = _jittering(sample) if len(sample.distances) else None
    return found if found and found.frequency.size == frequency.size else None


def _given_integer(alias: str) -> Frequency:
    count = alias.removesuffix("step").strip() or "1"
    if not count.isdecimal() or int(count) < 1:
        raise DataError(
            f"the times are integers, which have no frequency '{alias}'; expected a step, like 1",
            hint="leave --freq out, or name a column of dates: --time COLUMN",
        )
    return Frequency("step", "fixed", int(count))


def _given_phase(frequency: Frequency, sample: _Sample, is_loose: bool) -> tuple[Frequency, int]:
    """Return the frequency with its anchor filled in, and an instant that it stands on."""
    first = int(sample.times.min())
    clock, at_clock = sample.phase(DAY)
    clock = clock if at_clock >= ENOUGH else 0
    if frequency.kind == "business":
        return frequency, first // DAY * DAY + clock
    if frequency.kind == "month":
        return _given_months(frequency, sample, is_loose)
    phase, on = sample.phase(frequency.size)
    if frequency.anchor is not None and (on < ENOUGH or weekday_of(phase) != frequency.anchor):
        return frequency, (4 + frequency.anchor) * DAY + clock
    if on < ENOUGH:
        phase = first // DAY * DAY if frequency.size % DAY == 0 else 0
    return replace(fixed_frequency(frequency.size, phase), anchor=None), phase


def _given_months(frequency: Frequency, sample: _Sample, is_loose: bool) -> tuple[Frequency, int]:
    usual, on = _months(sample, frequency.size * (YEAR // 12))
    month = frequency.anchor
    if usual and on >= ENOUGH and month in (None, usual.frequency.anchor):
        is_same = is_loose or usual.frequency.end == frequency.end
        # The times stand on this rhythm already: the 15th stays the 15th.
        if is_same:
            return usual.frequency, usual.phase
    if month is None:
        month = 11 if frequency.end else 0
    start = np.datetime64("1970-01", "M") + int(month) * ONE_MONTH
    if frequency.end:
        start = start + ONE_MONTH
    day = start.astype("datetime64[ns]").astype(np.int64) - (DAY if frequency.end else 0)
    return frequency, int(day)
