"""ROC curves: how well the probability of a label sorts cases that have it from those without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqtune.drawing.wording import figure, several
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.lines import Line, Lines
from seqtune.figures.numbers import numbers
from seqtune.tasks._compared import ERRORS
from seqtune.tasks.classify.evidence.answers import Answers, Flags, Floats

MOST_CURVES, MOST_ROWS = 6, 50
"""Labels of which curves are drawn, and those of which the area is listed: the most frequent."""

PLACES = 101
"""Places of the axis of false alarms."""


@dataclass(frozen=True)
class Placements:
    """How cases of a label stand to the others in the order of its probability.

    Args:
        above: (cases with the label,) the share of the others that each stands above; ties half.
        below: (cases without it,) the share of those with it that each stands below; ties half.
    """

    above: Floats
    below: Floats

    @property
    def area(self) -> float:
        """The area under the ROC curve: 0.5 for chance, 1 where all with the label are above."""
        return float(self.above.mean())


def placements(scores: Floats, has: Flags) -> Placements:
    """Return how cases with a label stand to those without.

    Args:
        scores: (cases,) probability of the label.
        has: (cases,) whether a case has it; both kinds are there.

    Example:
        >>> placements(np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False])).area
        0.875
    """
    with_it, without = np.sort(scores[has]), np.sort(scores[~has])

    def share_below(of: Floats, others: Floats) -> Floats:
        left, right = np.searchsorted(others, of), np.searchsorted(others, of, side="right")
        return np.asarray((left + right) / 2 / len(others))

    below = 1.0 - share_below(scores[~has], with_it)
    return Placements(share_below(scores[has], without), below)


def difference_error(own: Placements, other: Placements) -> float:
    """Return the standard error of the difference of two areas over the same cases.

    Source:
        DeLong, DeLong and Clarke-Pearson 1988, "Comparing the areas under two or more correlated
        receiver operating characteristic curves", Biometrics 44(3).
    """
    pairs = ((own.above, other.above), (own.below, other.below))
    if any(len(first) < 2 for first, _ in pairs):
        return float("nan")
    return float(np.sqrt(sum((a - b).var(ddof=1) / len(a) for a, b in pairs)))


def curve(scores: Floats, has: Flags, places: Floats) -> Floats:
    """Return the share of cases with a label that is found at each share of false alarms.

    Args:
        scores: (cases,) probability of the label.
        has: (cases,) whether a case has it; both kinds are there.
        places: Shares of false alarms, rising.
    """
    thresholds = np.unique(scores)[::-1]
    with_it, without = np.sort(scores[has]), np.sort(scores[~has])
    hits = 1.0 - np.searchsorted(with_it, thresholds) / len(with_it)
    alarms = 1.0 - np.searchsorted(without, thresholds) / len(without)
    return np.interp(places, np.r_[0.0, alarms], np.r_[0.0, hits])


def rank_block(answers: Answers) -> Block | None:
    """Return ROC curves; None where no label is both there and absent.

    Args:
        answers: What was answered.
    """
    usable = _usable(answers)
    if not usable:
        return None
    found = _placements(answers, usable)
    figures = [_lines(answers, at, found, row) for row, at in enumerate(usable[:MOST_CURVES])]
    return Block(
        key="roc",
        title="How well probabilities sort the cases",
        sentences=_sentences(answers, usable, found),
        figures=tuple(figures),
        is_gallery=len(figures) > 1,
    )


def areas_block(answers: Answers) -> Block | None:
    """Return the areas under the curves of all labels; None where there is one at most.

    Args:
        answers: What was answered.
    """
    usable = _usable(answers)
    if len(usable) < 2:
        return None
    shown, every = len(usable), len(answers.by_support)
    return Block(
        key="areas",
        title="The area under the curve of each label",
        sentences=(f"The {shown} most frequent of {every:,} labels.",) if shown < every else (),
        figures=(_grid(answers, usable, _placements(answers, usable)),),
    )


def _usable(answers: Answers) -> list[int]:
    """Return labels that some cases have, and others not; of two labels one says all."""
    count = answers.truth.sum(axis=0)
    usable = [at for at in answers.by_support.tolist() if 0 < count[at] < len(answers)]
    is_pair = len(answers.labels) == 2 and not answers.is_multi
    return usable[-1:] if is_pair else usable[:MOST_ROWS]


def _placements(answers: Answers, usable: list[int]) -> dict[str, list[Placements]]:
    return {
        name: [placements(each[:, at], answers.truth[:, at]) for at in usable]
        for name, each in answers.probabilities.items()
    }


def _lines(answers: Answers, at: int, found: dict[str, list[Placements]], row: int) -> Lines:
    places = np.linspace(0, 1, PLACES)
    has = answers.truth[:, at]
    lines = tuple(
        Line(
            name=f"{name} ({figure(found[name][row].area)})",
            values=numbers(curve(answers.probabilities[name][:, at], has, places), 4),
            role=answers.role(name),
        )
        for name in answers.names[::-1]
    )
    return Lines(
        title=f"ROC of '{answers.labels[at]}'",
        caption="In brackets the area under the curve: 0.5 is chance, 1 is perfect.",
        x=tuple(round(float(place), 4) for place in places),
        x_title="false alarms, share of the cases without the label",
        y_title="found, share of the cases with it",
        lines=lines,
        is_diagonal=True,
    )


def _grid(answers: Answers, usable: list[int], found: dict[str, list[Placements]]) -> Grid:
    counts = answers.truth.sum(axis=0)
    areas = [[found[name][row].area for name in answers.names] for row in range(len(usable))]
    rows = [
        (answers.labels[at], f"{counts[at]:,}", *map(figure, each))
        for at, each in zip(usable, areas, strict=True)
    ]
    keys = [
        (None, float(counts[at]), *numbers(each)) for at, each in zip(usable, areas, strict=True)
    ]
    heads = ("label", "cases", *(f"area of {name}" for name in answers.names))
    return Grid(
        title="Area under the ROC curve, each label against the rest",
        headings=tuple(Heading(text=head, is_numeric=bool(at)) for at, head in enumerate(heads)),
        rows=tuple(rows),
        keys=tuple(keys),
    )


def _sentences(
    answers: Answers, usable: list[int], found: dict[str, list[Placements]]
) -> tuple[str, ...]:
    own = found[answers.model]
    said = []
    if len(usable) == 1:
        label = answers.labels[usable[0]]
        said.append(
            f"Of a case with the label '{label}' and one without, {answers.model} finds the first "
            f"the more probable in {figure(own[0].area)} of all pairs (the area under its curve)."
        )
    else:
        mean = float(np.mean([each.area for each in own]))
        said.append(
            f"The area under the ROC curve of {answers.model} is {figure(mean)} on average over "
            f"{several(len(usable), 'label')}, each against the rest."
        )
    if answers.baseline:
        signs = [_sign(a, b) for a, b in zip(own, found[answers.baseline], strict=True)]
        if len(usable) == 1:
            area = figure(found[answers.baseline][0].area)
            word = {1: "better", -1: "worse", 0: "not told apart"}[signs[0]]
            said.append(f"That of {answers.baseline} is {area}: {answers.model} is {word}.")
        else:
            better, worse = signs.count(1), signs.count(-1)
            said.append(
                f"It is larger than that of {answers.baseline} for {better} of them, smaller for "
                f"{worse}, and not told apart for {len(signs) - better - worse}."
            )
    return tuple(said)


def _sign(own: Placements, other: Placements) -> int:
    """Say which area is larger, if chance does not explain it."""
    gain, error = own.area - other.area, difference_error(own, other)
    if not np.isfinite(error) or abs(gain) <= ERRORS * error:
        return 0
    return 1 if gain > 0 else -1
