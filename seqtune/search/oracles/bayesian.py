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

from seqtune.search.oracles.cost import MIN_COSTS, Cost, Signature
from seqtune.search.oracles.fixed_space import FixedSpaceOracle
from seqtune.search.oracles.gaussian_process import GaussianProcess, standardised
from seqtune.search.oracles.points import Array, Points

RANDOM_POINTS = 5
"""Random trials after the portfolio before the model is trusted."""

DRAWN = 500
"""Random candidates for the next trial."""

BEST = 5
"""Candidates are drawn around this many of the best trials."""

NEIGHBOURS = 100
"""Candidates around each of the best trials."""

VARIED = 60
"""Candidates around each of the best trials, and of the last ones, that run the same program."""

CANDIDATES = 8
"""Random configurations drawn for each one that is tried; cheap ones are tried more often."""

PROBES = 8
"""Values of an axis that are looked at, to see whether another runs the same program."""

MAX_LEARNT = 300
"""Of more trials the best half and the last half are learnt from: a proposal stays cheap."""


class Bayesian(FixedSpaceOracle):
    """Proposes the configuration with the largest expected improvement for its cost.

    A trial that failed counts as the worst score, one under way as the score that is expected. The
    improvement is divided by the expected cost, to the power of the share of time that is left: at
    first much is learnt from cheap trials; in the end it does not matter what a good one costs.

    Args:
        signature: From active values to what a configuration has in common with others that run the
            same compiled program; None where costs do not count.
        options: Arguments of Keras Tuner's oracle, and the portfolio.

    Source:
        Snoek et al., Practical Bayesian Optimization (NeurIPS 2012): expected improvement, Matern
        5/2. Hutter et al., SMAC (LION 2011): candidates among the neighbours of the best.
        Ginsbourger et al., Kriging is well-suited to parallelize optimization (2010), 4.1: trials
        under way. Snoek et al., section 3.2: improvement per second. Lee et al., Cost-aware
        Bayesian Optimization, arXiv 2003.10870, section 4: the share of time as its power.
    """

    def __init__(self, *, signature: Signature | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._points = Points(self.hyperparameters.space)
        self._process = GaussianProcess(self._points.widths)
        self._signature = signature
        self._cost = None if signature is None else Cost(self._points.widths, signature)
        self._rows: dict[str, Array] = {}

    def own_values(self) -> dict[str, Any] | None:
        """Return a random configuration at first, then what the process hopes most of."""
        scored = len(self._with_status(TrialStatus.COMPLETED))
        if scored < len(self._portfolio) + RANDOM_POINTS:
            return self._cheap_values()
        generator = self._generator()
        best = self._learn(generator)
        drawn = self._points.draw(generator, DRAWN)
        near = self._points.neighbours(best, NEIGHBOURS, generator)
        candidates = np.concatenate([drawn, near, self._of_same_programs(best, generator)])
        features = self._points.features(candidates)
        worth = self._process.improvement(features)
        if self._cost is not None:
            values = [self._points.values(each) for each in candidates]
            worth = worth / self._learn_costs(generator).expected(features, values) ** self._power
        for index in np.argsort(-worth, kind="stable"):
            chosen = self._points.values(candidates[index])
            if not self.is_tried(chosen):
                return chosen
        return self.random_values()

    @property
    def _power(self) -> float:
        """How much costs count, in tenths."""
        return round(min(1.0, max(0.0, self.remaining)), 1)

    def _generator(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.next_draw()])

    def _cheap_values(self) -> dict[str, Any] | None:
        """Return a random configuration, one that costs half as much twice as likely."""
        if self._cost is None or len(self.costs) < MIN_COSTS:
            return self.random_values()
        drawn = [each for _ in range(CANDIDATES) if (each := self.random_values()) is not None]
        if not drawn:
            return None
        generator = self._generator()
        features = self._points.features(np.array([self._points.point(each) for each in drawn]))
        chances = 1.0 / self._learn_costs(generator).expected(features, drawn)
        return drawn[int(generator.choice(len(drawn), p=chances / chances.sum()))]

    def _learn_costs(self, generator: np.random.Generator) -> Cost:
        """Fit the costs to those of the last trials."""
        assert self._cost is not None
        known = [self.trials[number] for number in list(self.costs)[-MAX_LEARNT:]]
        for trial in self.trials.values():
            self._cost.remember(trial.hyperparameters.values)
        costs = np.array([self.costs[trial.trial_id] for trial in known])
        features = self._points.features(self._at(known)) if known else np.empty((0, 0))
        self._cost.learn(features, costs, generator)
        return self._cost

    def _of_same_programs(self, best: Array, generator: np.random.Generator) -> Array:
        """Return candidates that differ from the best trials, and the last, in figures alone."""
        if self._signature is None:
            return np.empty((0, len(self._points.axes)))
        last = self._at(self._with_status(TrialStatus.COMPLETED)[-BEST:])
        near = np.concatenate([best, last])
        return self._points.varied(near, self._figure_axes(near[0]), VARIED, generator)

    def _figure_axes(self, point: Array) -> list[int]:
        """Return the axes along which a point may move and run the same program."""
        assert self._signature is not None
        values = self._points.values(point)
        found = []
        for axis in np.flatnonzero(~np.isnan(point)).tolist():
            moved = np.repeat(point[None], PROBES, axis=0)
            moved[:, axis] = (np.arange(PROBES) + 0.5) / PROBES
            others = [self._points.values(each) for each in self._points.settled(moved)]
            signatures = {self._signature(each) for each in others if each != values}
            if self._signature(values) in signatures:
                found.append(axis)
        return found

    def state(self) -> dict[str, Any]:
        """Return the state with the kernel, which goes on from where it was."""
        costs = {} if self._cost is None else {"cost_kernel": self._cost.kernel}
        return {**super().state(), "kernel": self._process.kernel.tolist(), **costs}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        super().restore(state)
        self._process = GaussianProcess(self._points.widths, list(state["kernel"]))
        if self._signature is not None:
            kernel = list(state["cost_kernel"])
            self._cost = Cost(self._points.widths, self._signature, kernel)
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
    half = MAX_LEARNT // 2
    others = np.sort(order[half:])
    return np.sort(np.concatenate([order[:half], others[-half:]]))
