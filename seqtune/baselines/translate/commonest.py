"""Commonest: the target that training has most often, the first of equals.

What a score is worth that needs no look at the source. The log-probability is the logarithm of
the target's share, by the units of the target and its end.

Source:
    Holte 1993, "Very simple classification rules perform well on most commonly used datasets",
    Machine Learning 11 (there 0R).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import Any

from seqtune.baselines.translate._pairs import Answers, Pairs, Write, units_of

ALWAYS = True
KINDS = ("text", "symbols", "features", "series")


def fit(pairs: Pairs, *, seed: int) -> Write:
    """Count the targets."""
    target, times = Counter(pairs.targets).most_common(1)[0]
    score = log(times / len(pairs)) / (len(units_of(target, pairs.target_kind)) + 1)

    def write(sources: Sequence[Any]) -> Answers:
        return [(target, score)] * len(sources)

    return write
