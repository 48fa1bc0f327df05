"""How far off answers are, where labels are numbers in an order."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import figure, percent
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.tasks._compared import ERRORS
from seqtune.tasks.classify.evidence.answers import Answers, Ints

MOST = 12
"""Labels away to either side that have a bar of their own."""


def ranks_off(answers: Answers, name: str) -> Ints:
    """Return (cases,) how many labels an answer is above the true one; below 0 for lower ones."""
    rank = np.unique(answers.values, return_inverse=True)[1].reshape(-1)
    return np.asarray(rank[answers.chosen(name)] - rank[answers.classes], np.int64)


def distance_block(answers: Answers) -> Block | None:
    """Return how far off answers are; None for labels without an order.

    Args:
        answers: What was answered.
    """
    if not answers.values or answers.is_multi or not len(answers):
        return None
    off = {name: ranks_off(answers, name) for name in answers.names}
    widest = min(MOST, max(1, *(int(np.abs(each).max()) for each in off.values())))
    places = np.arange(-widest, widest + 1)
    groups = []
    for name in answers.names:
        counts = np.bincount(np.clip(off[name], -widest, widest) + widest, minlength=len(places))
        shares = numbers(100 * counts / len(answers))
        groups.append(Group(name=name, values=shares, role=answers.role(name)))
    return Block(
        key="distance",
        title="How far off answers are",
        sentences=_sentences(answers, off),
        figures=(
            Bars(
                title="Answers by how many labels they are above or below the true one",
                categories=tuple(f"{place:+d}" if place else "right" for place in places.tolist()),
                groups=tuple(groups),
                x_title="labels off",
                y_title="share of cases, %",
            ),
        ),
    )


def _sentences(answers: Answers, off: dict[str, Ints]) -> tuple[str, ...]:
    own = off[answers.model]
    near = float((np.abs(own) <= 1).mean())
    said = [
        f"{percent(near)} of the answers of {answers.model} are right or one label off; the "
        f"farthest is {int(np.abs(own).max())} off."
    ]
    high, low = int((own > 0).sum()), int((own < 0).sum())
    if high + low:
        said.append(f"{high:,} are too high and {low:,} too low.")
    if answers.baseline:
        values = np.array(answers.values)
        size = {
            name: np.abs(values[answers.chosen(name)] - values[answers.classes])
            for name in answers.names
        }
        gain = size[answers.baseline] - size[answers.model]
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
        mean = gain.mean()
        is_close = abs(mean) <= max(ERRORS * error, 1e-12)
        word = "not told apart" if is_close else "closer" if mean > 0 else "farther"
        said.append(
            f"It is off by {figure(size[answers.model].mean())} on average, {answers.baseline} by "
            f"{figure(size[answers.baseline].mean())}: {word}."
        )
    return tuple(said)
