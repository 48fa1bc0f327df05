"""Errors about a cell that does not fit its column: where it is, its text, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seqtune.data.reading.columns import LARGEST
from seqtune.errors import DataError, listed

MAX_WORD = 20
"""Longer texts are not proposed as words for "missing"."""


@dataclass(frozen=True)
class FaultyCell:
    """The first cell of a column that does not fit.

    Args:
        where: Its file and line.
        column: Its column.
        text: What is written in it.
        count: How many cells of the column do not fit.
        words: Some of the different texts of these cells.
    """

    where: str
    column: str
    text: str
    count: int
    words: tuple[str, ...] = ()

    def not_a_number(self, missing: Sequence[str]) -> DataError:
        """Return the error in a column of numbers.

        Args:
            missing: Words that mean "missing" beside the usual ones.
        """
        others = [word for word in self.words if word != self.text and len(word) <= MAX_WORD]
        words = ", ".join(_quoted(word) for word in (*missing, self.text[:MAX_WORD], *others))
        what = "them" if others else "it"
        hint = f"correct the value, or --set 'data.missing=[{words}]' to take {what} as missing"
        more = f"; so are {', '.join(map(_shown, others))}" if others else ""
        return self._error(_reason(self.text) + more, hint)

    def not_a_number_column(self, numeric: Sequence[str]) -> DataError:
        """Return the error that a column of texts or times is asked for numbers.

        Args:
            numeric: The columns that do hold numbers.
        """
        return self._error(_reason(self.text), f"columns of numbers: {listed(numeric) or 'none'}")

    def not_a_date(self) -> DataError:
        """Return the error in a column of times."""
        return self._error(
            "is not a date that can be read, or not of the years 1678 to 2261",
            "write it as 2020-12-31 or 2020-12-31 23:59:59, or name the form with"
            " --set data.dates=%d.%m.%Y",
        )

    def _error(self, reason: str, hint: str) -> DataError:
        more = f" ({self.count} such values)" if self.count > 1 else ""
        message = f"{self.where}: column '{self.column}': {_shown(self.text)} {reason}{more}"
        return DataError(message, hint)


def _shown(text: str) -> str:
    return f"'{text}'" if len(text) <= 40 else f"'{text[:40]}…'"


def _quoted(text: str) -> str:
    """Write a word as a YAML list item."""
    return text if text.replace("-", "").replace("_", "").isalnum() else f'"{text}"'


def _reason(text: str) -> str:
    try:
        value = float(text.replace(",", ".").strip())
    except ValueError:
        return "is not a number"
    if "inf" in text.lower():
        return "is infinite"
    if abs(value) > LARGEST:
        return f"is too large; at most {LARGEST:.0e} is expected"
    return "is not a number as the others are written"
