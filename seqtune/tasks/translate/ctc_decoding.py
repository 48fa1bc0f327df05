"""Reading answers from what networks say of each frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, no_progress
from seqtune.tasks.translate.ctc import best_path, best_prefixes
from seqtune.tasks.translate.decoding_programs import memory_model
from seqtune.tasks.translate.loss import alignment_nats
from seqtune.tasks.translate.member import (
    Decoded,
    Member,
    Rows,
    chunks,
    shares,
    source_inputs,
)
from seqtune.tasks.translate.network import DECODER

MOST_ROWS = 64


def decode_frames(
    members: Sequence[Member],
    inputs: Mapping[str, Ragged],
    *,
    longest: int,
    beam: int,
    n_best: int,
    advance: Advance = no_progress,
) -> Decoded:
    """Return the answers to sources, from the mean of what the members say of each frame.

    Args:
        members: Networks with the same tokens and as many frames.
        inputs: The sources.
        longest: Tokens of an answer at most; what comes behind is cut off.
        beam: Prefixes that go on from frame to frame; 1 takes the best alignment.
        n_best: Answers of each source.
        advance: Hears how many more sources are done.
    """
    count = len(members[0].source(inputs))
    tokens = np.full((count, n_best, longest), END, np.int32)
    scores = np.full((count, n_best), -np.inf)
    for rows, real in chunks(members[0].source(inputs), MOST_ROWS):
        said = frames_of(members, inputs, rows)
        spoken = np.asarray(said, np.float64)
        for place, row in enumerate(rows[:real].tolist()):
            if beam == 1:
                found = [best_path(spoken[place])]
            else:
                found = [answer for answer, _ in best_prefixes(spoken[place], beam)[:n_best]]
            for rank, answer in enumerate(found):
                tokens[row, rank, : len(answer)] = answer[:longest]
        for rank in range(n_best):
            written = tokens[rows, rank]
            nats = np.asarray(members[0].network.run(_nats, said, written), np.float64)[:real]
            scores[rows[:real], rank] = -nats / ((written[:real] != END).sum(axis=1) + 1)
        advance(real)
    width = int((tokens != END).sum(axis=2).max(initial=0))
    return Decoded(tokens[:, :, :width], scores)


def frames_of(members: Sequence[Member], inputs: Mapping[str, Ragged], rows: Rows) -> Any:
    """Return (rows, frames, tokens) log-probabilities: the mean of the members' probabilities."""
    said = [each.network.run(_frames, source_inputs(each, inputs, rows)) for each in members]
    if len(said) == 1:
        return said[0]
    return members[0].network.run(_mixed, said, shares(members))


def _frames(model: Any, inputs: Any) -> Any:
    memory, present = memory_model(model)(inputs, training=False)
    return ops.log_softmax(model.get_layer(DECODER)(memory, present), axis=-1)


def _mixed(model: Any, said: Sequence[Any], weights: Any) -> Any:
    return ops.logsumexp(
        ops.stack(list(said)) + ops.log(ops.reshape(weights, (-1, 1, 1, 1))), axis=0
    )


def _nats(model: Any, said: Any, targets: Any) -> Any:
    return alignment_nats(targets, said)


def log_probabilities(
    members: Sequence[Member], inputs: Mapping[str, Ragged], rows: Rows, targets: Any
) -> Any:
    """Return the log-probability of the targets (rows, steps) of some sources, by any alignment."""
    return -np.asarray(members[0].network.run(_nats, frames_of(members, inputs, rows), targets))
