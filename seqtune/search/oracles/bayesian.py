"""Bayesian search: a Gaussian process learns from the trials and says which one to try next.

Keras Tuner's own oracle fits a kernel with 20 restarts for every proposal, then descends from 50
points by numeric gradients, may propose what was tried before, and gives names an order.
`benchmarks/proposals.py` compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras_tuner.engine.trial import Trial, TrialStatus
from numpy.typing import NDArray

from seqtune.search.oracles.closed import ClosedOracle
from seqtune.search.oracles.points import Array, Points
from seqtune.search.oracles.process import Process, standardised

RANDOM_POINTS = 5
"""Random trials after the portfolio before the model is trusted."""

DRAWN = 500
"""Random candidates for the next trial."""

BEST = 5
"""So many of the best trials have their neighbourhood searched."""

NEIGHBOURS = 100
"""Candidates around each of the best trials."""

MOST_LEARNT = 300
"""Of more trials the best half and the last half are learnt from: a proposal stays cheap."""


class Bayesian(ClosedOracle):
    """Proposes the configuration with the largest expected improvement.

    A trial that failed counts as the worst score, one under way as the score that is expected.

    Args:
        options: Arguments of Keras Tuner's oracle, and the portfolio.

    Source:
        Snoek et al., Practical Bayesian Optimization (NeurIPS 2012): expected improvement, Matern
        5/2. Hutter et al., SMAC (LION 2011): candidates among the neighbours of the best.
        Ginsbourger et al., Kriging is well-suited to parallelize optimization (2010), 4.1: trials
        under way.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._points = Points(self.hyperparameters.space)
        self._process = Process(self._points.widths)
        self._rows: dict[str, Array] = {}

    def own_values(self) -> dict[str, Any] | None:
        """Return a random configuration at first, then what the process hopes most of."""
        scored = len(self._with_status(TrialStatus.COMPLETED))
        if scored < len(self._portfolio) + RANDOM_POINTS:
            return self._random_values()
        self._seed_state += 1
        generator = np.random.default_rng([self.seed, self._seed_state])
        best = self._learn(generator)
        drawn = self._points.draw(generator, DRAWN)
        near = self._points.neighbours(best, NEIGHBOURS, generator)
        candidates = np.concatenate([drawn, near])
        improvement = self._process.improvement(self._points.features(candidates))
        for index in np.argsort(-improvement, kind="stable"):
            values = self._points.values(candidates[index])
            if not self._duplicate(values):
                return values
        return self._random_values()

    def get_state(self) -> dict[str, Any]:
        """Return the state with the kernel, which goes on from where it was."""
        return {**super().get_state(), "kernel": self._process.kernel.tolist()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        super().set_state(state)
        self._process = Process(self._points.widths, list(state["kernel"]))
        self._rows = {}
        self._at(list(self.trials.values()))  # raises where a trial has no place in this space

    def _learn(self, generator: np.random.Generator) -> Array:
        """Fit the process to what ended and what is under way; return the best: (trials, axes)."""
        ended = self._with_status(TrialStatus.COMPLETED, TrialStatus.FAILED)
        running = self._with_status(TrialStatus.RUNNING)
        sign = 1.0 if self.objective.direction == "min" else -1.0
        scores = np.array([math.nan if t.score is None else sign * t.score for t in ended])
        is_scored = np.isfinite(scores)
        scores[is_scored] = standardised(scores[is_scored])
        scores[~is_scored] = scores[is_scored].max()
        order = np.argsort(np.where(is_scored, scores, math.inf), kind="stable")
        kept = _remembered(order)
        features = self._points.features(self._at([ended[index] for index in kept]))
        self._process.learn(features, scores[kept], generator)
        if running:
            self._process.expect(self._points.features(self._at(running)))
        return self._at([ended[index] for index in order[: min(BEST, is_scored.sum())]])

    def _at(self, trials: Sequence[Trial]) -> Array:
        """Return the points of trials: (trials, axes)."""
        for trial in trials:
            if trial.trial_id not in self._rows:
                self._rows[trial.trial_id] = self._points.point(trial.hyperparameters.values)
        return np.array([self._rows[trial.trial_id] for trial in trials])

    def _with_status(self, *statuses: str) -> list[Trial]:
        return [trial for trial in self.trials.values() if trial.status in statuses]


def _remembered(order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the trials to learn from, in the order in which they began: the best and the last.

    Args:
        order: Numbers of all trials that ended, the best first: (trials,).
    """
    half = MOST_LEARNT // 2
    others = np.sort(order[half:])
    return np.sort(np.concatenate([order[:half], others[-half:]]))
