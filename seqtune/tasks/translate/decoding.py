"""Writing answers with one network, or with several that agree on each next token.

A source is read once. After that, a step is one call of a compiled program: it takes the answers
so far one token further, and returns the few best continuations. What networks remember stays on
the device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, no_progress
from seqtune.tasks.translate.beam import Beams, Candidates
from seqtune.tasks.translate.ctc_decoding import decode_frames
from seqtune.tasks.translate.member import (
    Decoded,
    Member,
    chunks,
    shares,
    source_inputs,
    write_together,
)
from seqtune.tasks.translate.mixture import mixed
from seqtune.tasks.translate.programs import CHOOSE, CHOOSE_GREEDILY, READ, STEP

MOST_ANSWERS = 256
"""Answers that are written at the same time, in all rows of a batch."""


def decode(
    members: Sequence[Member],
    inputs: Mapping[str, Ragged],
    *,
    longest: int,
    beam: int = 1,
    length_penalty: float = 1.0,
    n_best: int = 1,
    keeps_attention: bool = False,
    advance: Advance = no_progress,
) -> Decoded:
    """Write an answer to each source.

    By CTC, where members say a token of each step, nothing is looked at and no length favoured.

    Args:
        members: Networks with the same target tokens; all write with a decoder, or none does.
        inputs: The sources, by kind of token, or as "series".
        longest: Tokens of an answer at most.
        beam: Answers of each source that are followed at the same time; 1 takes the most probable
            token each time (greedy).
        length_penalty: How much longer answers are favoured; see `Beams`.
        n_best: Answers of each source that are returned; `beam` is at least that.
        keeps_attention: Whether to return what the best answer looked at.
        advance: Hears how many more sources are done.

    Raises:
        ValueError: The members do not fit together, or a number is too small.
    """
    if min(beam, n_best, longest) < 1:
        raise ValueError(f"beam {beam}, n_best {n_best}, longest {longest}: expected 1 or more")
    if not write_together([each.values for each in members]):
        raise ValueError("members write different tokens, or in different ways")
    beam = max(beam, n_best)
    if members[0].is_ctc:
        return decode_frames(members, inputs, longest=longest, beam=beam, n_best=n_best,
                             advance=advance)  # fmt: skip
    count = len(members[0].source(inputs))
    tokens = np.full((count, n_best, longest), END, np.int32)
    scores = np.full((count, n_best), -np.inf)
    seen: list[npt.NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * count
    weights = shares(members)
    for rows, real in chunks(members[0].source(inputs), max(1, MOST_ANSWERS // beam)):
        read = [_read(each, source_inputs(each, inputs, rows), beam) for each in members]
        beams = Beams(len(rows), beam, n_best, length_penalty, longest, real)
        looks = list[Any]()
        while not beams.is_over:
            candidates, look = _advance(members, weights, read, beams)
            beams.advance(candidates)
            if keeps_attention:
                looks.append(np.asarray(look))
        for place, row in enumerate(rows[:real].tolist()):
            for rank, found in enumerate(beams.answers(place)):
                tokens[row, rank, : len(found.tokens)] = found.tokens
                scores[row, rank] = found.score / (len(found.tokens) + 1)
                if keeps_attention and not rank:
                    own = enumerate(found.places)
                    whole = np.stack([looks[step][place, answer] for step, answer in own])
                    seen[row] = whole[:, : members[0].source(inputs).lengths[row]]
        advance(real)
    width = int((tokens != END).sum(axis=2).max(initial=0))
    return Decoded(tokens[:, :, :width], scores, seen if keeps_attention else None)


def _read(member: Member, sources: Any, beam: int) -> list[Any]:
    """Return what each step looks at, and the states (rows, beam, …) before the first one."""
    looked_at, states = member.network.run(READ, sources)
    return [looked_at, [np.repeat(np.asarray(each)[:, None], beam, axis=1) for each in states]]


def _advance(
    members: Sequence[Member], weights: Any, read: list[list[Any]], beams: Beams
) -> tuple[Candidates, Any]:
    """Take every answer one token further; return what could come, and what was looked at."""
    said, looks = [], []
    for member, own in zip(members, read, strict=True):
        chances, own[1], look = member.network.run(STEP, beams.tokens, beams.places, *own)
        said.append(chances)
        looks.append(look)
    whole = mixed(members[0].network, said, weights)
    program = CHOOSE_GREEDILY if beams.beam == 1 else CHOOSE
    scores, places, ends = members[0].network.run(program, whole, beams.scores.astype(np.float32))
    parents, tokens = np.divmod(np.asarray(places), whole.shape[-1])
    found = Candidates(scores, parents, tokens, ends)
    if len(looks) == 1 or len({each.shape for each in looks}) > 1:  # or they read other tokens
        return found, looks[0]
    shared = zip(looks, weights, strict=True)
    return found, sum(np.asarray(look) * weight for look, weight in shared)
