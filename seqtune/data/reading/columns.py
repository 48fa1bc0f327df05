"""Turning a column of text into numbers, fast where it is plain and careful where it is not.

Work goes chunk by chunk, so that the peak is the result plus one chunk. A column that pyarrow can
cast as it stands takes the fast way; one with thousands separators, decimal commas, spaces or
faulty cells is matched against the grammar of a number first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.dressed_numbers import Dress
from seqtune.data.reading.missing_words import UNUSUAL, WORDS

MISSING_WORDS = WORDS
TRUE_WORDS, FALSE_WORDS = ("true", "yes"), ("false", "no")
MOST_WORDS = 8
LARGEST = 1e100  # its square, and the sum of many, is still a float64
SPACES = " '\u00a0\u202f\u2019"  # digits are also grouped by spaces and apostrophes


@dataclass(frozen=True)
class Parsed:
    """A column of text as values.

    Args:
        values: (rows,), float64 or datetime64[ns]; NaN or NaT where missing or faulty.
        faults: Cells that are neither a value nor missing.
        first_fault: Row of the first of them, -1 if there is none.
        excessive: Those of the faults that are numbers, but infinite or beyond 1e100.
        words: Some of the different texts of the faults.
        notes: What was decided on the way.
        in_utc: Whether times carried an offset or a zone, and stand in UTC now.
    """

    values: np.ndarray[Any, Any]
    faults: int = 0
    first_fault: int = -1
    excessive: int = 0
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    in_utc: bool = False


def parse_numbers(
    column: Any, missing: Sequence[str] = (), decimal: str = ".", fixed: bool = False
) -> Parsed:
    """Read a column of strings as float64.

    Args:
        column: A pyarrow chunked array of strings.
        missing: Further words and numbers that mean "missing".
        decimal: The decimal mark to expect.
        fixed: Whether the other mark is out of the question.

    Returns:
        The numbers; a value that is infinite or beyond 1e100 counts as a fault.
    """
    words = pa.array([*MISSING_WORDS, *missing])
    sentinels = numeric_sentinels(missing)
    try:
        parsed = _gather(column, lambda chunk: _plain(chunk, words, decimal), sentinels)
    except pa.ArrowInvalid:
        parsed = _carefully(column, words, sentinels, decimal, fixed)
    return replace(parsed, notes=(*parsed.notes, *_note_missing(column, parsed)))


def _carefully(
    column: Any, words: Any, sentinels: np.ndarray[Any, Any], decimal: str, fixed: bool
) -> Parsed:
    """Read numbers that are not all written as a computer does: by the fewest faults."""
    marks = [decimal] if fixed else [decimal, "," if decimal == "." else "."]
    tries = []
    for mark in marks:
        careful = _Careful(words, mark)
        parsed = _gather(column, careful, sentinels)
        tries.append(replace(parsed, notes=careful.notes()))
        if not parsed.faults:
            break
    if tries[-1].faults:
        tries += _dressed(column, words, sentinels, marks)
    best = min(tries, key=lambda parsed: parsed.faults)
    if any(best is each for each in tries[1 : len(marks)]):
        note = f"decimal {_word(marks[1])} (--set data.decimal={decimal} overrides)"
        return replace(best, notes=(note, *best.notes))
    return best


def _dressed(
    column: Any, words: Any, sentinels: np.ndarray[Any, Any], marks: Sequence[str]
) -> list[Parsed]:
    """Read numbers that stand in a dress, such as a currency."""
    tries = []
    for mark in marks:
        dress = Dress.of(column, mark)

        def convert(chunk: Any, dress: Dress = dress) -> Any:
            return dress(_blanked(pc.utf8_trim_whitespace(chunk), words))

        parsed = _gather(column, convert, sentinels)
        tries.append(replace(parsed, notes=dress.notes()))
        if not parsed.faults:
            break
    return tries


def _note_missing(column: Any, parsed: Parsed) -> tuple[str, ...]:
    """Say which words that are not always one were taken as missing."""
    absent = np.isnan(parsed.values)
    if not absent.any():
        return ()
    cells = pc.utf8_trim_whitespace(column.filter(pa.array(absent)))
    counts = pc.value_counts(cells.filter(pc.is_in(cells, value_set=pa.array(UNUSUAL))))
    found = {each["values"].as_py(): each["counts"].as_py() for each in counts}
    if not found:
        return ()
    shown = ", ".join(f"'{word}' ({count})" for word, count in list(found.items())[:MOST_WORDS])
    return (f"taken as missing: {shown}",)


def _word(mark: str) -> str:
    return "comma" if mark == "," else "point"


def numeric_sentinels(missing: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return those "missing" words that are numbers, so that -999 also matches -999.0."""
    numbers = []
    for word in missing:
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return np.array(numbers, dtype=np.float64)


_Convert = Callable[[Any], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]]


