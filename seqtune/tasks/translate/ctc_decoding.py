"""Reading answers from what networks say of each frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, no_progress
from seqtune.tasks.translate.ctc import (
    best_path,
    best_prefixes,
    target_log_probabilities,
)
from seqtune.tasks.translate.member import (
    Decoded,
    Floats,
    Member,
    Rows,
    chunks,
    shares,
    source_inputs,
)
from seqtune.tasks.translate.mixture import mixed
from seqtune.tasks.translate.programs import FRAMES

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
        spoken = frames_of(members, inputs, rows)
        for place, row in enumerate(rows[:real].tolist()):
            if beam == 1:
                found = [best_path(spoken[place])]
            else:
                found = [answer for answer, _ in best_prefixes(spoken[place], beam)[:n_best]]
            for rank, answer in enumerate(found):
                tokens[row, rank, : len(answer)] = answer[:longest]
        for rank in range(n_best):
            written = tokens[rows[:real], rank]
            likely = target_log_probabilities(spoken[:real], written)
            scores[rows[:real], rank] = likely / ((written != END).sum(axis=1) + 1)
        advance(real)
    width = int((tokens != END).sum(axis=2).max(initial=0))
    return Decoded(tokens[:, :, :width], scores)


def frames_of(members: Sequence[Member], inputs: Mapping[str, Ragged], rows: Rows) -> Floats:
    """Return (rows, frames, tokens) log-probabilities: the mean of the members' probabilities."""
    said = [each.network.run(FRAMES, source_inputs(each, inputs, rows)) for each in members]
    return np.asarray(mixed(members[0].network, said, shares(members)), np.float64)


def log_probabilities(
    members: Sequence[Member],
    inputs: Mapping[str, Ragged],
    rows: Rows,
    targets: npt.NDArray[np.int32],
) -> Floats:
    """Return the log-probability of the targets (rows, steps) of some sources, by any alignment."""
    return target_log_probabilities(frames_of(members, inputs, rows), targets)
