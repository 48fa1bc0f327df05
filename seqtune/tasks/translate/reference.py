"""How likely networks find known answers: teacher forcing, step by step, all at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.runtime.programs import batch_rows
from seqtune.tasks.translate.decoding import Member, chunks, shares, source_inputs
from seqtune.tasks.translate.loss import alignment_nats

Floats = npt.NDArray[np.float64]

MOST_ROWS = 64
"""Answers that are measured at the same time."""

LEAST = -1e4
"""The log-probability of an answer that cannot be said at all, as a long one by CTC."""


def reference_log_probabilities(
    members: Sequence[Member], inputs: Mapping[str, Ragged], targets: Ragged
) -> Floats:
    """Return the log-probability of a known answer to each source, its end included, (rows,).

    Several members agree on each next token; of those that say all tokens at a time (CTC), on the
    whole answer.

    Args:
        members: Networks with the same target tokens.
        inputs: The sources, by kind of token, or as "series".
        targets: The tokens of an answer to each, without its end.
    """
    found = np.empty(len(targets))
    logs = np.log(np.maximum(shares(members).astype(np.float64), 1e-30))
    for rows, real in chunks(members[0].source(inputs), MOST_ROWS):
        steps = batch_rows(int(targets.lengths[rows].max()) + 1, 1 << 30)
        tokens, lengths = targets.take(rows, steps)
        tokens = tokens.astype(np.int32, copy=False)
        said = [_of_member(each, inputs, rows, tokens) for each in members]
        mean = np.logaddexp.reduce([part + log for part, log in zip(said, logs, strict=True)])
        if not members[0].is_ctc:
            mean = np.where(np.arange(steps) <= lengths[:, None], mean, 0.0).sum(axis=1)
        found[rows[:real]] = mean[:real]
    return np.maximum(found, LEAST)


def _of_member(
    member: Member, inputs: Mapping[str, Ragged], rows: Any, tokens: npt.NDArray[np.int32]
) -> Floats:
    """Return the log-probability of each token, (rows, steps); of each answer by CTC, (rows,)."""
    previous = np.concatenate([np.full((len(rows), 1), END, np.int32), tokens[:, :-1]], axis=1)
    given = {**source_inputs(member, inputs, rows), "previous": previous}
    function = _answer_chances if member.is_ctc else _token_chances
    return np.asarray(member.network.run(function, given, tokens), np.float64)


def _token_chances(model: Any, given: Any, tokens: Any) -> Any:
    chances = ops.log_softmax(model(given, training=False), axis=-1)
    return ops.take_along_axis(chances, ops.expand_dims(tokens, -1), axis=-1)[:, :, 0]


def _answer_chances(model: Any, given: Any, tokens: Any) -> Any:
    return -alignment_nats(tokens, model(given, training=False))