def _gather(column: Any, convert: _Convert, sentinels: np.ndarray[Any, Any]) -> Parsed:
    """Convert chunk by chunk into one array, and find the faults."""
    values = np.empty(len(column), dtype=np.float64)
    start, faults, first, excess = 0, 0, -1, 0
    texts: dict[str, None] = {}
    for chunk in column.chunks:
        part, faulty = convert(chunk)
        if sentinels.size:
            part[np.isin(part, sentinels)] = np.nan
        excessive = beyond(part)
        if excessive is not None:
            excess += int(excessive.sum())
            faulty = excessive if faulty is None else faulty | excessive
        if faulty is not None and faulty.any():
            part[faulty] = np.nan
            if len(texts) < MOST_WORDS:
                different = chunk.filter(pa.array(faulty)).unique().to_pylist()
                texts.update(dict.fromkeys(text.strip() for text in different[:MOST_WORDS]))
            faults += int(faulty.sum())
            first = start + int(faulty.argmax()) if first < 0 else first
        values[start : start + len(part)] = part
        start += len(part)
    return Parsed(values, faults, first, excess, tuple(texts)[:MOST_WORDS])


def beyond(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Mark values that are infinite or beyond 1e100; None if there are none.

    Args:
        values: (rows,), float64.
    """
    largest = max(np.fmax.reduce(values, initial=-np.inf), -np.fmin.reduce(values, initial=np.inf))
    return np.abs(values) > LARGEST if largest > LARGEST else None


def _plain(chunk: Any, words: Any, decimal: str) -> tuple[np.ndarray[Any, Any], None]:
    text = _blanked(chunk, words)
    if decimal == ",":
        if pc.any(pc.match_substring(text, ".")).as_py():
            raise pa.ArrowInvalid("a point may be a thousands separator here")
        text = pc.replace_substring(text, ",", ".")
    return _floats(text), None


def _blanked(text: Any, words: Any) -> Any:
    """Put null for every word that means "missing"."""
    absent = pc.is_in(text, value_set=words)
    if not pc.any(absent).as_py():
        return text
    return pc.if_else(absent, pa.scalar(None, text.type), text)


def _floats(text: Any) -> np.ndarray[Any, Any]:
    return np.array(pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


class _Careful:
    """Converts chunks that need a look at their grammar, and remembers what it saw."""

    def __init__(self, words: Any, decimal: str) -> None:
        self.words = words
        self.thousands = "." if decimal == "," else ","
        self.decimal = decimal
        self.grouped = False
        groups = f"[{re.escape(self.thousands)}{SPACES}]"
        mark = re.escape(decimal)
        self.separators = groups
        self.grammar = (
            rf"^[+\-−]?(?:[iI][nN][fF](?:inity)?|(?:\d+|[1-9]\d{{0,2}}(?:{groups}\d{{3}})+)(?:{mark}\d*)?|{mark}\d+)"
            r"(?:[eE][+-]?\d+)?$"
        )

    def __call__(self, chunk: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        text = _blanked(pc.utf8_trim_whitespace(chunk), self.words)
        fits = pc.match_substring_regex(text, self.grammar)
        faulty = pc.fill_null(pc.invert(fits), False).to_numpy(zero_copy_only=False)
        text = pc.if_else(fits, text, pa.scalar(None, text.type))
        if pc.any(pc.match_substring_regex(text, self.separators)).as_py():
            self.grouped = True
            text = pc.replace_substring_regex(text, self.separators, "")
        text = pc.replace_substring(text, "−", "-")
        if self.decimal == ",":
            text = pc.replace_substring(text, ",", ".")
        return _floats(text), faulty

    def notes(self) -> tuple[str, ...]:
        """Say that digits were taken for groups of thousands, if they were."""
        if not self.grouped:
            return ()
        other = f"--set data.decimal={self.thousands}"
        return (f"separators of thousands left out ({other} if they are decimal marks)",)


def parse_booleans(column: Any, missing: Sequence[str] = ()) -> Parsed:
    """Read true/false and yes/no, in any case, as 1.0 and 0.0.

    Args:
        column: A pyarrow chunked array of strings.
        missing: Further words that mean "missing".
    """
    words = pa.array([*MISSING_WORDS, *missing])

    def convert(chunk: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        text = _blanked(pc.utf8_trim_whitespace(chunk), words)
        lower = pc.utf8_lower(text)
        yes = pc.fill_null(pc.is_in(lower, value_set=pa.array(TRUE_WORDS)), False)
        no = pc.fill_null(pc.is_in(lower, value_set=pa.array(FALSE_WORDS)), False)
        is_yes = yes.to_numpy(zero_copy_only=False)
        is_no = no.to_numpy(zero_copy_only=False)
        absent = text.is_null().to_numpy(zero_copy_only=False)
        values = np.where(is_yes, 1.0, np.where(is_no, 0.0, np.nan))
        return values, ~(is_yes | is_no | absent)

    return _gather(column, convert, numeric_sentinels(()))
