"""Sequences with tags that a model gave them, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.tags import Tags

BIO = Tags(("O", "B-x", "I-x", "B-y", "I-y"), "bio", "bio")
PLAIN = Tags(("a", "b", "c"))


def given(
    tags: Tags, predicted: Sequence[str], truth: Sequence[str], lengths: Sequence[int], sure: float
) -> TaggedSequences:
    """Sequences that were tagged with one confidence; "" is a truth not known, "?" one not learnt.

    Args:
        tags: The tags of the run.
        predicted: (positions,).
        truth: (positions,).
        lengths: Of each sequence.
        sure: The probability of each tag that is given.
    """
    codes = tags.codes(predicted)
    targets = np.where(np.array(truth) == "?", len(tags), tags.codes(truth))
    marginals = np.full((len(codes), len(tags)), (1 - sure) / (len(tags) - 1))
    marginals[np.arange(len(codes)), codes] = sure
    return TaggedSequences(
        tags,
        np.cumsum([0, *lengths]),
        marginals,
        codes,
        targets,
        lambda place: f"test.conll:{place + 1}",
    )
