"""A Gaussian process over a search space, each axis with a weight of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr  # type: ignore[import-untyped]
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from seqtune.search.oracles.points import Array

FITS = 12
"""Kernels tried whenever scores are learnt, fewer where there are many."""

FITTED_ROWS = 1200
"""Most kernels times scores that this may cost."""

STEP = 0.7
"""Deviation of the random steps of the weights' logarithms."""

WEIGHT = -0.3
"""Mean of the prior on the weights' logarithms; its deviation is 1."""

NOISE = 1e-3
"""Variance of the noise on standardised scores where a process begins."""

NOISE_PRIOR = (math.log(1e-2), 1.5)
"""Mean and deviation of the prior on the logarithm of the noise."""

MIN_NOISE = 1e-6
"""Smallest variance of the noise: without it equal points make the kernel matrix singular."""

BOUND = 30.0
"""No logarithm of a kernel is farther from 0."""

TAIL = 2.0
"""Scores that are this many deviations worse than the median count by their logarithm."""

END_OF_TAIL = 6.0
"""No score counts as worse than the median by more deviations."""


class GaussianProcess:
    """Expects a score for every point, and says where the best one may be improved.

    The kernel is Matern 5/2 of the distance between weighted features. Its weights and the noise
    climb the posterior density by random steps from where they were before, a few at a time:
    seeking the best anew at every proposal was most of what made it dear.

    Args:
        widths: How many features belong to each axis.
        kernel: Logarithms of the axes' weights and of the noise; None to begin.
    """

    def __init__(self, widths: Sequence[int], kernel: Sequence[float] | None = None) -> None:
        self._widths = widths
        begin = [*[0.0] * len(widths), math.log(NOISE)]
        self.kernel = np.array(begin if kernel is None else kernel, dtype=float)
        is_usable = self.kernel.shape == (len(widths) + 1,) and (abs(self.kernel) <= BOUND).all()
        if not is_usable:
            raise ValueError(f"a kernel has {len(widths) + 1} numbers of at most {BOUND}")

    def learn(self, features: Array, scores: Array, generator: np.random.Generator) -> None:
        """Learn from scores, and take the better of the kernels around the one before.

        Args:
            features: (trials, features).
            scores: (trials,), standardised, the lower the better.
            generator: Draws the steps.
        """
        self._features, self._scores = features, scores
        self._regressor, density = self._fitted(self.kernel)
        for _ in range(max(2, min(FITS, FITTED_ROWS // len(scores)))):
            count = min(int(generator.integers(1, 4)), len(self.kernel))
            chosen = generator.choice(len(self.kernel), size=count, replace=False)
            kernel = self.kernel.copy()
            kernel[chosen] += generator.normal(0, STEP, size=count)
            kernel = np.clip(kernel, -BOUND, BOUND)
            regressor, reached = self._fitted(kernel)
            if reached > density:
                self.kernel, self._regressor, density = kernel, regressor, reached

    def expect(self, features: Array) -> None:
        """Take the scores that are expected of some points for theirs: (points, features)."""
        expected = self._regressor.predict(self._weighted(features, self.kernel))
        self._features = np.concatenate([self._features, features])
        self._scores = np.append(self._scores, expected)
        self._regressor, _ = self._fitted(self.kernel)

    def mean(self, features: Array) -> Array:
        """Return the score that is expected at each point: (points,).

        Args:
            features: (points, features).
        """
        found: Array = self._regressor.predict(self._weighted(features, self.kernel))
        return found

    def improvement(self, features: Array) -> Array:
        """Return by how much the best score may be expected to fall at each point: (points,).

        Args:
            features: (points, features).
        """
        rows = self._weighted(features, self.kernel)
        mean, deviation = self._regressor.predict(rows, return_std=True)
        deviation = np.maximum(deviation, 1e-9)
        gain = (self._scores.min() - mean) / deviation
        density = np.exp(-0.5 * gain**2) / math.sqrt(2 * math.pi)
        improved: Array = deviation * (gain * ndtr(gain) + density)
        return improved

    def _weighted(self, features: Array, kernel: Array) -> Array:
        weighted: Array = features * np.exp(np.repeat(kernel[:-1], self._widths))
        return weighted

    def _fitted(self, kernel: Array) -> tuple[GaussianProcessRegressor, float]:
        """Return the process under a kernel, and the logarithm of the kernel's posterior."""
        regressor = GaussianProcessRegressor(
            Matern(1.0, nu=2.5),
            alpha=MIN_NOISE + float(np.exp(kernel[-1])),
            optimizer=None,
            copy_X_train=False,
        )
        regressor.fit(self._weighted(self._features, kernel), self._scores)
        noise = (kernel[-1] - NOISE_PRIOR[0]) / NOISE_PRIOR[1]
        prior = -0.5 * (np.sum((kernel[:-1] - WEIGHT) ** 2) + noise**2)
        return regressor, float(regressor.log_marginal_likelihood_value_ + prior)


def standardised(scores: Array) -> Array:
    """Return scores with mean 0 and deviation 1, those much worse than the median drawn near.

    One trial that diverged would otherwise leave no difference between all the others.

    Args:
        scores: (trials,), the lower the better.
    """
    median = np.median(scores)
    deviation = 1.5 * float(np.median(np.abs(scores - median))) or float(scores.std())
    if deviation <= 1e-12 * abs(median):
        return np.zeros(len(scores))
    distance = (scores - median) / deviation
    tail = TAIL * (1 + np.log(np.maximum(distance, TAIL) / TAIL))
    drawn = np.where(distance > TAIL, np.minimum(tail, END_OF_TAIL), distance)
    even: Array = (drawn - drawn.mean()) / drawn.std()
    return even
