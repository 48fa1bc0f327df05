"""Markdown in which nothing from outside is more than text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from seqtune.errors import literal

SPECIAL = re.compile(r"[\\`*_\[\]<>#|!&~$]|:(?=//)")
"""What begins a mark, a link, a formula or a piece of HTML."""

LONGEST = 200
"""Characters of a text from outside at most."""


def plain(text: object) -> str:
    r"""Return a text that Markdown shows as it is, on one line.

    Example:
        >>> plain("<b>[sales](x)")
        '\\<b\\>\\[sales\\](x)'
    """
    shown = " ".join(literal(text).split())
    shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
    return SPECIAL.sub(lambda found: f"\\{found[0]}", shown)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table; every cell is made plain."""
    lines = [head, ["---"] * len(head), *rows]
    return [
        f"| {' | '.join(plain(cell) if number != 1 else str(cell) for cell in line)} |"
        for number, line in enumerate(lines)
    ]


def bullets(lines: Iterable[str]) -> list[str]:
    """Return an item for each line; what is in them is Markdown already."""
    return [f"- {line}" for line in lines]
