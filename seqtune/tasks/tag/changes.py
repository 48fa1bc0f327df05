"""How seldom the label of a series changes, and the tags that are likeliest with that.

A label of steps lasts. Taken one by one, the likeliest tags flicker where two are about equally
likely, and a segment of two steps is a wrong one. So a change costs what it is worth:

    path = argmax over y of  sum_t log p(y_t | x) + sum_t log A(y_t | y_{t-1})

with A the share of the training steps with a tag that another one follows. It is the decoding of a
hidden Markov model over a network's probabilities.

Source:
    Bourlard & Morgan, Connectionist Speech Recognition: A Hybrid Approach (1994), chapter 7; here
    without the division by the tags' own shares, for a network that has read the whole series has
    learnt those.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.decoding import LEAST, groups

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def fit_changes(targets: Rows, offsets: Rows, tags: int) -> Floats:
    """Return log A, (tags, tags): how likely each tag (column) is to follow another (row).

    Every change is counted once more than it was seen, so that none is impossible.

    Args:
        targets: (positions,) the number of each tag, -1 where there is none.
        offsets: (sequences + 1,), where each sequence begins.
        tags: How many there are.

    Example:
        >>> np.exp(fit_changes(np.array([0, 0, 0, 1]), np.array([0, 4]), 2)).round(2).tolist()
        [[0.6, 0.4], [0.5, 0.5]]
    """
    is_first = np.zeros(len(targets) + 1, bool)
    is_first[offsets] = True
    before, after = targets[:-1], targets[1:]
    known = (before >= 0) & (after >= 0) & ~is_first[1:-1]
    counts = np.ones((tags, tags))
    np.add.at(counts, (before[known], after[known]), 1.0)
    shares: Floats = np.log(counts / counts.sum(axis=1, keepdims=True))
    return shares


def with_changes(marginals: Floats, offsets: Rows, changes: Floats) -> Rows:
    """Return the tag of each position, (positions,) int64, changes counted.

    Args:
        marginals: (positions, tags), the probability of each.
        offsets: (sequences + 1,), where each sequence begins.
        changes: (tags, tags), from `fit_changes`.

    Example:
        >>> changes = np.log([[0.9, 0.1], [0.1, 0.9]])
        >>> one = np.array([[0.9, 0.1], [0.4, 0.6], [0.9, 0.1]])
        >>> with_changes(one, np.array([0, 3]), changes).tolist()
        [0, 0, 0]
    """
    best: Rows = marginals.argmax(axis=1).astype(np.int64)
    lengths = np.diff(offsets)
    for chosen in groups(np.flatnonzero(lengths > 1), lengths, marginals.shape[1]):
        first, own = offsets[:-1][chosen], lengths[chosen]
        path = _path(marginals, first, own, changes)
        step = np.arange(path.shape[1])
        there = step < own[:, None]
        best[(first[:, None] + step)[there]] = path[there]
    return best


def _path(marginals: Floats, first: Rows, lengths: Rows, changes: Floats) -> Rows:
    """Return (sequences, steps) tags; behind the end of a sequence anything."""
    steps = int(lengths.max())
    place = first[:, None] + np.minimum(np.arange(steps), lengths[:, None] - 1)
    scores = np.log(np.maximum(marginals[place[:, 0]], LEAST))
    came = np.zeros((steps, *scores.shape), np.int16)
    for step in range(1, steps):
        ways = scores[:, :, None] + changes  # (sequences, from, to)
        came[step] = ways.argmax(axis=1)
        arrived = ways.max(axis=1) + np.log(np.maximum(marginals[place[:, step]], LEAST))
        scores = np.where(step < lengths[:, None], arrived, scores)
    tag = scores.argmax(axis=1)
    path = np.zeros((len(first), steps), np.int64)
    rows = np.arange(len(first))
    for step in reversed(range(steps)):
        path[:, step] = tag
        tag = np.where(step < lengths, came[step, rows, tag], tag) if step else tag
    return path
