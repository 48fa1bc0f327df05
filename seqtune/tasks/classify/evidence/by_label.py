"""How each label fares, beside the simple method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import count, figure, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.numbers import numbers
from seqtune.metrics.classify import confusion
from seqtune.tasks._compared import verdict
from seqtune.tasks.classify.evidence.answers import Answers, Flags, Ints
from seqtune.tasks.classify.label_figures import figures_of

MOST_BARS, MOST_ROWS = 40, 500
"""Labels of the chart, and of the table."""

FEWEST = 5
"""Labels with fewer cases are not called the hardest."""

Floats = npt.NDArray[np.float64]


def labels_block(answers: Answers) -> Block | None:
    """Return recall, precision and F1 of each label; None where no case has one.

    Args:
        answers: What was answered.
    """
    kept = answers.by_support
    if not len(kept):
        return None
    return Block(
        key="labels",
        title="Label by label",
        sentences=_sentences(answers),
        figures=(_bars(answers, kept[:MOST_BARS]), _grid(answers, kept[:MOST_ROWS])),
    )


def found(answers: Answers, name: str) -> Flags:
    """Return (cases, classes) where a case has a label and a model gives it."""
    return np.asarray(answers.given(name) & answers.truth)


def recalls(answers: Answers, name: str, kept: Ints) -> tuple[Floats, Floats]:
    """Return the share of each label's cases that are found, and its standard error.

    Args:
        answers: What was answered.
        name: The model.
        kept: Numbers of labels that occur.

    Source:
        Agresti & Coull 1998, The American Statistician 52(2): with one case more of each kind, the
        error is not zero where all are right.
    """
    support = answers.truth.sum(axis=0)[kept]
    hits = found(answers, name).sum(axis=0)[kept]
    share = (hits + 1) / (support + 2)
    return hits / support, np.sqrt(share * (1 - share) / support)


def _bars(answers: Answers, kept: Ints) -> Bars:
    groups = []
    for name in answers.names:
        shares, errors = recalls(answers, name, kept)
        groups.append(
            Group(
                name=name,
                values=numbers(100 * shares),
                errors=numbers(100 * errors, 3),
                role=answers.role(name),
            )
        )
    more = len(answers.by_support) - len(kept)
    return Bars(
        title="Recall by label",
        caption=f"The {len(kept)} most frequent labels." if more > 0 else "",
        categories=tuple(answers.labels[place] for place in kept),
        groups=tuple(groups),
        x_title="label",
        y_title="share of its cases that are found, %",
        is_lying=True,
    )


def _grid(answers: Answers, kept: Ints) -> Grid:
    by_model = {
        name: figures_of(
            confusion(answers.probabilities[name], answers.targets, is_multi=answers.is_multi)
        )
        for name in answers.names
    }
    heads = ["label", "cases", "recall", "precision", "F1"]
    heads += [f"F1 of {answers.baseline}"] if answers.baseline else []
    rows, keys = [], []
    for place in kept.tolist():
        own = by_model[answers.model][place]
        shares = [own.recall, own.precision, own.f1]
        shares += [by_model[answers.baseline][place].f1] if answers.baseline else []
        rows.append((answers.labels[place], count(own.support), *map(figure, shares)))
        keys.append((None, float(own.support), *shares))
    return Grid(
        title=f"Labels as {answers.model} gives them",
        headings=tuple(Heading(text=head, is_numeric=bool(at)) for at, head in enumerate(heads)),
        rows=tuple(rows),
        keys=tuple(keys),
    )


def _sentences(answers: Answers) -> tuple[str, ...]:
    kept = answers.by_support
    own = found(answers, answers.model)
    shares, errors = recalls(answers, answers.model, kept)
    support = answers.truth.sum(axis=0)[kept]
    said = []
    usable = support >= FEWEST
    if usable.sum() > 1:
        worst = int(np.argmin(np.where(usable, shares, np.inf)))
        best = int(np.argmax(np.where(usable, shares, -np.inf)))
        apart = shares[best] - shares[worst] > 3 * np.hypot(errors[best], errors[worst])
        said.append(
            f"{answers.model} finds '{answers.labels[kept[worst]]}' least often "
            f"({percent(shares[worst])} of {several(int(support[worst]), 'case')}) and "
            f"'{answers.labels[kept[best]]}' most often ({percent(shares[best])} of "
            f"{several(int(support[best]), 'case')})"
            + ("." if apart else ": no more apart than chance could bring them.")
        )
    if answers.baseline:
        other = found(answers, answers.baseline)
        won, lost = ((a & ~b).sum(axis=0)[kept] for a, b in ((own, other), (other, own)))
        signs = [verdict(a, b) for a, b in zip(won.tolist(), lost.tolist(), strict=True)]
        better, worse = signs.count(1), signs.count(-1)
        said.append(
            f"It finds more cases than {answers.baseline} of {better} of "
            f"{several(len(kept), 'label')}, fewer of {worse}, and is not told apart at "
            f"{len(kept) - better - worse}."
        )
    absent = len(answers.labels) - len(kept)
    if absent:
        said.append(f"No case of the test part has one of the other {several(absent, 'label')}.")
    return tuple(said)
