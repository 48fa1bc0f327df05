"""Sequences with tags that a model gave them, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Sequences
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


def encoded_of(found: TaggedSequences, tokens: Sequence[str] = (), values: Any = None) -> Any:
    """The sequences as they were before they were tagged."""
    plain = Sequences(found.offsets, np.arange(len(found)), tokens, values, names=found.names)
    return SimpleNamespace(
        offsets=found.offsets,
        targets=found.targets,
        where=found.where,
        names=found.names,
        rows=plain.rows,
        plain=lambda: plain,
    )


def codec_of(tags: Tags, roles: Roles, metric: str = "accuracy") -> Any:
    """What reports need of a codec."""
    return SimpleNamespace(tags=tags, roles=roles, kind=roles.kind, metric=metric, is_causal=False,
                           changes=())  # fmt: skip
