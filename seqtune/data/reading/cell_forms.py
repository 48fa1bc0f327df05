"""What a cell looks like on its own: a number in any dress, a date, a clock, a missing value."""

from __future__ import annotations

import re

from seqtune.data.reading.missing_words import WORDS

CURRENCIES = (
    r"(?:[$€£¥₹₽₩฿₺₪₴₫]|US\$|R\$|A\$|C\$|HK\$|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|"
    r"BRL|RUB|ZAR|TRY|kr\.?|zł|Kč|Fr\.|Rs\.?)"
)
GROUPED = r"[1-9]\d{0,2}(?:[.,'’ \u00a0\u202f]\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3}"
PLAIN = rf"(?:(?:{GROUPED}|\d+)(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
UNIT = r"(?:[^\W\d_]|[°µ%‰])(?:[^\W\d_]|[°²³/^%·*.]|(?<=[ms])[23](?!\d)){0,7}"
NUMBER = re.compile(rf"[+\-−]?(?:{PLAIN})")
DRESSED = re.compile(
    rf"\(?\s*[+\-−]?\s*(?:{CURRENCIES}\s*)?[+\-−]?\s*(?P<number>{PLAIN})"
    rf"\s*(?P<unit>{UNIT})?\s*(?:{CURRENCIES})?\s*[\-−]?\s*\)?"
)
INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[ T]\d.*)?|\d{4}[- ]?[QqWw]\d{1,2}.*|[Qq]\d[- /]?\d{4}"
    r"|\d{1,2}[-. /]{1,2}[^\W\d_]{3,10}\.?[-. /,]{0,2}\d{2,4}(?: .*)?"
    r"|[^\W\d_]{3,10}\.?[-. /]{1,2}(?:\d{1,2},? )?\d{2,4}(?: .*)?"
    r"|\d{4}[-. /][^\W\d_]{3,10}(?:[-. /]\d{1,2})?"
)
CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?")
_SUMS = (
    r"(?:grand |sub)?-?(?:totals?|sum|summe|gesamt(?:summe)?|insgesamt|somme|suma|totale|totaal|"
    r"итого|averages?|mean|mittel(?:wert)?|durchschnitt|moyenne|promedio|media|count|anzahl)"
)
_NOTES = r"(?:sources?|quelle|notes?|n\.?b\.?|footnotes?|legend|end of (?:file|data|report)|eof)"
TOTAL = re.compile(rf"(?:{_SUMS}|eof)|(?:{_SUMS}|{_NOTES})\b[\s:.].*|©.*", re.IGNORECASE)
_MISSING = frozenset(WORDS)


def is_number(cell: str) -> bool:
    """Say whether a cell is a number, plain or with a currency, a unit, or a sign behind it.

    Example:
        >>> [is_number(cell) for cell in ("1.217,50-", "$ 3", "51.38K", "(12)", "12 kg", "A1")]
        [True, True, True, True, True, False]
    """
    return bool(DRESSED.fullmatch(cell) or INFINITE.fullmatch(cell))


def is_value(cell: str) -> bool:
    """Say whether a cell is a number, a date, a clock or a word for "missing", rather than a name.

    Example:
        >>> [is_value(cell) for cell in ("18.00.00", "2013 Q1", "***", "passengers", "")]
        [True, True, True, False, True]
    """
    return (
        cell in _MISSING
        or is_number(cell)
        or DATE.fullmatch(cell) is not None
        or CLOCK.fullmatch(cell) is not None
        or cell.lower() in ("true", "false", "yes", "no")
    )


def is_total(cell: str) -> bool:
    """Say whether a cell begins a line of totals or notes, such as "Total" or "Source: ..."."""
    return TOTAL.fullmatch(cell.strip()) is not None
