"""The grid of a frequency that the user gave: where its steps lie among the times of a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seqtune.data.panel.frequency import (
    DAY,
    ONE_MONTH,
    YEAR,
    Frequency,
    PlacedFrequency,
    fixed_frequency,
    is_loose_word,
    parse_frequency,
    weekday_of,
)
from seqtune.data.panel.frequency_inference import ENOUGH, infer_integers, jittering, months_of
from seqtune.data.panel.time_sample import TimeSample
from seqtune.errors import DataError


def given_frequency(alias: str, sample: TimeSample, is_calendar: bool) -> PlacedFrequency:
    """Return the grid of a frequency that the user gave.

    Args:
        alias: The frequency.
        sample: The times.
        is_calendar: Whether they are instants, not integers.

    Raises:
        DataError: There is no such frequency, or it does not suit the times.
    """
    if not is_calendar:
        if alias == "step":
            # The frequency of all integers, see `Grid`; the distance is still to be found.
            return infer_integers(sample)
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
        return PlacedFrequency(frequency, phase)
    name = f"'{frequency.alias}'" if is_calendar else f"steps of {frequency.size}"
    return PlacedFrequency(frequency, phase, "floor", (f"aggregated to {name}",))


def _jittering_by(frequency: Frequency, sample: TimeSample) -> PlacedFrequency | None:
    """Return the grid of a frequency around which the times jitter, None where they do not."""
    if frequency.kind != "fixed" or sample.phase(frequency.size)[1] >= ENOUGH:
        return None
    found = jittering(sample) if len(sample.distances) else None
    return found if found and found.frequency.size == frequency.size else None


def _given_integer(alias: str) -> Frequency:
    count = alias.removesuffix("step").strip() or "1"
    if not count.isdecimal() or int(count) < 1:
        raise DataError(
            f"the times are integers, which have no frequency '{alias}'; expected a step, like 1",
            hint="leave --freq out, or name a column of dates: --time COLUMN",
        )
    return Frequency("step", "fixed", int(count))


def _given_phase(frequency: Frequency, sample: TimeSample, is_loose: bool) -> tuple[Frequency, int]:
    """Return the frequency with its anchor filled in, and an instant that it contains."""
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


def _given_months(
    frequency: Frequency, sample: TimeSample, is_loose: bool
) -> tuple[Frequency, int]:
    usual, on = months_of(sample, frequency.size * (YEAR // 12))
    month = frequency.anchor
    if usual and on >= ENOUGH and month in (None, usual.frequency.anchor):
        is_same = is_loose or usual.frequency.end == frequency.end
        if is_same:  # the times lie on this grid already: the 15th stays the 15th
            return usual.frequency, usual.phase
    if month is None:
        month = 11 if frequency.end else 0
    start = np.datetime64("1970-01", "M") + int(month) * ONE_MONTH
    if frequency.end:
        start = start + ONE_MONTH
    day = start.astype("datetime64[ns]").astype(np.int64) - (DAY if frequency.end else 0)
    return frequency, int(day)
