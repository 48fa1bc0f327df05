"""What a network looks at while it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqtune.figures.block import Block
from seqtune.figures.matrix import Matrix
from seqtune.figures.numbers import numbers
from seqtune.tasks._cut_text import NAME, cut_text


def attention_block(found: Sequence[Mapping[str, Any]]) -> Block | None:
    """Return what answers looked at; None where nothing is looked at.

    Args:
        found: Of each answer `source`, `answer` and `weights`, as `attention_of` returns them.
    """
    if not found:
        return None
    figures = tuple(
        Matrix(
            title=f"Attention while writing: {cut_text(''.join(each['answer'][:-1]), NAME)}",
            caption="Each row sums to 1.",
            rows=tuple(_token(token) for token in each["answer"]),
            columns=tuple(_token(token) for token in each["source"]),
            values=tuple(numbers(row, 3) for row in each["weights"]),
            row_title="written",
            column_title="read",
            unit="weight",
        )
        for each in found
    )
    return Block(
        key="attention",
        title="What the best network looks at while it writes",
        sentences=(
            "Each row is a token that it writes; the stronger the colour, the more it looks at "
            "that token of the source. Looking at a token need not mean that it matters.",
        ),
        figures=figures,
    )


def _token(token: str) -> str:
    return repr(token) if not token.strip() else cut_text(token, NAME)
