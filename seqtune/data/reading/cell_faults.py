"""Errors about a cell that does not fit its column: where it is, its text, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqtune.data.reading.columns import LARGEST, Parsed
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source


def number_fault(source: Source, name: str, parsed: Parsed, missing: tuple[str, ...]) -> DataError:
    """Return the error that a column holds what is not a number.

    Args:
        source: The table.
        name: The column.
        parsed: Its values and faults.
        missing: Words that mean "missing" beside the usual ones.
    """
    text = source.text(name, parsed.first_fault)
    return _fault(source, name, parsed, _reason(text), _number_hint(source, name, text, missing))


def time_fault(source: Source, name: str, parsed: Parsed) -> DataError:
    """Return the error that a column holds what is not a date; arguments as in `number_fault`."""
    reason = "is not a date that can be read, or not of the years 1678 to 2261"
    hint = (
        "write it as 2020-12-31 or 2020-12-31 23:59:59, or name the form with"
        " --set data.dates=%d.%m.%Y"
    )
    return _fault(source, name, parsed, reason, hint)


def _fault(source: Source, name: str, parsed: Parsed, reason: str, hint: str) -> DataError:
    row = parsed.first_fault
    text = _shown(source.text(name, row))
    more = f" ({parsed.faults} such values)" if parsed.faults > 1 else ""
    return DataError(f"{source.where(row)}: column '{name}': {text} {reason}{more}", hint)


def _number_hint(source: Source, name: str, text: str, missing: tuple[str, ...]) -> str:
    if source.kind(name) in ("text", "time"):
        numeric = [n for n in source.names[:20] if source.kind(n) in ("number", "integer")]
        return f"columns of numbers: {', '.join(numeric) or 'none'}"
    words = ", ".join(_quoted(word) for word in (*missing, text))
    return f"mend the value, or --set 'data.missing=[{words}]' to take it as missing"


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
