"""How errors spread over cases: whether few answers are all wrong, or many a little."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import percent
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.tasks.translate.evidence.written import Written

ENDS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Where groups of shares end; beyond the last, an answer has more mistakes than a reference has
units."""


def spread_block(written: Written) -> Block:
    """Return how many answers are wrong by how much.

    Args:
        written: The answers, to one case at least.
    """
    names = ["none", *(f"up to {100 * end:.0f} %" for end in ENDS[1:]), "more"]
    groups = []
    for name in written.names:
        group = np.searchsorted(ENDS, written.share_wrong(name))
        shares = 100 * np.bincount(group, minlength=len(names)) / len(written)
        groups.append(Group(name=name, values=numbers(shares), role=written.role(name)))
    return Block(
        key="spread",
        title="How mistakes spread over answers",
        sentences=_sentences(written),
        figures=(
            Bars(
                title=f"Answers by the share of their {written.unit}s that is wrong",
                categories=tuple(names),
                groups=tuple(groups),
                x_title=f"wrong {written.unit}s",
                y_title="share of cases, %",
            ),
        ),
    )


def _sentences(written: Written) -> tuple[str, ...]:
    edits = np.sort(written.edits[written.model])[::-1]
    said = []
    if edits.sum():
        worst = max(1, len(edits) // 10)
        share = percent(edits[:worst].sum() / edits.sum())
        said.append(f"The worst tenth of the answers of {written.model} holds {share} of all its "
                    "mistakes.")  # fmt: skip
    lengths = {
        name: np.array([len(written.units(answer)) for answer in written.answers[name]])
        for name in written.names
    }
    parts = [
        f"{percent(lengths[name].sum() / max(1, written.sizes[name].sum()))} ({name})"
        for name in written.names
    ]
    said.append(
        f"All answers together have {' and '.join(parts)} of the {written.unit}s of their "
        "references."
    )
    return tuple(said)
