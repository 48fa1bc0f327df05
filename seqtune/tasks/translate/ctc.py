"""Answers from what is said of each frame: the most probable ones, and how probable a known one is.

Source:
    Graves et al., Connectionist Temporal Classification (ICML 2006).
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END, UNKNOWN

BLANK = END
"""The token of a frame at which nothing is written."""

LIKELY = -12.0
"""Natural logarithm of the probability below which no token of a frame is looked at."""

NEVER = -1e30
"""The logarithm of the probability of what cannot be."""

Floats = npt.NDArray[np.float64]
Prefix = tuple[int, ...]
Answer = tuple[Prefix, float]
"""Tokens, and the natural logarithm of their probability."""


def best_path(frames: Floats) -> Prefix:
    """Return the tokens of the most probable alignment: repeats joined, blanks left out.

    Args:
        frames: (frames, tokens), natural logarithms.
    """
    best = frames.argmax(axis=1)
    starts = np.concatenate([[True], best[1:] != best[:-1]])
    return tuple(int(each) for each in best[starts & (best != BLANK)])


def best_prefixes(frames: Floats, beam: int) -> list[Answer]:
    """Return the most probable sequences of tokens, each summed over its alignments.

    On JAX, `keras.ops.ctc_decode` sorts every continuation of every prefix at each frame, as whole
    rows; here only the likely tokens of a frame are looked at.

    Args:
        frames: (frames, tokens), natural logarithms.
        beam: Prefixes that go on from frame to frame.

    Source:
        Graves & Jaitly, Towards End-to-End Speech Recognition with Recurrent Neural Networks (ICML
        2014), algorithm 1; the sums of both endings apart as in Hannun et al., arXiv 1408.2873.
    """
    never = -math.inf
    alive: dict[Prefix, tuple[float, float]] = {(): (0.0, never)}
    for frame in frames:
        chances: list[float] = frame.tolist()
        looked_at = [
            each for each in np.flatnonzero(frame > LIKELY).tolist() if each not in (BLANK, UNKNOWN)
        ]
        following: dict[Prefix, list[float]] = defaultdict(lambda: [never, never])
        for prefix, (blank, token) in alive.items():
            both = _add(blank, token)
            stays = following[prefix]
            stays[0] = _add(stays[0], both + chances[BLANK])
            if prefix:
                stays[1] = _add(stays[1], token + chances[prefix[-1]])
            for each in looked_at:
                before = blank if prefix and prefix[-1] == each else both
                goes = following[(*prefix, each)]
                goes[1] = _add(goes[1], before + chances[each])
        ranked = sorted(following.items(), key=lambda item: -_add(*item[1]))
        alive = {prefix: (ends[0], ends[1]) for prefix, ends in ranked[:beam]}
    return [(prefix, _add(*ends)) for prefix, ends in alive.items()]


def target_log_probabilities(frames: Floats, targets: npt.NDArray[np.int32]) -> Floats:
    """Return the log-probability of targets, each summed over its alignments, (rows,).

    Args:
        frames: (rows, frames, tokens), natural logarithms.
        targets: (rows, steps), 0 behind each.

    Returns:
        Natural logarithms; -inf for a target that has more tokens than there are frames.

    Source:
        Graves et al. (ICML 2006), equations 5 to 8.
    """
    rows, steps = targets.shape
    lengths = (targets != BLANK).sum(axis=1)
    states = np.full((rows, 2 * steps + 1), BLANK, np.int64)  # a blank around each token
    states[:, 1::2] = targets
    may_skip = np.zeros(states.shape, np.bool_)  # the blank between two tokens that differ
    may_skip[:, 3::2] = targets[:, 1:] != targets[:, :-1]
    spoken = np.take_along_axis(frames, states[:, None], axis=2)  # (rows, frames, states)
    alpha = np.full((rows, states.shape[1] + 2), NEVER)  # two more in front, which nothing reaches
    alpha[:, 2:4] = spoken[:, 0, :2]
    for frame in spoken.transpose(1, 0, 2)[1:]:
        stay, move = alpha[:, 2:], alpha[:, 1:-1]
        skip = np.where(may_skip, alpha[:, :-2], NEVER)
        best = np.maximum(np.maximum(stay, move), skip)
        total = np.exp(stay - best) + np.exp(move - best) + np.exp(skip - best)
        alpha[:, 2:] = np.maximum(best + np.log(total) + frame, NEVER)
    last = np.arange(rows), 2 * lengths + 2
    token = np.where(lengths > 0, alpha[last[0], last[1] - 1], NEVER)
    found = np.logaddexp(alpha[last], token)
    return np.where(found > NEVER / 2, found, -np.inf)


def _add(one: float, other: float) -> float:
    """Return the logarithm of the sum of two numbers whose logarithms these are."""
    low, high = min(one, other), max(one, other)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))
