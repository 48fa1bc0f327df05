"""The forms in which tables hold dates, beside ISO 8601."""

from __future__ import annotations

import re
from dataclasses import dataclass

CLOCK = r"(?:[ T,]+\d{1,2}(?::\d{2}){0,2}(?:\.\d+)?(?:\s*[AaPp][Mm])?)?"
ZONE = r"(?:\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
ZONED = re.compile(r"\d[ T]\d.*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S")


@dataclass(frozen=True)
class Form:
    """One way to write a date.

    Args:
        pattern: What the date without its clock looks like.
        day_first: Formats to try in turn; for a form without a choice, the only ones.
        month_first: The formats with day and month exchanged; empty if there is no choice.
        month_first_usual: Which of the two is taken where the column leaves it open.
    """

    pattern: str
    day_first: tuple[str, ...]
    month_first: tuple[str, ...] = ()
    month_first_usual: bool = False

    def matches(self, label: str) -> bool:
        """Say whether a text is written in this form, with or without a clock."""
        return re.fullmatch(self.pattern + CLOCK, label) is not None


ISO = Form(r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",))
FORMS = (
    Form(r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    Form(r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    Form(r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y",), ("%m.%d.%Y",)),
    Form(r"\d{1,2}\.\d{1,2}\.\d{2}", ("%d.%m.%y",), ("%m.%d.%y",)),
    Form(r"\d{1,2}/\d{1,2}/\d{4}", ("%d/%m/%Y",), ("%m/%d/%Y",), True),
    Form(r"\d{1,2}/\d{1,2}/\d{2}", ("%d/%m/%y",), ("%m/%d/%y",), True),
    Form(r"\d{1,2}-\d{1,2}-\d{4}", ("%d-%m-%Y",), ("%m-%d-%Y",)),
    Form(r"\d{4}-\d{1,2}", ("%Y-%m",)),
    Form(r"\d{4}/\d{1,2}", ("%Y/%m",)),
    Form(r"\d{1,2}/\d{4}", ("%m/%Y",)),
    Form(r"\d{4}M\d{2}", ("%YM%m",)),
    Form(r"\d{4}-W\d{2}-\d", ("%G-W%V-%u",)),
    Form(r"[A-Za-z]{3,9}\.? \d{4}", ("%b %Y", "%B %Y", "%b. %Y")),
    Form(r"[A-Za-z]{3,9}-\d{4}", ("%b-%Y", "%B-%Y")),
    Form(r"[A-Za-z]{3}-\d{2}", ("%b-%y",)),
    Form(r"\d{4}-[A-Za-z]{3,9}", ("%Y-%b", "%Y-%B")),
    Form(r"\d{4} [A-Za-z]{3,9}", ("%Y %b", "%Y %B")),
    Form(r"\d{1,2} [A-Za-z]{3,9} \d{4}", ("%d %b %Y", "%d %B %Y")),
    Form(r"\d{1,2}\. [A-Za-z]{3,9} \d{4}", ("%d. %b %Y", "%d. %B %Y")),
    Form(r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    Form(r"\d{1,2}-[A-Za-z]{3}-\d{2}", ("%d-%b-%y",)),
    Form(r"\d{4}-[A-Za-z]{3}-\d{1,2}", ("%Y-%b-%d",)),
    Form(r"[A-Za-z]{3,9} \d{1,2}, ?\d{4}", ("%b %d, %Y", "%B %d, %Y")),
    Form(r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4}", ("%a, %d %b %Y",)),
)
