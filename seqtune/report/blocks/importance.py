"""Which settings made the difference: permutation importance of a random forest.

The forest predicts the score of a trial from its settings; how much worse it does when one of them
is shuffled says how much that one matters.

Source: Breiman 2001, Random Forests, section 10; Hutter et al. 2014, An Efficient Approach for
Assessing Hyperparameter Importance, has the same forest with another measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqtune.report.blocks.settings import Setting

LEAST_TRIALS = 12
"""Fewer trials say nothing of any setting."""

TREES = 128
REPEATS = 10

UNSET = -1.0
"""Stands for a setting that has no effect: a tree can split it off."""


@dataclass(frozen=True)
class Importance:
    """What a forest found.

    Args:
        means, spreads: (settings,) fall of the share of the variance that is explained, and its
            standard deviation over shuffles.
        explained: Share of the variance that the forest explains in trials that it has not seen.
    """

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    explained: float

    @property
    def order(self) -> list[int]:
        """The settings by their number, what matters most first."""
        return sorted(range(len(self.means)), key=lambda number: -self.means[number])

    def taken(self, order: Sequence[int]) -> Importance:
        """Return the importance of settings in another order."""
        return Importance(
            tuple(self.means[n] for n in order),
            tuple(self.spreads[n] for n in order),
            self.explained,
        )


def importance_of(settings: Sequence[Setting], scores: Sequence[float]) -> Importance | None:
    """Return how much each setting matters; None where there are too few trials to say.

    Args:
        settings: What differed between the trials.
        scores: (trials,) what each trial came to.
    """
    if len(scores) < LEAST_TRIALS or not settings:
        return None
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    inputs = np.array(
        [[UNSET if value is None else value for value in setting.values] for setting in settings]
    ).T
    # a few trials that went wrong would be all that there is to explain: ranks are as good
    ranks = np.argsort(np.argsort(np.asarray(scores, dtype=np.float64))) / (len(scores) - 1)
    forest = RandomForestRegressor(TREES, oob_score=True, random_state=0, min_samples_leaf=2)
    forest.fit(inputs, ranks)
    found = permutation_importance(forest, inputs, ranks, n_repeats=REPEATS, random_state=0)
    return Importance(
        tuple(map(float, found.importances_mean)),
        tuple(map(float, found.importances_std)),
        float(forest.oob_score_),
    )
