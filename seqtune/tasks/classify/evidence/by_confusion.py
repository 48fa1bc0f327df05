"""What is taken for what: the matrix of one label per case, beside that of the simple method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import count, percent, several
from seqtune.figures.block import Block
from seqtune.figures.matrix import Matrix
from seqtune.figures.numbers import numbers
from seqtune.metrics.classify import confusion
from seqtune.tasks._compared import compared
from seqtune.tasks.classify.evidence.answers import Answers

MOST_CLASSES = 30
"""Classes that a matrix shows; more are not read."""

NAMED = 3
"""Confusions that are named."""

Ints = npt.NDArray[np.int64]


def confusion_block(answers: Answers) -> Block | None:
    """Return the confusion of each model; None where cases have several labels, or there are none.

    Args:
        answers: What was answered.
    """
    if answers.is_multi or not len(answers):
        return None
    kept = np.sort(answers.by_support[:MOST_CLASSES])
    figures, sentences = [], [*_right(answers)]
    for name in answers.names:
        counts = confusion(answers.probabilities[name], answers.targets)
        figures.append(_matrix(answers, name, counts, kept))
        if name == answers.model:
            sentences += _confused(answers, counts)
    if len(kept) < len(answers.labels):
        sentences.append(_left_out(answers, kept))
    return Block(
        key="confusion",
        title="What is taken for what",
        sentences=tuple(sentences),
        figures=tuple(figures),
    )


def _right(answers: Answers) -> tuple[str, ...]:
    own = answers.right(answers.model)
    if answers.baseline:
        other = answers.right(answers.baseline)
        return (compared(answers.model, answers.baseline, own, other, "case"),)
    return (
        f"{answers.model} is right in {count(int(own.sum()))} of {several(len(own), 'case')} "
        f"({percent(own.mean())}).",
    )


def _matrix(answers: Answers, name: str, counts: Ints, kept: Ints) -> Matrix:
    shown = counts[np.ix_(kept, kept)]
    support = counts.sum(axis=1)[kept]
    shares = np.divide(shown, support[:, None], where=support[:, None] > 0,
                       out=np.full(shown.shape, np.nan))  # fmt: skip
    labels = tuple(answers.labels[place] for place in kept)
    return Matrix(
        title=f"Answers of {name}",
        caption="Numbers are cases; the colour is the share of all cases that have the label.",
        rows=labels,
        columns=labels,
        values=tuple(numbers(row, 4) for row in shares),
        texts=tuple(tuple(count(cell) for cell in row) for row in shown.tolist()),
        row_title="true label",
        column_title=f"answer of {name}",
        unit="share of the label's cases",
        is_expected_diagonal=True,
    )


def _confused(answers: Answers, counts: Ints) -> list[str]:
    """Name the most frequent confusions."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    said = []
    for cell in order[:NAMED].tolist():
        truth, answer = divmod(cell, len(answers.labels))
        share = percent(wrong[truth, answer] / counts[truth].sum())
        said.append(
            f"'{answers.labels[truth]}' is taken for '{answers.labels[answer]}' "
            f"{several(int(wrong[truth, answer]), 'time')} ({share} of its cases)"
        )
    return [f"Most often {', '.join(said)}."] if said else []


def _left_out(answers: Answers, kept: Ints) -> str:
    rest = len(answers.classes) - int(np.isin(answers.classes, kept).sum())
    return (
        f"Of {several(len(answers.labels), 'label')}, the {len(kept)} most frequent of the test "
        f"part are shown; {several(rest, 'case has', 'cases have')} another one."
    )
