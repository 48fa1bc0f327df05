"""What is found right and wrong of tagged sequences, counted for reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from seqtune.metrics.tag import confusion
from seqtune.tasks.tag.answers import STRANGE, TaggedSequences
from seqtune.tasks.tag.report_mistakes import Mistake, TagMistakes
from seqtune.tasks.tag.report_tags import MAX_PAIRS, Confused, TagFigures, TagsReport

MOST_MISTAKES = 5
AROUND = 12
"""Tokens of a sentence that are shown before and after a mistake."""

LONGEST_MISTAKE = 12
"""Tokens of a mistake that are shown."""

LONGEST_TOKEN = 200
"""Characters of a token in a report."""

NEVER = "(never learnt)"
"""What a true tag is called that the run has never learnt."""


def tags_report(found: TaggedSequences, unit: str, title: str) -> TagsReport:
    """Count for each tag, or each kind of span, what is right, and the commonest errors.

    Args:
        found: Sequences with their tags.
        unit: What a position is: "token" or "step".
        title: Whose answers they are.
    """
    counts = confusion(found.predicted, found.targets, len(found.tags))
    names = (*found.tags.names, NEVER)
    has_spans = found.tags.has_spans
    figures = _of_spans(found) if has_spans else _of_positions(counts, names)
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MAX_PAIRS]
    support = counts.sum(axis=1)
    confused = [
        Confused(
            names[truth],
            names[tag],
            int(wrong[truth, tag]),
            float(wrong[truth, tag] / support[truth]),
        )
        for truth, tag in zip(*np.unravel_index(order, wrong.shape), strict=True)
        if wrong[truth, tag]
    ]
    return TagsReport(
        title, "span" if has_spans else unit, figures, confused, int((wrong > 0).sum())
    )


def _of_positions(counts: np.ndarray, names: Sequence[str]) -> list[TagFigures]:
    right = [*counts.diagonal().tolist(), 0]
    predicted = [*counts.sum(axis=0).tolist(), 0]
    rows = zip(names, right, counts.sum(axis=1).tolist(), predicted, strict=True)
    return _commonest_first([TagFigures(*row) for row in rows])


def _of_spans(found: TaggedSequences) -> list[TagFigures]:
    right = Counter(
        kind for kind, is_right in zip(found.spans.kind, found.right, strict=True) if is_right
    )
    support, predicted = Counter(found.true_spans.kind), Counter(found.spans.kind)
    return _commonest_first(
        [
            TagFigures(NEVER if kind == STRANGE else kind, right[kind], support[kind], times)
            for kind, times in (dict.fromkeys(sorted(support), 0) | predicted).items()
        ]
    )


def _commonest_first(figures: Sequence[TagFigures]) -> list[TagFigures]:
    seen = [each for each in figures if each.support or each.predicted]
    return sorted(seen, key=lambda each: (-each.support, -each.predicted, each.tag))


def surest_mistakes(
    found: TaggedSequences, unit: str, tokens: Sequence[str] = (), most: int = MOST_MISTAKES
) -> TagMistakes:
    """Return the runs of one and the same mistake that the tagger was surest of.

    Args:
        found: Sequences with their tags.
        unit: What a position is: "token" or "step".
        tokens: (positions,) the tokens; empty for steps.
        most: How many to return at most.
    """
    wrong = np.flatnonzero(found.wrong)
    if not len(wrong):
        return TagMistakes((), 0, unit)
    same = np.diff(wrong) == 1
    for each in (found.predicted, found.targets, found.sequence):
        same &= np.diff(each[wrong]) == 0
    starts = np.flatnonzero(np.append(True, ~same))
    ends = np.append(starts[1:], len(wrong))
    sure = np.maximum.reduceat(found.confidence[wrong], starts)
    order = np.argsort(-sure, kind="stable")[:most]
    mistakes = [
        _mistake(found, int(wrong[starts[at]]), int(ends[at] - starts[at]), float(sure[at]), tokens)
        for at in order.tolist()
    ]
    return TagMistakes(mistakes, len(wrong), unit)


def _mistake(
    found: TaggedSequences, start: int, length: int, sure: float, tokens: Sequence[str]
) -> Mistake:
    number = int(found.sequence[start])
    first, last = int(found.offsets[number]), int(found.offsets[number + 1])
    shown = start + min(length, LONGEST_MISTAKE)
    truth = int(found.targets[start])
    return Mistake(
        found.where(start),
        NEVER if truth >= len(found.tags) else found.tags.names[truth],
        found.tags.names[int(found.predicted[start])],
        sure,
        length,
        cut(tokens[max(first, start - AROUND) : start]),
        cut(tokens[start:shown]),
        cut(tokens[shown : min(last, shown + AROUND)]),
    )


def cut(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return tokens, of long ones the beginning: a report holds no whole documents."""
    return tuple(token[:LONGEST_TOKEN] for token in tokens)
