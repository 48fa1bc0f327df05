"""The mistakes that a model was surest of."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.drawing.wording import count, percent
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.tasks._cut_text import NAME, cut_text
from seqtune.tasks.tag.evidence.tagging import Tagging
from seqtune.tasks.tag.report_mistakes import Mistake
from seqtune.tasks.tag.tag_errors import surest_mistakes

MOST = 30
"""Mistakes that are listed."""


def mistakes_block(tagging: Tagging, tokens: Sequence[str]) -> Block | None:
    """Return the surest mistakes; None where everything is right.

    Args:
        tagging: The tags that were given.
        tokens: (positions,) the tokens; empty for steps.
    """
    found = surest_mistakes(tagging.own, tagging.unit, tokens, MOST)
    if not found.total:
        return None
    heads = ["where", *(["words"] if tokens else [f"{tagging.unit}s"]), "true tag", "tag given"]
    return Block(
        key="mistakes",
        title="The surest mistakes",
        sentences=(
            f"{tagging.model} has {count(found.total)} {tagging.unit}s wrong; runs of one mistake "
            "are one line, the surest first.",
            *_shared(tagging, found.total),
        ),
        figures=(
            Grid(
                title=f"Mistakes that {tagging.model} was surest of",
                headings=(
                    *(Heading(text=head) for head in heads),
                    Heading(text="confidence", is_numeric=True),
                ),
                rows=tuple(_row(each, is_text=bool(tokens)) for each in found.mistakes),
            ),
        ),
    )


def _row(mistake: Mistake, *, is_text: bool) -> tuple[str, ...]:
    what = count(mistake.positions)
    if is_text:
        before, own, after = map(" ".join, (mistake.before[-5:], mistake.tokens, mistake.after[:5]))
        what = cut_text(f"{before} [{own}] {after}".strip())
    tags = (cut_text(mistake.truth, NAME), cut_text(mistake.tag, NAME))
    return (cut_text(mistake.where), what, *tags, percent(mistake.confidence))


def _shared(tagging: Tagging, total: int) -> tuple[str, ...]:
    if not tagging.baseline:
        return ()
    both = int((tagging.own.wrong & tagging.found[tagging.baseline].wrong).sum())
    return (f"{tagging.baseline} is wrong too at {count(both)} of them ({percent(both / total)}).",)
