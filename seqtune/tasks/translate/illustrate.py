"""Some answers of the winner beside their references, and what one of them looked at."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.data.ragged import Ragged
from seqtune.metrics.translate import signatures
from seqtune.tasks._values import Models
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.decoding import decode
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.examples import Example, by_length, choose_examples
from seqtune.tasks.translate.member import Member
from seqtune.tasks.translate.prepared import Prepared

NETWORK = "network"

MOST_TOKENS = 24
"""Tokens of a source and of an answer that fit beside each other in a terminal."""


def illustrate(prepared: Prepared, answers: Answers, models: Models) -> dict[str, Any]:
    """Show answers to the test part.

    Args:
        prepared: The data.
        answers: Those of the best network or ensemble.
        models: Opens the models.

    Returns:
        What `seqtune.tasks.translate.report_answers` reads.
    """
    encoded = prepared.encoded("test")
    examples = choose_examples(encoded, answers.best)
    return {
        "kind": "answers",
        "title": "Answers on the test part",
        "metric": prepared.metric,
        "examples": examples,
        "by_length": by_length(encoded, answers.best, prepared.metric),
        "attention": _attention(prepared, encoded, examples, models),
        "signature": signatures(encoded.references).get(prepared.metric, ""),
    }


def _attention(
    prepared: Prepared, encoded: EncodedPairs, examples: list[Example], models: Models
) -> dict[str, Any] | None:
    """Return what the best network looked at while it wrote a typical answer; None for none."""
    opened = [each for each in models.open_members(models.name_of(NETWORK)) if not each.method]
    if not opened or not prepared.codec.roles.is_text:
        return None
    values = opened[0].values
    if values["network.decoder"] != "attention":
        return None
    ordered = sorted(examples, key=lambda example: example["kind"] != "typical")
    source, target = (prepared.codec.tokenizer(side, values) for side in ("source", "target"))
    inputs = encoded.inputs[prepared.codec.source_name(values)]
    for example in ordered:
        case = np.array([example["case"]])
        if inputs.lengths[case[0]] > MOST_TOKENS:
            continue
        found = decode(
            [Member(opened[0].network, values, prepared.codec)],
            {prepared.codec.source_name(values): Ragged.from_list(inputs.select(case))},
            longest=MOST_TOKENS,
            keeps_attention=True,
        )
        if not found.attention or not len(found.attention[0]):
            return None
        weights = np.asarray(found.attention[0], np.float64)
        written = [target.words()[each] for each in found.tokens[0, 0, : len(weights) - 1].tolist()]
        return {
            "source": [source.words()[each] for each in inputs.select(case)[0].tolist()],
            "answer": [*written, "<end>"],
            "weights": np.round(weights, 3).tolist(),
        }
    return None
