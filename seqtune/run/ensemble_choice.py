"""Which of the best trials, and which simple method, an ensemble is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.files import damaged
from seqtune.run.baseline_predictions import Arrays, check_shape, kept_path
from seqtune.run.joined import can_join
from seqtune.run.predictions import Predictions
from seqtune.run.together import choose_together, choose_with_method, is_far_behind
from seqtune.search.ensemble import blend, select_members
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.search.trial_files import predictions_path
from seqtune.tasks._abilities import Hedges, JoinsMethods, PredictsTogether

MIN_ERROR = 1e-9
"""As a share of the larger error."""

MIN_SHARE = 0.01
"""One that made no error at all still leaves the other a share: by chance it was few cases."""


@dataclass(frozen=True)
class EnsembleChoice:
    """The choice of an ensemble's members, on validation predictions.

    Args:
        problem: Task, data and run folder.
        predicted: What the trials and the simple methods predicted.
        is_over: Says whether there is no time for another choice.
    """

    problem: Problem
    predicted: Predictions
    is_over: Callable[[], bool] = lambda: False

    def weights(self, ranked: Sequence[Result], size: int) -> dict[str, float]:
        """Return how much each trial and each simple method counts.

        Args:
            ranked: Trials that may become members, the best first.
            size: Choices at most.

        Returns:
            Weights that sum to 1 by the name of what was chosen; none where there are too few
            networks for an ensemble.
        """
        pool = self.alike(ranked)
        if size < 2 or not pool:
            return {}
        if isinstance(self.problem.task, PredictsTogether):
            return self._together(pool, size)
        predictions = {result.trial: self.predicted.validation(result.trial) for result in pool}
        for trial, each in predictions.items():
            check_shape(predictions_path(self.problem.folder, trial), each, predictions)
        is_mixable = self._is_mixable(pool) and not can_join(self.problem)
        method = self._best_method(predictions) if is_mixable else {}
        if method and is_hedged(self.problem):
            return self._hedged(self._selected(pool, predictions, {}, size), predictions, method)
        if len(pool) < (1 if self.problem.task.search.blends_single else 2):
            return {}
        return self._selected(pool, predictions, method, size)

    def _together(self, pool: Sequence[Result], size: int) -> dict[str, float]:
        """Return the weights of networks that answer together, and of a method that joins them."""
        problem, together = self.problem, self.predicted.together
        if isinstance(problem.task, JoinsMethods) and self._is_mixable(pool):
            for name, predictions in self._best_method({}).items():
                score, best = self._score_of_method(name, predictions), pool[0].score
                if best is not None and not is_far_behind(problem, score, best):
                    return choose_with_method(problem, together, pool, name, size, self.is_over)
        return choose_together(problem, together, pool, size, self.is_over)

    def _is_mixable(self, pool: Sequence[Result]) -> bool:
        """Say whether the best trials predict what simple methods do."""
        return self.unit(pool[0].values) == self.unit(None)

    def _selected(
        self, pool: Sequence[Result], predictions: Arrays, method: Arrays, size: int
    ) -> dict[str, float]:
        """Return the weights that are best on validation, begun with what cannot be told apart.

        Args:
            pool: Trials, the best first.
            predictions: Their validation predictions.
            method: Those of a simple method that may be chosen too, if there is one.
            size: Choices at most.
        """
        return select_members(
            {**predictions, **method},
            self.problem.objective,
            size,
            self.problem.direction,
            self._as_good_as_best(pool, method)[:size],
            self.is_over,
        )

    def _hedged(
        self, networks: Mapping[str, float], predictions: Arrays, method: Arrays
    ) -> dict[str, float]:
        """Return the weights of networks and a method, by the inverse squares of their errors.

        Networks keep as much of their share as validation says of what is known.

        Args:
            networks: The weights of the networks among themselves.
            predictions: Their validation predictions.
            method: Those of the method.

        Source:
            Bates & Granger, The Combination of Forecasts, Operational Research Quarterly 20(4),
            1969: weights by the inverses of the variances of the errors.
        """
        (name,) = method
        errors = [
            self.problem.objective(each) for each in (blend(predictions, networks), method[name])
        ]
        largest = max(errors) or 1.0
        squares = [max(error / largest, MIN_ERROR) ** 2 for error in errors]
        task = self.problem.task
        kept = task.validation_share(self.problem.prepared, name) if isinstance(task, Hedges) else 1
        share = 1.0 - kept * (1.0 - squares[0] / sum(squares))
        share = min(max(share, MIN_SHARE), 1.0 - MIN_SHARE)
        return {each: weight * (1.0 - share) for each, weight in networks.items()} | {name: share}

    def unit(self, values: Mapping[str, Any] | None) -> str:
        """Return what the predictions of a configuration, or of simple methods, are of."""
        return self.problem.task.prediction_unit(self.problem.prepared, values)

    def alike(self, ranked: Sequence[Result]) -> list[Result]:
        """Return the trials whose predictions can be averaged with those of the best."""
        units = [self.unit(result.values) for result in ranked]
        return [result for result, unit in zip(ranked, units, strict=True) if unit == units[0]]

    def _as_good_as_best(self, pool: Sequence[Result], method: Arrays) -> list[str]:
        """Return what validation cannot tell from the best network, and what is better.

        Args:
            pool: Trials, the best first.
            method: Validation predictions of the best simple method, if there is one.

        Returns:
            The best of such trials, and the method; nothing where scores are told apart.
        """
        scores = {result.trial: result.score for result in pool if result.score is not None}
        best = next(iter(scores.values()))
        margin = self.problem.task.margin(self.problem.prepared, best)
        if not margin:
            return []
        sign = 1 if self.problem.direction == "min" else -1
        equals = [trial for trial, score in scores.items() if sign * (score - best) <= margin]
        methods = [
            name
            for name, predictions in method.items()
            if sign * (self.problem.objective(predictions) - best) <= margin
        ]
        return [*equals[: self.problem.task.search.initial_members], *methods]

    def _best_method(self, beside: Arrays) -> dict[str, npt.NDArray[np.float64]]:
        """Return the validation predictions of the best simple method that can be blended."""
        baseline_predictions = self.predicted.baseline_predictions
        for name, arrays in baseline_predictions.items():
            if "validation" in arrays:
                path = kept_path(self.problem.folder, name, "validation")
                check_shape(path, arrays["validation"], beside)
        sign = 1 if self.problem.direction == "min" else -1
        scored = [
            (sign * self._score_of_method(name, arrays["validation"]), name)
            for name, arrays in baseline_predictions.items()
            if arrays.keys() >= {"validation", "test"}
        ]
        if not scored:
            return {}
        _, best = min(scored)
        self.predicted.test[best] = baseline_predictions[best]["test"]
        return {best: self.predicted.validation(best)}

    def _score_of_method(self, name: str, predictions: npt.NDArray[np.float64]) -> float:
        """Return what a simple method is compared by.

        Raises:
            RunError: What was kept of it comes from a run folder that is damaged.
        """
        try:
            return self.problem.objective(predictions)
        except ValueError as error:
            raise damaged(kept_path(self.problem.folder, name, "validation"), error) from error


def is_hedged(problem: Problem) -> bool:
    """Say whether validation is too small to tell networks from simple methods."""
    return isinstance(problem.task, Hedges) and problem.task.hedges(problem.prepared)
