"""How likely networks find answers that are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, no_progress
from seqtune.runtime.programs import batch_rows
from seqtune.tasks.translate import ctc_decoding
from seqtune.tasks.translate.member import (
    LEAST_STEPS,
    Floats,
    Member,
    Rows,
    chunks,
    shares,
    source_inputs,
    write_together,
)
from seqtune.tasks.translate.programs import LIKELY

MOST_ROWS = 64


def reference_log_probabilities(
    members: Sequence[Member],
    inputs: Mapping[str, Ragged],
    targets: Ragged,
    sources: Rows | None = None,
    advance: Advance = no_progress,
) -> Floats:
    """Return the log-probability of given answers, the end of each included.

    Args:
        members: Networks that write the same tokens in one way; each next token has the mean of
            their probabilities.
        inputs: The sources, by kind of token, or as "series".
        targets: The answers, as tokens without an end.
        sources: (answers,) the source of each; None where there is one answer to each source.
        advance: Hears how many more answers are done.

    Returns:
        (answers,) natural logarithms.

    Raises:
        ValueError: The members do not fit together.
    """
    if not write_together([each.values for each in members]):
        raise ValueError("members write different tokens, or in different ways")
    owners = np.arange(len(targets)) if sources is None else np.asarray(sources, np.int64)
    found = np.zeros(len(targets))
    for places, real in chunks(targets, MOST_ROWS):
        most = int(targets.lengths[places].max(initial=0)) + 1
        steps = batch_rows(max(LEAST_STEPS, most), 1 << 30)
        steps = max(each.network.fitting("steps", steps) for each in members)
        given, lengths = targets.take(places, steps)
        given = given.astype(np.int32, copy=False)
        if members[0].is_ctc:
            likely = ctc_decoding.log_probabilities(members, inputs, owners[places], given)
        else:
            likely = _likely(members, inputs, owners[places], given, lengths)
        found[places[:real]] = likely[:real]
        advance(real)
    return found


def token_log_probabilities(
    member: Member, inputs: Mapping[str, Ragged], targets: Ragged, sources: Rows
) -> npt.NDArray[np.float32]:
    """Return the log-probability of each token of given answers by one network with a decoder.

    Args:
        member: The network.
        inputs: The sources, by kind of token, or as "series".
        targets: The answers, as tokens without an end.
        sources: (answers,) the source of each.

    Returns:
        (answers, most tokens + 1) natural logarithms; the end behind the tokens, then 0.
    """
    found = np.zeros((len(targets), int(targets.lengths.max(initial=0)) + 1), np.float32)
    for places, real in chunks(targets, MOST_ROWS):
        most = int(targets.lengths[places].max(initial=0)) + 1
        steps = member.network.fitting("steps", batch_rows(max(LEAST_STEPS, most), 1 << 30))
        given, lengths = targets.take(places, steps)
        said = _said(member, inputs, sources[places], given.astype(np.int32, copy=False))
        said[np.arange(steps) > lengths[:, None]] = 0.0
        found[places[:real], :most] = said[:real, :most]
    return found


def _said(
    member: Member, inputs: Mapping[str, Ragged], rows: Rows, targets: npt.NDArray[np.int32]
) -> Floats:
    """Return what a network says of targets (rows, steps), token by token, an `END` behind them."""
    previous = np.concatenate([np.full((len(rows), 1), END, np.int32), targets[:, :-1]], axis=1)
    read = source_inputs(member, inputs, rows)
    return np.array(member.network.run(LIKELY, read, previous, targets), np.float64)


def _likely(
    members: Sequence[Member],
    inputs: Mapping[str, Ragged],
    rows: Rows,
    targets: npt.NDArray[np.int32],
    lengths: npt.NDArray[np.int64],
) -> Floats:
    """Return the log-probability of targets (rows, steps) that have an `END` behind them."""
    said = [_said(each, inputs, rows, targets) for each in members]
    weights = np.log(np.maximum(shares(members).astype(np.float64), np.finfo(np.float64).tiny))
    mixed = np.logaddexp.reduce(np.stack(said) + weights[:, None, None], axis=0)
    return np.asarray((mixed * (np.arange(targets.shape[1]) <= lengths[:, None])).sum(axis=1))
