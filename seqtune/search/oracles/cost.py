"""What a trial costs: so that improvement is expected per second, not per trial.

Costs are counted in operations, from the programs that are compiled, and not by a clock: the same
command with the same seed proposes the same configurations. A configuration whose program was
compiled before costs less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from seqtune.search.oracles.gaussian_process import GaussianProcess
from seqtune.search.oracles.points import Array

Signature = Callable[[Mapping[str, Any]], str]
"""From the active values of a configuration to what it has in common with others of its program."""

COMPILING = 8e10
"""Operations in the time that a network takes to be built and compiled, 1.2 s on one core."""

STARTING = 1e10
"""The same where its program is there: 0.15 s."""

MIN_COSTS = 3
"""Of fewer trials nothing is learnt."""


class Cost:
    """Expects a cost for every point of a space.

    Args:
        widths: How many features belong to each axis.
        signature: Says which configurations run the same program.
        kernel: Where `kernel` was; None to begin.
    """

    def __init__(
        self, widths: list[int], signature: Signature, kernel: list[float] | None = None
    ) -> None:
        self._process = GaussianProcess(widths, kernel)
        self._signature = signature
        self._is_learnt = False
        self._compiled: set[str] = set()

    @property
    def kernel(self) -> list[float]:
        """Logarithms of the axes' weights and of the noise, from which another can go on."""
        found: list[float] = self._process.kernel.tolist()
        return found

    def learn(self, features: Array, costs: Array, generator: np.random.Generator) -> None:
        """Learn from what trials cost in their training.

        Args:
            features: (trials, features).
            costs: (trials,) operations of each.
            generator: Draws the kernels that are tried.
        """
        self._is_learnt = len(costs) >= MIN_COSTS
        if not self._is_learnt:
            return
        logarithms = np.log(np.maximum(costs, 1.0))
        self._mean = float(logarithms.mean())
        self._deviation = float(logarithms.std()) or 1.0
        self._process.learn(features, (logarithms - self._mean) / self._deviation, generator)

    def remember(self, values: Mapping[str, Any]) -> None:
        """Remember that a configuration is compiled."""
        self._compiled.add(self._signature(values))

    def expected(self, features: Array, values: list[dict[str, Any]]) -> Array:
        """Return the operations that configurations are likely to take, (points,).

        Args:
            features: (points, features).
            values: The active values of each point.
        """
        is_known = [self._signature(each) in self._compiled for each in values]
        setup = np.where(is_known, STARTING, COMPILING)
        if not self._is_learnt:
            return setup
        logarithms = self._mean + self._deviation * self._process.mean(features)
        training: Array = np.exp(np.clip(logarithms, 0.0, 60.0))
        return setup + training
