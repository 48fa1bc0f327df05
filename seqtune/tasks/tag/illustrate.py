"""A few sentences of the test part with the winner's tags, or a stretch of steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.sentence_pieces import tagged_sentences
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.step_stretch import tagged_stretch


def illustrate(found: TaggedSequences, plain: Sequences, channels: Sequence[str]) -> dict[str, Any]:
    """Return what the report shows of the test part.

    Args:
        found: The sequences of the test part with the tags of the best network or ensemble.
        plain: The same with their tokens, or their values.
        channels: Names of the channels of steps.

    Returns:
        What `seqtune.tasks.tag.report` reads; {} where there is nothing.
    """
    if not len(found):
        return {}
    if plain.values is None:
        return tagged_sentences(found, plain.tokens, "Sentences of the test part").to_dict()
    return tagged_stretch(found, plain.values, channels, "Test part").to_dict()
