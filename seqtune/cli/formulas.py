"""Texts that a spreadsheet would take for formulas, marked as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
"""What formulas begin with in spreadsheets, or what is left out before it.

Source:
    OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection.
"""


def as_text(value: Any) -> Any:
    """Return a text with an apostrophe before it where a spreadsheet would calculate it.

    Numbers, even those that are written as texts, and all that begins otherwise stay as they are.

    Example:
        >>> as_text("=1+1"), as_text("-4.5"), as_text("tea")
        ("'=1+1", '-4.5', 'tea')
    """
    if not isinstance(value, str) or not value.startswith(BEGINNINGS) or _is_number(value):
        return value
    return f"'{value}"


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and names of columns no spreadsheet calculates."""
    plain = table.rename(columns=as_text)
    for place, kind in enumerate(table.dtypes):
        if kind.kind not in "biufcmM":
            cells = [as_text(value) for value in table.iloc[:, place].tolist()]
            plain.isetitem(place, cells)
    return plain


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
