"""Some answers of the winner beside their references, and what one of them looked at."""

from __future__ import annotations

from collections.abc import Sequence
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
    ordered = sorted(examples, key=lambda example: example["kind"] != "typical")
    found = attention_of(prepared, encoded, [each["case"] for each in ordered], models)
    return found[0] if found else None


def attention_of(
    prepared: Prepared, encoded: EncodedPairs, cases: Sequence[int], models: Models, most: int = 1
) -> list[dict[str, Any]]:
    """Return what the best network looked at while it wrote, as plain JSON values.

    It is the network as the search left it, which has not learnt the answers by heart.

    Args:
        prepared: The data.
        encoded: The cases.
        cases: Numbers of cases, the most telling first; long ones are passed over.
        models: Opens the network.
        most: Answers that are written at most.

    Returns:
        Of each answer `source` and `answer`, the tokens, and `weights` (answer, source); none where
        the network looks at nothing.
    """
    opened = [each for each in models.open_members(models.name_of(NETWORK)) if not each.method]
    if not opened or not prepared.codec.roles.is_text:
        return []
    values = opened[0].values
    if values["network.decoder"] != "attention":
        return []
    source, target = (prepared.codec.tokenizer(side, values) for side in ("source", "target"))
    name = prepared.codec.source_name(values)
    inputs = encoded.inputs[name]
    short = [case for case in cases if inputs.lengths[case] <= MOST_TOKENS][:most]
    if not short:
        return []
    found = decode(
        [Member(opened[0].network.searched, values, prepared.codec)],
        {name: Ragged.from_list(inputs.select(np.array(short)))},
        longest=MOST_TOKENS,
        keeps_attention=True,
    )
    shown = []
    for row, seen in enumerate(found.attention or ()):
        weights = np.asarray(seen, np.float64)
        if not len(weights):
            continue
        written = [target.words()[at] for at in found.tokens[row, 0, : len(weights) - 1].tolist()]
        read = inputs.select(np.array([short[row]]))[0].tolist()
        shown.append(
            {
                "source": [source.words()[at] for at in read],
                "answer": [*written, "<end>"],
                "weights": np.round(weights, 3).tolist(),
            }
        )
    return shown
