"""The error by the length of the source, beside the simple method."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import count, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.tasks._ratios import Ratio, apart
from seqtune.tasks.translate.evidence.written import Written

GROUPS, FEWEST = 6, 5
"""Groups at most, and cases of a group at least."""


def length_block(written: Written) -> Block | None:
    """Return the error by the length of the source; None of too few cases, or one length.

    Args:
        written: The answers.
    """
    groups = min(GROUPS, len(written) // FEWEST)
    if groups < 2:
        return None
    lengths = written.lengths
    ends = np.unique(np.quantile(lengths, np.linspace(0, 1, groups + 1)[1:], method="nearest"))
    if len(ends) < 2:
        return None
    group = np.searchsorted(ends, lengths)
    rates = {
        name: [written.error_rate(name, group == at) for at in range(len(ends))]
        for name in written.names
    }
    firsts = [int(lengths[group == at].min()) for at in range(len(ends))]
    names = [
        f"{first:,}" if first == end else f"{first:,} to {end:,}"
        for first, end in zip(firsts, ends.tolist(), strict=True)
    ]
    sizes = np.bincount(group, minlength=len(ends)).tolist()
    bars = Bars(
        title=f"Share of wrong {written.unit}s by the length of the source",
        caption="In brackets: cases.",
        categories=tuple(f"{a} ({count(b)})" for a, b in zip(names, sizes, strict=True)),
        groups=tuple(
            Group(
                name=name,
                values=numbers([100 * each.value for each in rates[name]]),
                errors=numbers([100 * each.error for each in rates[name]], 3),
                role=written.role(name),
            )
            for name in written.names
        ),
        x_title=f"{written.length_unit} of the source",
        y_title=f"wrong {written.unit}s, %",
    )
    return Block(
        key="length",
        title="Errors by the length of the source",
        sentences=_sentences(written, names, rates),
        figures=(bars,),
    )


def _sentences(
    written: Written, names: list[str], rates: dict[str, list[Ratio]]
) -> tuple[str, ...]:
    own, unit = rates[written.model], written.length_unit
    text = (
        f"Of the shortest sources ({names[0]} {unit}) {percent(own[0].value)} of the "
        f"{written.unit}s of {written.model} are wrong, of the longest ({names[-1]} {unit}) "
        f"{percent(own[-1].value)}"
    )
    said = [f"{text}." if apart(own[-1], own[0]) else f"{text}: not told apart."]
    if written.baseline:
        pairs = zip(rates[written.baseline], own, strict=True)
        signs = [apart(other, each) for other, each in pairs]
        better, worse = signs.count(1), signs.count(-1)
        said.append(
            f"Against {written.baseline} it is better in {better} of "
            f"{several(len(own), 'group')}, worse in {worse}, and not told apart in "
            f"{len(own) - better - worse}."
        )
    return tuple(said)
