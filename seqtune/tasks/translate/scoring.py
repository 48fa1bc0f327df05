"""Figures of answers whose references are known, and how far two of them may differ by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from seqtune.metrics.facts import slot_error
from seqtune.metrics.translate import exact_match, score_answers
from seqtune.tasks._info import Metric
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.encoded import EncodedPairs

NATS = "nats_per_character"

WORST_NATS = 10.0
"""Nats per character where the tie-break ends."""

BLEU_DEVIATION = 20.0
"""The standard error of a BLEU of n sentences is about this over the root of n: half a point of a
thousand, a third of the intervals of Koehn 2004 (Statistical Significance Tests for Machine
Translation Evaluation, EMNLP, table 1)."""

POINTS = ("bleu", "chrf")


def score_cases(encoded: EncodedPairs, answers: Answers) -> dict[str, float]:
    """Return every metric of answers.

    Args:
        encoded: The cases with their references.
        answers: The answers; the best of each case counts.

    Returns:
        Metrics by name: `slot_error` where sources are facts, `nats_per_character` of a model that
        gives probabilities: the negative log-probability of all references over their characters,
        the end counted as one.
    """
    scores = score_answers(answers.best, encoded.references)
    if len(answers.nats) and (answers.nats >= 0).all():
        characters = sum(len(text) + 1 for each in encoded.references for text in each)
        scores[NATS] = float(answers.nats.sum() / characters)
    wrong = slot_error(encoded.sources, answers.best, encoded.references)
    return scores if math.isnan(wrong) else {**scores, "slot_error": wrong}


def objective_of(metric: Metric, scores: Mapping[str, float], cases: int) -> float:
    """Return the metric; among equals the one that finds the references likelier is better.

    Args:
        metric: What configurations are compared by.
        scores: Every metric.
        cases: How many cases were scored.
    """
    step = 1e-3 if metric.name in POINTS else 0.5 / max(1, cases)
    nudge = step * min(scores.get(NATS, WORST_NATS), WORST_NATS) / WORST_NATS
    return scores[metric.name] + (nudge if metric.direction == "min" else -nudge)


def margin_of(metric: str, score: float, cases: int) -> float:
    """Return about one standard error of a figure.

    For shares `sqrt(p (1 - p) / n)` with p = (n score + 1) / (n + 2), so that it is not zero where
    all is right (Agresti & Coull 1998, The American Statistician 52(2)).

    Args:
        metric: Its name.
        score: The figure.
        cases: How many cases it is of.

    Example:
        >>> round(margin_of("exact_match", 0.9, 100), 3), round(margin_of("bleu", 30.0, 400), 3)
        (0.031, 1.0)
    """
    if metric in POINTS:
        return BLEU_DEVIATION / math.sqrt(max(1, cases))
    share = (cases * float(np.clip(score, 0.0, 1.0)) + 1) / (cases + 2)
    return math.sqrt(share * (1 - share) / max(1, cases))


PAIRED_SHARE = 0.5
"""The standard error of a difference, as a share of that of a figure, where errors correlate by
0.875: `sqrt(2 (1 - 0.875))`. Taken where a metric is not the mean of something of each case."""


def paired_error(
    metric: str,
    references: Sequence[Sequence[str]],
    one: Sequence[str],
    other: Sequence[str],
    score: float,
) -> float:
    """Return about one standard error of the difference between the figures of two sets of answers.

    For the share of right answers, `sqrt(b + c) / n`: of n cases, b are right only by one, c only
    by the other (McNemar 1947, "Note on the sampling error of the difference between correlated
    proportions", Psychometrika 12(2)).

    Args:
        metric: Its name.
        references: The right answers to each case.
        one: An answer to each case.
        other: Another one.
        score: The figure of either.

    Example:
        >>> known = [["a"], ["a"], ["a"], ["a"]]
        >>> paired_error("exact_match", known, ["a", "a", "b", "a"], ["a", "b", "a", "a"], 0.75)
        0.3535533905932738
    """
    if metric != "exact_match":
        return PAIRED_SHARE * margin_of(metric, score, len(references))
    apart = sum(
        exact_match([first], [right]) != exact_match([second], [right])
        for first, second, right in zip(one, other, references, strict=True)
    )
    return math.sqrt(apart) / max(1, len(references))
