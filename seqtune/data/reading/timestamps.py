"""Reading dates in the forms that tables hold them in, without ever guessing silently.

ISO 8601 goes through pyarrow at once. For every other form the distinct texts alone are parsed:
the form is decided on a sample of them, then holds for the whole column. Whether `01/02/2020` is
a day in January or in February is decided by the whole column, and said where it stays open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.columns import MISSING_WORDS, Parsed
from seqtune.data.reading.date_forms import CLOCK, CLOCKS, FORMS, ISO, ZONE, ZONED, Form
from seqtune.data.reading.month_words import WORD, in_english

SAMPLE = 20_000
PIECE = 500_000
OVERRIDE = "--set data.dates=day_first, month_first or a form such as %d.%m.%Y overrides"
IN_UTC = "times carry an offset from UTC: converted to UTC"

Array = np.ndarray[Any, Any]


def parse_times(column: Any, missing: Sequence[str] = (), dates: str = "auto") -> Parsed:
    """Read a column of strings as points in time.

    Args:
        column: A pyarrow chunked array of strings.
        missing: Further words that mean "missing".
        dates: "auto", "day_first", "month_first" or a strptime form such as "%d.%m.%Y".

    Returns:
        (rows,), datetime64[ns]; times with an offset from UTC are in UTC.
    """
    words = pa.array([*MISSING_WORDS, *missing])
    if "%" not in dates:
        for zone in (None, "UTC"):
            try:
                values = _cast(column, words, zone)
            except pa.ArrowInvalid:
                continue
            return Parsed(values, notes=(IN_UTC,) if zone else (), in_utc=zone is not None)
    return _parse_distinct(column, words, dates)


def _cast(column: Any, words: Any, zone: str | None) -> Array:
    """Cast ISO 8601 texts chunk by chunk; pyarrow refuses anything else."""
    values = np.empty(len(column), dtype="datetime64[ns]")
    start = 0
    for chunk in column.chunks:
        absent = pc.is_in(chunk, value_set=words)
        text = pc.if_else(absent, pa.scalar(None, chunk.type), chunk)
        times = pc.cast(text, pa.timestamp("ns", zone)).cast(pa.timestamp("ns"))
        values[start : start + len(chunk)] = times.to_numpy(zero_copy_only=False)
        start += len(chunk)
    return values


def _parse_distinct(column: Any, words: Any, dates: str) -> Parsed:
    """Parse the distinct texts, then give each row the time of its text."""
    encoded = column.dictionary_encode()  # one dictionary for all chunks
    labels = encoded.chunk(0).dictionary if encoded.num_chunks else pa.array([], pa.string())
    trimmed = pc.utf8_trim_whitespace(labels)
    absent = pc.is_in(trimmed, value_set=words)
    trimmed = pc.if_else(absent, pa.scalar(None, pa.string()), trimmed)
    plan = _plan(_spread(trimmed.drop_null()), dates)
    times = np.full(len(labels) + 1, np.datetime64("NaT", "ns"), dtype="datetime64[ns]")
    for start in range(0, len(labels), PIECE):
        piece = trimmed.slice(start, PIECE)
        times[start : start + len(piece)] = plan.parse_array(piece)
    missing = np.append(absent.to_numpy(zero_copy_only=False), True)
    codes = _codes(encoded, null=len(labels))
    faulty = (np.isnat(times) & ~missing)[codes]
    count = int(faulty.sum())
    first = int(faulty.argmax()) if count else -1
    in_utc = IN_UTC in plan.notes
    return Parsed(times[codes], count, first, notes=plan.notes, in_utc=in_utc)


def _codes(encoded: Any, null: int) -> Array:
    """Return the label of every row, `null` where the cell is null."""
    parts = [
        pc.fill_null(chunk.indices, null).to_numpy(zero_copy_only=False) for chunk in encoded.chunks
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


def _objects(texts: Sequence[str]) -> Array:
    return np.array(texts, dtype=object)


def _spread(labels: Any) -> Array:
    """Return at most `SAMPLE` labels, evenly spread."""
    if not len(labels):
        return _objects([])
    picks = np.unique(np.linspace(0, len(labels) - 1, SAMPLE).astype(np.int64))
    return _objects(labels.take(pa.array(picks)).to_pylist())


def parse_labels(labels: Sequence[str], dates: str = "auto") -> Array:
    """Parse a few texts, deciding their form on themselves; NaT where that fails.

    Args:
        labels: Texts without missing ones.
        dates: As for `parse_times`.

    Returns:
        (labels,), datetime64[ns].
    """
    texts = _objects(labels)
    return _plan(texts, dates).parse(texts)


@dataclass(frozen=True)
class _Plan:
    """How the texts of one column are parsed."""

    formats: tuple[str, ...]
    date: str = ""  # the format of the date alone
    rewritten: bool = False
    iso: bool = False
    zoned: bool = False
    notes: tuple[str, ...] = ()

    def parse_array(self, labels: Any) -> Array:
        """Parse a pyarrow array of strings: by pyarrow if it can, else one by one."""
        if sorted(re.findall("%.", self.date)) == ["%Y", "%d", "%m"]:
            for text in (labels, pc.replace_substring_regex(labels, r"\b(\d)\b", r"0\1")):
                try:
                    return _cast(pa.chunked_array([_as_iso(text, self.date)]), pa.array([""]), None)
                except pa.ArrowInvalid:
                    continue
        return self.parse(_objects([label or "" for label in labels.to_pylist()]))

    def parse(self, labels: Array) -> Array:
        """Return (labels,), datetime64[ns], NaT where no format fits."""
        if self.rewritten:
            labels = _rewritten(labels)
        times = np.full(len(labels), np.datetime64("NaT", "ns"), dtype="datetime64[ns]")
        if self.iso:
            times = _convert(_zones_written_plainly(labels), "ISO8601", utc=self.zoned)
        for form in self.formats:
            rest = np.isnat(times)
            if not rest.any():
                break
            times[rest] = _convert(labels[rest], form)
        return times


def _plan(sample: Array, dates: str) -> _Plan:
    """Decide the form of a column on a sample of its distinct texts."""
    if "%" in dates:
        return _Plan((dates,))
    given, sample = sample, _rewritten(sample)
    rewritten = not np.array_equal(given, sample)
    hits = {form: sum(form.matches(label) for label in sample) for form in FORMS}
    form = max(FORMS, key=lambda known: hits[known])
    iso = sum(bool(re.fullmatch(ISO.pattern + CLOCK + ZONE, label)) for label in sample)
    if not iso and not hits[form]:
        return _Plan(())
    if iso >= hits[form]:
        zoned = any(ZONED.search(label) for label in sample)
        formats = _with_clocks(ISO.day_first, sample)
        notes = (IN_UTC,) if zoned else ()
        return _Plan(formats, "" if zoned else "%Y-%m-%d", rewritten, True, zoned, notes)
    if form.month_first:
        return _ordered(form, sample, dates)
    return _Plan(_with_clocks(form.day_first, sample), form.day_first[0], rewritten)


def _as_iso(labels: Any, date: str) -> Any:
    """Put year, month and day in the order of ISO 8601; leave alone what has another form."""
    parts = re.findall("%.", date)
    pattern = re.escape(date)
    for part, digits in (("%Y", 4), ("%m", 2), ("%d", 2)):
        pattern = pattern.replace(part, rf"(\d{{{digits}}})")
    order = "-".join(rf"\{parts.index(part) + 1}" for part in ("%Y", "%m", "%d"))
    clock = r"([ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    return pc.replace_substring_regex(labels, f"^{pattern}{clock}$", rf"{order}\4")


def _ordered(form: Form, sample: Array, dates: str) -> _Plan:
    """Decide whether the day or the month comes first."""
    day = _Plan(_with_clocks(form.day_first, sample), form.day_first[0])
    month = _Plan(_with_clocks(form.month_first, sample), form.month_first[0])
    if dates != "auto":
        return month if dates == "month_first" else day
    by_day, by_month = day.parse(sample), month.parse(sample)
    day_faults, month_faults = int(np.isnat(by_day).sum()), int(np.isnat(by_month).sum())
    if day_faults != month_faults:
        return day if day_faults < month_faults else month
    if np.array_equal(by_day, by_month, equal_nan=True):
        return day
    day_gaps, month_gaps = _unevenness(by_day), _unevenness(by_month)
    month_wins = form.month_first_usual
    if max(day_gaps, month_gaps) > 1.5 * min(day_gaps, month_gaps):
        month_wins = month_gaps < day_gaps
    word, chosen = ("month", month) if month_wins else ("day", day)
    note = f"dates such as {sample[-1]} are ambiguous: {word} first assumed ({OVERRIDE})"
    return replace(chosen, notes=(note,))


def _unevenness(times: Array) -> float:
    """Return the longest gap over the median gap: 1 for an even series of dates."""
    gaps = np.diff(np.unique(times[~np.isnat(times)]).astype(np.int64))
    return float(gaps.max() / np.median(gaps)) if gaps.size else 1.0


def _with_clocks(formats: tuple[str, ...], sample: Array) -> tuple[str, ...]:
    """Append the clocks, the one that fits most of the sample first."""
    every = [form + clock for clock in CLOCKS for form in formats]
    few = sample[:: max(1, len(sample) // 200)]
    fits = {form: int((~np.isnat(_convert(few, form))).sum()) for form in every}
    return tuple(sorted(every, key=lambda form: -fits[form]))


def _rewritten(labels: Array) -> Array:
    """Write quarters as their first month, weeks as their Monday, months in English."""
    return _objects([_plain_date(label) for label in labels])


QUARTERS = (
    re.compile(r"(?P<year>\d{4})[-:/ ]*[QqTt](?P<quarter>[1-4])"),
    re.compile(r"[QqTt](?P<quarter>[1-4])[-:/ ]*(?P<year>\d{4})"),
    re.compile(r"(?P<quarter>[1-4])[-:/ ]*[QqTt][-:/ ]*(?P<year>\d{4})"),
    re.compile(
        r"(?P<quarter>[1-4])(?:st|nd|rd|th|\.|er|e|º|ème)?[- ]"
        r"(?:quarters?|quartal|trimestre|kwartaal|kwartał)[ ,/-]*(?:of |de |del )?(?P<year>\d{4})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<year>\d{4})[ ,/-]*(?P<quarter>[1-4])(?:st|nd|rd|th|\.|er|e)?[- ]"
        r"(?:quarter|quartal|trimestre|kwartaal|kwartał)",
        re.IGNORECASE,
    ),
)
FISCAL = re.compile(r"(?:FY ?)?(\d{4})[/-](\d{2}|\d{4})")


def _plain_date(label: str) -> str:
    for form in QUARTERS:
        if quarter := form.fullmatch(label):
            return f"{quarter['year']}-{3 * int(quarter['quarter']) - 2:02d}"
    if week := re.fullmatch(r"(\d{4})-? ?[WwKk][Ww]? ?(\d{1,2})(?:-?([1-7]))?", label):
        return f"{week[1]}-W{int(week[2]):02d}-{week[3] or 1}"
    return in_english(label) if WORD.search(label) else label


def are_fiscal_years(labels: Sequence[str]) -> bool:
    """Say whether texts name years that end in the next one, such as 2019/20, and no months.

    Example:
        >>> are_fiscal_years(["2009/10", "2010/11", "2011/12"]), are_fiscal_years(["2010/11"])
        (True, False)
    """
    found = [FISCAL.fullmatch(label.strip()) for label in labels]
    return len(set(labels)) >= 3 and all(
        each and (int(each[1]) + 1) % 10 ** len(each[2]) == int(each[2]) for each in found
    )


def _zones_written_plainly(labels: Array) -> Array:
    """Write ` UTC` as `Z` and join an offset that stands apart."""
    named = [re.sub(r"\s*(?:UTC|GMT|Z)$", "Z", label) for label in labels]
    return _objects([re.sub(r"\s+([+-]\d{2}(?::?\d{2})?)$", r"\1", label) for label in named])


def _convert(labels: Array, form: str, utc: bool = False) -> Array:
    """Parse with one format; NaT where it does not fit or leaves the years 1678 to 2261."""
    texts = pd.Series(labels, dtype=object)
    times = pd.to_datetime(texts, format=form, errors="coerce", utc=utc or "%z" in form)
    if getattr(times.dtype, "tz", None) is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return nanoseconds(times.to_numpy())


def nanoseconds(times: Array) -> Array:
    """Turn datetime64 of any unit into datetime64[ns]; NaT for what it cannot hold."""
    if times.dtype == np.dtype("datetime64[ns]"):
        return times
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    held = np.isnat(times) | ((years > 1677) & (years < 2262))
    return np.where(held, times, np.datetime64("NaT", "s")).astype("datetime64[ns]")
