"""Numbers in a dress: currencies, units, percent, signs behind them, thousands as K.

What a column's numbers wear is decided on a sample of it and then holds for the whole column, so
that a column of codes such as `12A` and `7B` does not become one of numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.cell_forms import CURRENCIES, DRESSED

SAMPLE = 2_000
UNIT_SHARE = 0.9
"""Of the numbers of a column, this share has the same unit."""

MULTIPLES = {
    **dict.fromkeys(("k", "K", "tsd", "Tsd", "Tsd.", "thousand"), 1e3),
    **dict.fromkeys(("M", "mn", "mio", "Mio", "Mio.", "MM", "million"), 1e6),
    **dict.fromkeys(("B", "bn", "Bn", "Mrd", "Mrd.", "billion"), 1e9),
    **dict.fromkeys(("T", "tn", "trillion"), 1e12),
}
CLOCK_WORDS = {"am", "pm", "a.m.", "p.m.", "h"}

PARTS = ("open", "before", "money", "sign", "number", "multiple", "coin", "behind", "close")

Array = np.ndarray[Any, Any]


@dataclass
class Dress:
    """What the numbers of one column wear.

    Args:
        decimal: The decimal mark.
        unit: A unit that they share, "" for none.
        has_multiples: Whether K, M and B stand for thousands, millions and billions.

    Attributes:
        seen: What was taken off, for notes.
    """

    decimal: str
    unit: str = ""
    has_multiples: bool = False
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, column: Any, decimal: str) -> Dress:
        """Decide on a sample of a column.

        Args:
            column: A pyarrow chunked array of strings.
            decimal: The decimal mark.
        """
        step = max(1, len(column) // SAMPLE)
        sample = column.take(np.arange(0, len(column), step))
        units: Counter[str] = Counter()
        for cell in sample.drop_null().to_pylist():
            found = DRESSED.fullmatch(cell.strip())
            if found:
                units[found["unit"] or ""] += 1
        total = sum(units.values())
        dressed = {unit for unit in units if unit}
        if dressed and dressed <= MULTIPLES.keys() and len(units) > 1:
            return cls(decimal, has_multiples=True)
        unit, count = units.most_common(1)[0] if units else ("", 0)
        is_unit = unit.lower() not in CLOCK_WORDS and count >= UNIT_SHARE * total
        return cls(decimal, unit if is_unit else "")

    @property
    def grammar(self) -> str:
        """A pattern of RE2 with the groups open, sign, number, multiple, behind and close."""
        thousands = "." if self.decimal == "," else ","
        group = f"[{re.escape(thousands)}'’ \u00a0\u202f]"
        grouped = rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+"
        indian = r"|[1-9]\d?(?:,\d{2})+,\d{3}" if thousands == "," else ""
        mark = re.escape(self.decimal)
        number = rf"(?:(?:{grouped}{indian}|\d+)(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?"
        words = sorted(map(re.escape, MULTIPLES), key=len, reverse=True)
        behind = "|".join(words) if self.has_multiples else ""
        unit = rf"(?:{re.escape(self.unit)})?" if self.unit else ""
        money = f"(?:{CURRENCIES})?"
        return (
            rf"^\s*(?P<open>\()?\s*(?P<before>[+\-−]?)\s*(?P<money>{money})\s*(?P<sign>[+\-−]?)\s*"
            rf"(?P<number>{number})\s*(?P<multiple>(?:{behind})?)\s*{unit}\s*(?P<coin>{money})\s*"
            r"(?P<behind>[\-−]?)\s*(?P<close>\))?\s*$"
        )

    def __call__(self, chunk: Any) -> tuple[Array, Array]:
        """Return the values of a chunk, (rows,) float64, and where there is no number."""
        found = pc.extract_regex(chunk, self.grammar)
        missing = chunk.is_null().to_numpy(zero_copy_only=False)
        fits = ~found.is_null().to_numpy(zero_copy_only=False)
        part = {name: pc.struct_field(found, name) for name in PARTS}
        marks = f"[{re.escape('.' if self.decimal == ',' else ',')}'’ \u00a0\u202f]"
        digits = pc.replace_substring_regex(part["number"], marks, "")
        digits = pc.replace_substring(digits, self.decimal, ".")
        values = np.array(pc.cast(digits, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
        negative = np.zeros(len(chunk), bool)
        for name in ("before", "sign", "behind", "open"):
            negative |= _is(part[name], ("-", "−", "("))
        values = np.where(negative, -values, values)
        if self.has_multiples:
            for word, factor in MULTIPLES.items():
                values = np.where(_is(part["multiple"], (word,)), values * factor, values)
        is_open = _is(part["open"], ("(",)) != _is(part["close"], (")",))
        signs = sum(_is(part[n], ("-", "−", "+")).astype(int) for n in ("before", "sign", "behind"))
        faulty = ~missing & (~fits | is_open | (signs > 1))
        self._remember(part, fits & ~faulty)
        return np.where(faulty, np.nan, values), faulty

    def _remember(self, part: dict[str, Any], fits: Array) -> None:
        for name, what in (
            ("behind", "a minus behind the number"),
            ("close", "brackets for negative numbers"),
            ("money", "currency"),
            ("coin", "currency"),
        ):
            if (_filled(part[name]) & fits).any():
                self.seen.add(what)

    def notes(self) -> tuple[str, ...]:
        """Say what was taken off the numbers."""
        seen = sorted(self.seen)
        if self.unit:
            seen.append(f"the unit '{self.unit}'")
        if self.has_multiples:
            seen.append("K, M and B for thousands, millions and billions")
        if not seen:
            return ()
        return (f"numbers are written with {', '.join(seen)}: read as numbers",)


def _is(column: Any, words: tuple[str, ...]) -> Array:
    found = pc.fill_null(pc.is_in(column, value_set=pa.array(words)), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)


def _filled(column: Any) -> Array:
    found = pc.fill_null(pc.greater(pc.utf8_length(column), 0), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)
