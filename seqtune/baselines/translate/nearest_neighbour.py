"""Nearest neighbour: the target of the source at the smallest Euclidean distance.

Channels are standardised over training, and series brought to the length of the longest training
source by linear interpolation. Of sources equally near the first counts, of several targets of one
source the commonest.

Source:
    Cover and Hart 1967, "Nearest neighbor pattern classification", IEEE Trans. on Information
    Theory 13(1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.method import Floats
from seqtune.baselines.series_scale import standardise_as, stretch
from seqtune.baselines.translate._memory import commonest_by_source
from seqtune.baselines.translate._pairs import Answers, Pairs, Write

ALWAYS = True
KINDS = ("features", "series")
BLOCK = 1000  # sources whose distances are held at once


def fit(pairs: Pairs, *, seed: int) -> Write:
    """Keep the sources."""
    from sklearn.metrics import pairwise_distances

    same = [(source.shape, source.tobytes()) for source in pairs.sources]
    memory = commonest_by_source(same, pairs.targets)
    known = [pairs.sources[place] for place in memory]
    targets = list(memory.values())
    standardise = standardise_as(known)
    steps = max(map(len, known))

    def flat(sources: Sequence[Floats]) -> Floats:
        return np.stack([stretch(standardise(source), steps).ravel() for source in sources])

    training = flat(known)

    def write(sources: Sequence[Floats]) -> Answers:
        answers: Answers = []
        for start in range(0, len(sources), BLOCK):
            # "sqeuclidean" sums squared differences; "euclidean" would lose digits, and ties
            apart = pairwise_distances(
                flat(sources[start : start + BLOCK]), training, metric="sqeuclidean"
            )
            answers += [(targets[place], 0.0) for place in apart.argmin(axis=1).tolist()]
        return answers

    return write


def work(known: int, asked: int) -> float:
    """Return how many distances predicting takes."""
    return float(known * (asked + 1))
