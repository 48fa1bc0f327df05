"""Sentences in which the order of the tags is all that there is to learn, and what is learnt."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
from tagger_parts import prepare, sentences

from seqtune.runtime.network import KerasNetwork
from seqtune.runtime.programs import programs_of
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trainer import trainer_for
from seqtune.tasks.tag.batches import TrainingBatches
from seqtune.tasks.tag.decoding import decode
from seqtune.tasks.tag.inference import network_marginals
from seqtune.tasks.tag.loss import loss_of
from seqtune.tasks.tag.network import build_network

SECONDS = 300.0
"""Of which it takes few; the schedule must have an end."""


def learn_a_chain() -> dict[str, Any]:
    """Train a tagger with a conditional random field, on the backend of this process.

    Returns:
        The loss of each of three epochs, the share of tags that are right then, and how far the
        probabilities of a position are from one in sum.
    """
    parts, values = prepare(sentences([3, 5, 10, 10, 4, 7, 9, 2]), "network.head=crf")
    values.update({"training.learning_rate": 0.03, "training.weight_decay": 0.0})
    model = build_network(parts, values)
    task = SimpleNamespace(loss=lambda _, values: loss_of(values))
    problem: Any = SimpleNamespace(
        task=task, prepared=parts, adopt=lambda model, _: programs_of(model)
    )
    losses: list[float] = []

    class Told(Schedule):
        def end_epoch(self, epoch: int, loss: float) -> None:
            losses.append(loss)

    schedule = Told(0.03, 3, time.monotonic() + SECONDS, Watch())
    batches = TrainingBatches(parts, values, np.arange(8), 0, 30)  # type: ignore[arg-type]
    trainer_for(problem, model, values, 90).run(batches, schedule)
    found = network_marginals(KerasNetwork(model), parts.codec, parts.encoded(), values)
    tags = decode(found, parts.inputs.offsets, parts.codec.tags.legal)
    return {
        "losses": losses,
        "right": float((tags == parts.targets).mean()),
        "off": float(np.abs(found.sum(axis=1) - 1).max()),
    }
