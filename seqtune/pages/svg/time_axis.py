"""Which times are written below an axis of times: few, and round ones."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

LONGEST = 14
"""Characters of a label that is no time."""


def time_ticks(places: Sequence[str], count: int) -> list[tuple[int, str]]:
    """Return at most `count` places of an axis of times, each with what is written there.

    Args:
        places: What stands at each place of the axis: times as ISO text in rising order, or words.
        count: So many labels have room.

    Example:
        >>> time_ticks(("1959-11", "1959-12", "1960-01", "1960-02"), 2)
        [(2, '1960')]
    """
    if not places or count < 1:
        return []
    times = [_time(text) for text in places]
    known = [time for time in times if time is not None]
    if len(known) == len(places) and known == sorted(known) and known[0] < known[-1]:
        for step, write in _steps(known[0], known[-1]):
            found = _places(known, step)
            if 0 < len(found) <= count:
                return _written(known, found, write)
    return _evenly(places, count)


def _evenly(places: Sequence[str], count: int) -> list[tuple[int, str]]:
    step = max(1, -(-len(places) // count))
    return [(place, _short(places[place])) for place in range(0, len(places), step)]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _time(text: str) -> datetime | None:
    if len(text) == 7 and text[4:5] == "-":
        text += "-01"
    elif len(text) == 4 and text.isdigit():
        text += "-01-01"
    try:
        return datetime.fromisoformat(text[:26].replace("Z", "")).replace(tzinfo=None)
    except ValueError:
        return None


Step = Callable[[datetime], datetime]
"""Returns the first round time that is no earlier than one."""


def _steps(first: datetime, last: datetime) -> Iterator[tuple[Step, Callable[[datetime], str]]]:
    """Yield what is round, the finest first, with how it is written."""
    days = (last - first).total_seconds() / 86_400
    if days < 90:
        for seconds in (1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200):
            if days * 86_400 / seconds < 100:
                yield _multiple_of(timedelta(seconds=seconds)), _clock(seconds < 60)
    if days < 1_000:
        for number in (1, 2, 7, 14):
            yield _multiple_of(timedelta(days=number)), _day
    for months in (1, 2, 3, 6):
        yield _month(months), _month_name
    for years in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        yield _year(years), lambda time: f"{time.year}"


def _multiple_of(step: timedelta) -> Step:
    monday = datetime(1, 1, 1)

    def ceiling(time: datetime) -> datetime:
        steps = -((monday - time) // step)
        return monday + steps * step

    return ceiling


def _month(months: int) -> Step:
    def ceiling(time: datetime) -> datetime:
        number = time.year * 12 + time.month - 1
        if time > datetime(time.year, time.month, 1):
            number += 1
        number = -(-number // months) * months
        return datetime(min(9999, number // 12), number % 12 + 1, 1)

    return ceiling


def _year(years: int) -> Step:
    def ceiling(time: datetime) -> datetime:
        year = time.year + (time > datetime(time.year, 1, 1))
        return datetime(min(9999, -(-year // years) * years), 1, 1)

    return ceiling


def _places(times: Sequence[datetime], ceiling: Step) -> list[int]:
    found: list[int] = []
    try:
        wanted = ceiling(times[0])
        while wanted <= times[-1] and len(found) < 100:
            found.append(bisect_left(times, wanted))
            wanted = ceiling(max(wanted, times[found[-1]]) + timedelta(microseconds=1))
    except OverflowError:
        return []
    return sorted(set(found))


def _clock(has_seconds: bool) -> Callable[[datetime], str]:
    def write(time: datetime) -> str:
        if time.hour == time.minute == time.second == 0:
            return _day(time)
        return f"{time:%H:%M:%S}" if has_seconds else f"{time:%H:%M}"

    return write


def _day(time: datetime) -> str:
    return f"{time.day} {MONTHS[time.month - 1]}"


def _month_name(time: datetime) -> str:
    return f"{time.year}" if time.month == 1 else MONTHS[time.month - 1]


def _written(
    times: Sequence[datetime], places: Sequence[int], write: Callable[[datetime], str]
) -> list[tuple[int, str]]:
    """Write labels; where none of them says the year, the first one does."""
    labels = [write(times[place]) for place in places]
    first = times[places[0]]
    if all(label != f"{times[place].year}" for label, place in zip(labels, places, strict=True)):
        if ":" in labels[0]:
            labels[0] = f"{_day(first)} {labels[0]}"
        labels[0] += f" {first.year}"
    return list(zip(places, labels, strict=True))
