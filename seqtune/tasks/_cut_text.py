"""Texts of the data as charts and tables hold them: on one line, cut short, nothing hidden."""

from __future__ import annotations

from seqtune.drawing.wording import literal

NAME, EXCERPT = 60, 240
"""Characters of a name, and of a text, that are shown."""


def cut_text(text: str, most: int = EXCERPT) -> str:
    r"""Return the start of a text: each run of blanks is one, control characters are visible.

    Example:
        >>> cut_text("one\n two\x1b"), cut_text("longer than that", 6)
        ('one two\\x1b', 'longe…')
    """
    start = " ".join(text[: 4 * most].split())
    is_whole = len(text) <= 4 * most and len(start) <= most
    return literal(start if is_whole else start[: most - 1] + "…")


def names_of(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return labels as they stand beside bars and cells; an empty one is visible."""
    return tuple(cut_text(label, NAME) or "(empty)" for label in labels)
