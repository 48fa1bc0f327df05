"""Words of the test part that were hidden, and what the best network guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqtune.drawing.wording import percent, several
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.tasks._cut_text import NAME, cut_text


def gaps_block(found: Sequence[Mapping[str, Any]]) -> Block | None:
    """Return hidden words with the guesses; None where no word was hidden.

    Args:
        found: As `illustrate.gaps_of` returns them.
    """
    if not found:
        return None
    right = sum(bool(each["guesses"]) and each["guesses"][0][0] == each["truth"] for each in found)
    rows = []
    for each in found:
        text = cut_text(f"{each['before']} ___ {each['after']}")
        guesses = [f"{cut_text(word, NAME)} ({percent(share)})" for word, share in each["guesses"]]
        rows.append((text, cut_text(each["truth"], NAME), ", ".join(guesses)))
    return Block(
        key="gaps",
        title="Gaps and what was guessed",
        sentences=(
            f"The first guess of the best network is the hidden word in {right} of "
            f"{several(len(found), 'gap')}. Simple methods read from left to right, and fill none.",
        ),
        figures=(
            Grid(
                title="Words of the test part that were hidden",
                headings=(
                    Heading(text="text"),
                    Heading(text="hidden word"),
                    Heading(text="guesses, the likeliest first"),
                ),
                rows=tuple(rows),
            ),
        ),
    )
