"""From the probability of each tag at each position to one tag for each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from seqtune.data.text.span_marks import Legal

LEAST = 1e-30
"""A probability that is taken for any smaller one, so that a legal tag is never impossible."""

CELLS = 1 << 21
"""Numbers of a group of sequences, positions by tags, that is decoded at a time."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def decode(
    marginals: Floats, offsets: Rows, legal: Legal | None = None, *, is_causal: bool = False
) -> Rows:
    """Return the tag of each position.

    Args:
        marginals: (positions, tags), the probability of each.
        offsets: (sequences + 1,), where each sequence begins.
        legal: Which tags may stand where: of all legal ways to tag a sequence that with the largest
            sum of log-probabilities is taken. None takes the likeliest tag of each position. Where
            no way is legal, it is that too.
        is_causal: Whether only what came before a position may count: then the likeliest tag that
            may follow the one before is taken.

    Returns:
        (positions,) int64.

    Source:
        Viterbi 1967; Rabiner, A tutorial on hidden Markov models (1989), section III.B.

    Example:
        >>> from seqtune.data.text.span_marks import legal
        >>> marginals = np.array([[0.5, 0.4, 0.1], [0.3, 0.1, 0.6]])
        >>> decode(marginals, np.array([0, 2]), legal(["O", "B-x", "I-x"], "bio")).tolist()
        [1, 2]
    """
    best: Rows = marginals.argmax(axis=1).astype(np.int64)
    if legal is None or all(each.all() for each in legal):
        return best
    wrong = np.flatnonzero(~_are_legal(best, offsets, legal))
    follow = _Predecessors(legal.follow)
    for chosen in groups(wrong, np.diff(offsets), marginals.shape[1]):
        first, lengths = offsets[:-1][chosen], np.diff(offsets)[chosen]
        if is_causal:
            path = _one_by_one(marginals, first, lengths, legal)
            is_found = np.ones(len(first), bool)
        else:
            path, is_found = _viterbi(marginals, first, lengths, legal, follow)
        step = np.arange(path.shape[1])
        there = (step < lengths[:, None]) & is_found[:, None]
        best[(first[:, None] + step)[there]] = path[there]
    return best


class _Predecessors:
    """The tags that each may follow; most tags share their set, and it is looked at but once.

    Args:
        follow: (tags, tags), whether the second may follow the first.
    """

    def __init__(self, follow: npt.NDArray[np.bool_]) -> None:
        self.follow = follow
        sets, self.set_of = np.unique(follow.T, axis=0, return_inverse=True)
        self.set_of = self.set_of.reshape(-1)
        nothing = len(follow)  # behind all tags: it keeps every set from being empty
        members = [np.append(np.flatnonzero(each), nothing) for each in sets]
        self.members = np.concatenate(members)
        self.starts = np.cumsum([0, *map(len, members[:-1])])

    def best(self, scores: Floats) -> Floats:
        """Return (sequences, tags) the best score of what each may follow."""
        padded = np.concatenate([scores, np.full((len(scores), 1), -np.inf)], axis=1)
        found: Floats = np.maximum.reduceat(padded[:, self.members], self.starts, axis=1)
        return found[:, self.set_of]


def _are_legal(tags: Rows, offsets: Rows, legal: Legal) -> npt.NDArray[np.bool_]:
    """Say of each sequence whether its tags are legal; then they are the best legal ones."""
    lengths = np.diff(offsets)
    fault = np.zeros(len(tags), bool)
    fault[1:] = ~legal.follow[tags[:-1], tags[1:]]
    start, last = offsets[:-1][lengths > 0], offsets[1:][lengths > 0] - 1
    fault[start] = ~legal.begin[tags[start]]
    fault[last] |= ~legal.end[tags[last]]
    faults = np.concatenate([[0], np.cumsum(fault)])
    sound: npt.NDArray[np.bool_] = faults[offsets[1:]] == faults[offsets[:-1]]
    return sound


def groups(chosen: Rows, lengths: Rows, tags: int) -> Iterator[Rows]:
    """Yield sequences of like length, the longest first, as many as `CELLS` allows."""
    order = chosen[np.argsort(-lengths[chosen], kind="stable")]
    at = 0
    while at < len(order):
        longest = int(lengths[order[at]])
        count = max(1, CELLS // (longest * tags))
        group = order[at : at + count]
        group = group[lengths[group] * 2 > longest]
        yield group
        at += len(group)


def _one_by_one(marginals: Floats, first: Rows, lengths: Rows, legal: Legal) -> Rows:
    """Return (sequences, steps) tags, each the likeliest that may follow the one before."""
    steps = int(lengths.max())
    place = first[:, None] + np.minimum(np.arange(steps), lengths[:, None] - 1)
    path = np.zeros((len(first), steps), np.int64)
    may = np.broadcast_to(legal.begin, (len(first), marginals.shape[1]))
    for step in range(steps):
        # where nothing may follow, all have -1 and the first is taken
        path[:, step] = np.where(may, marginals[place[:, step]], -1.0).argmax(axis=1)
        may = legal.follow[path[:, step]]
    return path


def _viterbi(
    marginals: Floats, first: Rows, lengths: Rows, legal: Legal, follow: _Predecessors
) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Return (sequences, steps) tags, and whether each sequence has a legal way at all."""
    steps, rows = int(lengths.max()), np.arange(len(first))
    place = first[:, None] + np.minimum(np.arange(steps), lengths[:, None] - 1)
    scores = np.empty((steps, len(first), marginals.shape[1]))
    for step in range(steps):
        chance = np.log(np.maximum(marginals[place[:, step]], LEAST))
        if step == 0:
            scores[0] = np.where(legal.begin, chance, -np.inf)
            continue
        scores[step] = chance + follow.best(scores[step - 1])
    last = np.where(legal.end, scores[lengths - 1, rows], -np.inf)
    is_found = np.isfinite(last.max(axis=1))
    path = np.zeros((len(first), steps), np.int64)
    tag = last.argmax(axis=1)
    for step in reversed(range(steps)):
        before = np.where(follow.follow[:, tag].T, scores[step], -np.inf).argmax(axis=1)
        tag = np.where(step < lengths - 1, before, tag)
        path[:, step] = tag
    return path, is_found
