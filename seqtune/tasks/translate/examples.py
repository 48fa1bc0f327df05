"""Which answers are worth a look, and how good answers are by the length of the source."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from seqtune.metrics.translate import character_error_rate, score_answers
from seqtune.tasks.translate.encoded import EncodedPairs

Example = dict[str, Any]

KINDS = ("best", "typical", "worst")
EACH = 2
"""Examples of each kind."""

GROUPS = 4
FEWEST = 5
"""Cases of a group of lengths at least."""

SENTENCE = 4
"""Words of a source from which on it is a sentence."""

MOST_MEASURED = 2_000
"""Cases that are looked through at most; of more, so many at equal distances."""


def choose_examples(encoded: EncodedPairs, answers: Sequence[str]) -> list[Example]:
    """Return the best, typical and worst answers, each with its references.

    What is measured is the share of characters that are wrong; among equally good answers the
    longest come first, for short ones are right more easily.

    Args:
        encoded: The cases, with references.
        answers: An answer to each.

    Returns:
        A dictionary each: `kind`, `case` (its number), `source`, `answer`, `references`, `errors`.
    """
    cases = np.unique(
        np.linspace(0, len(encoded) - 1, min(len(encoded), MOST_MEASURED)).astype(int)
    )
    measured = []
    for case in cases.tolist():
        references = encoded.references[case]
        errors = character_error_rate([answers[case]], [references])
        measured.append((errors, -max(map(len, references)), case))
    measured.sort()
    count = min(EACH, max(1, len(measured) // len(KINDS)))
    middle = (len(measured) - count) // 2
    places = {
        "best": measured[:count],
        "typical": measured[middle : middle + count],
        "worst": measured[::-1][:count],
    }
    return [
        {
            "kind": kind,
            "case": case,
            "source": encoded.sources[case],
            "answer": answers[case],
            "references": list(encoded.references[case]),
            "errors": float(errors),
        }
        for kind, chosen in places.items()
        for errors, _, case in chosen
    ]


def by_length(encoded: EncodedPairs, answers: Sequence[str], metric: str) -> list[dict[str, Any]]:
    """Return the metric of answers to short sources, longer ones, and so on.

    Args:
        encoded: The cases, with references.
        answers: An answer to each.
        metric: Its name.

    Returns:
        From the shortest on: `shortest` and `longest` source of the group, `cases`, `score`; () of
        too few cases. Sentences are measured in words, shorter sources in characters, series in
        steps.
    """
    groups = min(GROUPS, len(encoded) // FEWEST)
    if groups < 2:
        return []
    lengths = source_lengths(encoded)
    borders = np.unique(np.quantile(lengths, np.linspace(0, 1, groups + 1)).astype(int))
    found = []
    for number, (low, high) in enumerate(pairwise(borders.tolist())):
        inside = (lengths > low if number else lengths >= low) & (lengths <= high)
        rows = np.flatnonzero(inside).tolist()
        if not rows:
            continue
        scores = score_answers(
            [answers[row] for row in rows], [encoded.references[row] for row in rows]
        )
        found.append(
            {
                "shortest": int(lengths[rows].min()),
                "longest": int(lengths[rows].max()),
                "cases": len(rows),
                "score": scores[metric],
            }
        )
    return found


def source_lengths(encoded: EncodedPairs) -> Any:
    """Return the length of each source: words of sentences, else characters, else steps."""
    if not any(encoded.sources):
        return next(iter(encoded.inputs.values())).lengths
    words = np.array([len(text.split()) for text in encoded.sources])
    if np.median(words) >= SENTENCE:
        return words
    return np.array([len(text) for text in encoded.sources])
