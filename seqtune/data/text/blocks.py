"""A long text that comes in blocks, cut anew where no token of any kind is torn apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MIN_PIECE = 1 << 20
"""Characters of a piece at least, but the last."""


def cut(text: str) -> int:
    """Return where a text that goes on may be cut so that its tokens stay the same.

    After the last line feed, or else before the last space; at its end where there is neither.
    """
    line = text.rfind("\n") + 1
    return line or max(text.rfind(" "), 0) or len(text)


def rejoined(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the same text in pieces that end where tokens may be cut."""
    rest = ""
    for block in blocks:
        rest += block
        if len(rest) >= MIN_PIECE:
            place = cut(rest)
            yield rest[:place]
            rest = rest[place:]
    if rest:
        yield rest
