"""The mistakes that a model was surest of: a table, and the series themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqtune.drawing.wording import count, headed, percent, several
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.tasks._cut_text import cut_text
from seqtune.tasks.classify.evidence.answers import Answers, Floats
from seqtune.tasks.classify.report_mistakes import count_mistakes, worst_mistakes

MOST, MOST_DRAWN = 30, 6
"""Mistakes that are listed, and series that are drawn."""

MOST_CHANNELS, MOST_STEPS = 8, 1_000
"""Of a series so many channels are drawn, and of longer ones so many steps, evenly apart."""


def mistakes_block(
    answers: Answers,
    where: Callable[[int], str],
    text: Callable[[int], str],
    series: Callable[[int], Floats] | None,
    channels: tuple[str, ...] = (),
) -> Block | None:
    """Return the surest mistakes; None where everything is right.

    Args:
        answers: What was answered.
        where: From the number of a case to where it stands.
        text: From the number of a case to its text; empty for a series.
        series: From the number of a case to its series, (steps, channels); None for texts.
        channels: (channels,) as they are shown.
    """
    own = answers.probabilities[answers.model]
    total = count_mistakes(own, answers.targets, is_multi=answers.is_multi)
    if not total:
        return None
    found = worst_mistakes(
        own, answers.targets, answers.labels, str, text, MOST, is_multi=answers.is_multi
    )
    cases = [int(mistake.where) for mistake in found]
    heads = ["where", *(["text"] if series is None else []), "label", "answer", "confidence"]
    heads += [f"answer of {answers.baseline}"] if answers.baseline else []
    rows = []
    for case, mistake in zip(cases, found, strict=True):
        row = [where(case), *([cut_text(text(case))] if series is None else [])]
        row += [cut_text(mistake.truth), cut_text(mistake.label), percent(mistake.confidence)]
        row += [_given(answers, answers.baseline, case)] if answers.baseline else []
        rows.append(tuple(row))
    grid = Grid(
        title=f"Mistakes that {answers.model} was surest of",
        headings=tuple(Heading(text=head, is_numeric=head == "confidence") for head in heads),
        rows=tuple(rows),
    )
    drawn = []
    if series is not None:
        drawn = [
            _drawn(answers, case, where(case), series(case), channels)
            for case in cases[:MOST_DRAWN]
        ]
    return Block(
        key="mistakes",
        title="The surest mistakes",
        sentences=_sentences(answers, total, len(found)),
        figures=(grid, *drawn),
    )


def _given(answers: Answers, name: str, case: int) -> str:
    flags = answers.given_to(name, case)
    return cut_text(", ".join(answers.labels[at] for at in np.flatnonzero(flags))) or "(none)"


def _drawn(
    answers: Answers, case: int, where: str, values: Floats, channels: tuple[str, ...]
) -> Lines:
    """Draw a series that was taken for something else."""
    steps = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_STEPS)).astype(int))
    true = cut_text(", ".join(answers.labels[at] for at in np.flatnonzero(answers.truth[case])))
    return Lines(
        title=headed(f"{where}: '{true}', taken for '{_given(answers, answers.model, case)}'"),
        x=tuple(float(step) for step in steps),
        x_title="step",
        lines=tuple(
            Line(name=name, values=numbers(values[steps, at]), role="actual" if not at else "other")
            for at, name in enumerate(channels[:MOST_CHANNELS])
        ),
    )


def _sentences(answers: Answers, total: int, shown: int) -> tuple[str, ...]:
    said = [
        f"{answers.model} is wrong in {count(total)} of {several(len(answers), 'case')}; "
        + ("all are listed" if shown == total else f"the {shown} that it was surest of are listed")
        + ", the surest first."
    ]
    if answers.baseline:
        wrong = ~answers.right(answers.model)
        both = int((wrong & ~answers.right(answers.baseline)).sum())
        said.append(f"In {count(both)} of them {answers.baseline} is wrong too.")
    return tuple(said)
