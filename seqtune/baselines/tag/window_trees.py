"""Window trees: extremely randomised trees over figures of windows around a step.

The windows are of several widths (see `_window_statistics.py`). Of very many steps some are drawn
at random to learn from. A tag that no training step has gets zero.

Source:
    Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees", Machine Learning 63(1); window
    figures with trees are the usual beginning in activity recognition: Bulling, Blanke and Schiele
    2014, "A tutorial on human activity recognition using body-worn inertial sensors", ACM Computing
    Surveys 46(3).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.series_scale import standardise_as
from seqtune.baselines.tag._sequences import (
    Sequences,
    frequencies_of,
    positions_of,
    steps_of,
)
from seqtune.baselines.tag._window_statistics import WindowStatistics

KINDS = ("steps",)
TREES = 100
LEAST_LEAF = 3
MOST_STEPS = 100_000
BLOCK = 100_000  # steps predicted at once


def work(training: int, asked: int) -> float:
    """Return what a fit costs: training steps up to the most that are drawn."""
    return 5.0 * min(training, MOST_STEPS) + asked + 0.1 * training


def fit(sequences: Sequences, targets: Integers, tags: int, *, causal: bool, seed: int) -> Predict:
    """Grow the trees."""
    from sklearn.ensemble import ExtraTreesClassifier

    scored = np.flatnonzero(targets >= 0)
    frequencies = frequencies_of(targets, tags)
    if len(scored) > MOST_STEPS:
        scored = np.sort(np.random.default_rng(seed).choice(scored, MOST_STEPS, replace=False))
    standardise = standardise_as([steps_of(sequences)])

    def statistics_of(asked: Sequences) -> WindowStatistics:
        return WindowStatistics(asked, standardise(steps_of(asked)), causal=causal)

    known = np.unique(targets[scored])
    is_constant = len(known) < 2 or not steps_of(sequences).shape[1]
    trees = ExtraTreesClassifier(TREES, min_samples_leaf=LEAST_LEAF, random_state=seed)
    if not is_constant:
        trees.fit(statistics_of(sequences).of(scored), targets[scored])

    def predict(asked: Sequences) -> Floats:
        answer = np.tile(frequencies, (positions_of(asked), 1))
        if is_constant or not len(answer):
            return answer
        answer[:], statistics = 0.0, statistics_of(asked)
        for start in range(0, len(answer), BLOCK):
            places = np.arange(start, min(start + BLOCK, len(answer)))
            answer[np.ix_(places, known)] = trees.predict_proba(statistics.of(places))
        return answer

    return predict
