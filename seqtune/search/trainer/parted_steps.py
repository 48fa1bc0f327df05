"""Training on the cores of a CPU, each of which takes a part of every batch.

A recurrence is a chain of small products. Two cores that share each of them wait for each other a
hundred times in a batch; two that take half of the streams each meet once, at its end. An LSTM of
384 units that read 24,000 characters a second on two cores in the first way reads 47,000 in the
second (64 streams of 64 characters).

The gradient of a batch is the mean of those of its parts, so that the numbers are those of
`compiled_steps` but for rounding and for which features are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import jax
import numpy as np

from seqtune.runtime.effort import ALONE, count_operations, known_options, options_for
from seqtune.runtime.share import cores_here
from seqtune.search.problem import Problem
from seqtune.search.trainer.compiled_steps import (
    CompiledSteps,
    compiled_mix,
    gradient_of,
    shapes_of,
    update,
)
from seqtune.search.trainer.kept_weights import AverageWeights, LastWeights

LEAST_STREAMS = 8
"""A part has at least so many: a product of fewer rows takes as long."""

SEEDS_APART = 1_000_003
"""How far apart the seeds of two parts are."""


def parts_of(rows: int, cores: int) -> int:
    """Return in how many equal parts a batch is trained on.

    Args:
        rows: Streams of the batch.
        cores: That there are.

    Example:
        >>> parts_of(64, 2), parts_of(64, 6), parts_of(12, 4), parts_of(9, 2)
        (2, 4, 1, 1)
    """
    able = [n for n in range(1, cores + 1) if rows % n == 0 and rows // n >= LEAST_STREAMS]
    return max(able, default=1)


def parts_here(problem: Problem, values: Mapping[str, Any]) -> int:
    """Return the same for a configuration, in this process: 1 where its batches are not parted."""
    if not problem.task.search.parts_batches or jax.default_backend() != "cpu":
        return 1
    return parts_of(int(values["training.batch_size"]), cores_here())


class PartedSteps(CompiledSteps):
    """Trains a model by gradients of parts of a batch, computed side by side.

    Args:
        problem: Task and data, and the programs of the search so far.
        model: The network.
        values: Its configuration.
        steps: Optimiser steps that are planned: how much compiling pays.
        parts: In how many parts a batch is trained on.
    """

    def __init__(
        self, problem: Problem, model: Any, values: Mapping[str, Any], steps: int, parts: int
    ) -> None:
        super().__init__(problem, model, values, steps)
        rows = int(values["training.batch_size"]) // parts
        own = {**values, "training.batch_size": rows}
        self._parts, self._part = parts, problem.task.build(problem.prepared, own)
        self._own = problem.adopt(self._part, own)

    def run(self, batches: Any, schedule: Any) -> None:
        """Train until the schedule says that it is over."""
        with ThreadPoolExecutor(self._parts) as self._threads:
            super().run(batches, schedule)

    def _others(self) -> list[Any]:
        """Return the variables that are not trained, of each part: its states, and its seeds."""
        own = [np.asarray(each.value) for each in self._part.non_trainable_variables]
        return [[each + _apart(each, part) for each in own] for part in range(self._parts)]

    def _kept(self) -> LastWeights:
        """Return what keeps the vector of the weights of each step."""
        if not self._is_averaging:
            return LastWeights()
        return AverageWeights([True, *[False] * self._parts], compiled_mix)

    def _put_back(self, weights: Any, *others: Any) -> None:
        """Give the model its weights; the states of the parts are of no use to it."""
        self._put_weights_back(weights)

    def _program(self, weights: Any, others: Any, batch: tuple[Any, ...], kinds: int) -> Any:
        """Return the step of one shape of batch, one of several kinds."""
        share, figures = np.float32(0), self._figures(0.0)
        first = self._split(batch)[0]
        shapes = shapes_of(first)

        def trace() -> tuple[Any, float]:
            gradient = jax.jit(gradient_of(self._own.model, self._loss))
            traced = gradient.trace(weights, others[0], share, *first)
            return traced.lower(), self._parts * count_operations(traced.jaxpr)

        lowered, self.operations = self._own.find(("traced gradient", shapes), trace)
        options = {**options_for(self._steps * self.operations / kinds), **known_options(ALONE)}
        wanted = ("gradient", shapes, tuple(sorted(options.items())))
        gradient = self._own.find(wanted, lambda: lowered.compile(options))
        gradients = [weights] * self._parts
        updated = self._own.find(
            ("update", self._parts),
            lambda: jax.jit(_update).lower(weights, self._moments, figures, gradients).compile(),
        )
        return partial(self._step, gradient, updated)

    def _step(
        self, gradient: Callable[..., Any], updated: Callable[..., Any],
        weights: Any, others: Any, moments: Any, figures: Any, *batch: Any,
    ) -> tuple[Any, Any, Any, Any]:  # fmt: skip
        """Return weights, other variables, moments and error after a batch."""

        def of_part(own: Any, part: tuple[Any, ...]) -> Any:
            return jax.block_until_ready(gradient(weights, own, figures[3], *part))

        found = list(self._threads.map(of_part, others, self._split(batch)))
        weights, moments = updated(weights, moments, figures, [each for _, each in found])
        losses = [float(error) for (error, _), _ in found]
        return weights, [own for (_, own), _ in found], moments, np.mean(losses)

    def _split(self, batch: tuple[Any, ...]) -> Sequence[tuple[Any, ...]]:
        """Return the parts of a batch, each with neighbouring rows."""
        pieces = [np.split(np.asarray(each), self._parts) for each in batch]
        return list(zip(*pieces, strict=True))


def _apart(array: Any, part: int) -> Any:
    """Return what a part's variable has beside that of the first: seeds are whole numbers."""
    is_seed = np.issubdtype(array.dtype, np.integer)
    return np.asarray(SEEDS_APART * part if is_seed else 0).astype(array.dtype)


def _update(weights: Any, moments: Any, figures: Any, gradients: Sequence[Any]) -> Any:
    """Return weights and moments after a step along the mean of several gradients."""
    return update(weights, moments, figures, sum(gradients) / len(gradients))
