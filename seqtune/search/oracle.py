"""Keras Tuner's oracles behind two verbs: ask for a trial, tell how it went.

`Tuner.search()` is sequential, has no clock and cannot survive a dying trial; the oracles below it
are sound. This is the only module that uses them. The recipe's portfolio, a few configurations
known to be good, is proposed first.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner.engine.trial import TrialStatus

from seqtune.errors import SearchError, unknown
from seqtune.recipe.dimension import Dimension
from seqtune.search.space import complete, hyperparameters

CANDIDATES = 2000
"""Random points among which the Bayesian oracle seeks its next one."""


class Bayesian(keras_tuner.oracles.BayesianOptimizationOracle):  # type: ignore[misc]
    """Keras Tuner's Bayesian oracle, its next point sought among random ones in one go.

    Keras Tuner descends from 50 points by numeric gradients: measured, 20 to 40 seconds for one
    proposal in a dozen dimensions, and it may propose what was tried before.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the untried point with the lowest confidence bound, a random one at first."""
        ended = [trial for trial in self.trials.values() if trial.status == TrialStatus.COMPLETED]
        scores, points = [], np.empty((0, 0))
        if len(ended) >= (self.num_initial_points or max(3 * len(self.hyperparameters.space), 3)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a kernel at the edge of its bounds
                self.gpr.fit(*self._vectorize_trials())
            points = self._random_state.uniform(size=(CANDIDATES, len(self._nonfixed_space())))
            mean, deviation = self.gpr.predict(points, return_std=True)
            scores = mean - self.beta * deviation
        for candidate in np.argsort(scores):
            values = self._vector_to_values(points[candidate])
            if not self._duplicate(values):
                return {"status": TrialStatus.RUNNING, "values": values}
        proposed: dict[str, Any] = self._random_populate_space()
        return proposed


ORACLES = {
    "random": keras_tuner.oracles.RandomSearchOracle,
    "bayesian": Bayesian,
    "hyperband": keras_tuner.oracles.HyperbandOracle,
    "grid": keras_tuner.oracles.GridSearchOracle,
}

RANDOM_POINTS = 5
"""Random trials after the portfolio before the Bayesian oracle trusts its model."""

MANY = 1_000_000
"""More trials than any search makes: the clock ends it."""


@dataclass(frozen=True)
class Proposal:
    """A configuration to train.

    Args:
        trial: Its name, "t001" and on.
        values: A value for every dimension of the recipe, by path.
    """

    trial: str
    values: dict[str, Any]


class Oracle:
    """Proposes configurations and learns from their scores.

    Args:
        kind: "random", "bayesian", "hyperband" or "grid".
        dimensions: The recipe's dimensions.
        portfolio: Configurations to propose first, values by path.
        metric: Name of the score.
        direction: "min" or "max".
        seed: Where random choices begin.
        trials: How many proposals there are at most; None for no limit.
        folder: Where the oracle keeps its state.
    """

    def __init__(
        self,
        kind: str,
        dimensions: Sequence[Dimension],
        portfolio: Sequence[Mapping[str, Any]],
        *,
        metric: str,
        direction: str,
        seed: int,
        trials: int | None,
        folder: Path,
    ) -> None:
        if kind not in ORACLES:
            raise SearchError(unknown("oracle", kind, ORACLES), "--set search.oracle=random")
        self.dimensions = dimensions
        self.metric = metric
        self._limit = trials
        self._asked = 0
        self._open: dict[str, Any] = {}
        self._space = hyperparameters(dimensions)
        limits: dict[str, Any] = {} if kind == "hyperband" else {"max_trials": MANY}
        if kind == "bayesian":
            limits["num_initial_points"] = len(portfolio) + RANDOM_POINTS
        entries = self._active(portfolio)
        # A grid walks from each of its trials to the next one, and knows no other trials.
        is_grid = kind == "grid"
        self._ahead = [complete(dimensions, entry) for entry in entries] if is_grid else []
        self._tried = list(self._ahead)
        self._oracle = _portfolio_first(ORACLES[kind], [] if is_grid else entries)(
            objective=keras_tuner.Objective(metric, direction),
            hyperparameters=self._space,
            allow_new_entries=False,
            tune_new_entries=False,
            seed=seed + 1,  # Keras Tuner takes a seed of 0 for none
            max_consecutive_failed_trials=MANY,
            **limits,
        )
        self._oracle.verbose = 0
        self._oracle._set_project_dir(str(folder.parent), folder.name)

    def ask(self) -> Proposal | None:
        """Return the next configuration; None when there is none left to try."""
        if self._limit is not None and self._asked >= self._limit:
            return None
        name = f"t{self._asked + 1:03d}"
        if not self._space.space:  # everything is fixed: one trial
            self._asked += 1
            return Proposal(name, complete(self.dimensions, {})) if self._asked == 1 else None
        if self._ahead:
            self._asked += 1
            return Proposal(name, self._ahead.pop(0))
        trial = self._oracle.create_trial(name)
        while trial.status == TrialStatus.RUNNING:
            values = complete(self.dimensions, trial.hyperparameters.values)
            if values not in self._tried:
                self._asked += 1
                self._open[name] = trial
                return Proposal(name, values)
            trial.status = TrialStatus.INVALID
            self._oracle.end_trial(trial)
            trial = self._oracle.create_trial(name)
        return None

    def replay(self, trials: Sequence[tuple[str, Mapping[str, Any], float | None]]) -> bool:
        """Bring a new oracle to where an earlier one was, by the trials that ended.

        Args:
            trials: Name, values and score of each, in the order in which they were proposed.

        Returns:
            Whether it proposed the same; where it did not, it goes on as it is, and names that
            were given are not given again.
        """
        for name, values, score in trials:
            proposal = self.ask()
            is_same = proposal is not None and (proposal.trial, proposal.values) == (name, values)
            if proposal is not None:
                self.tell(proposal.trial, score if is_same else None)
            if not is_same:
                self._asked = max(self._asked, *(int(name[1:]) for name, _, _ in trials))
                return False
        return True

    def tell(self, name: str, score: float | None, reason: str = "") -> None:
        """Say how a trial went.

        Args:
            name: The trial, as `ask` named it.
            score: Its validation score; None if it failed.
            reason: Why it failed.
        """
        trial = self._open.pop(name, None)
        if trial is None:
            return
        if score is None:
            trial.status = TrialStatus.INVALID
            trial.message = reason
        else:
            self._oracle.update_trial(trial.trial_id, {self.metric: score})
            trial.status = TrialStatus.COMPLETED
        self._oracle.end_trial(trial)

    def _active(self, portfolio: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the searched values of each portfolio entry that its conditions allow."""
        searched = {parameter.name for parameter in self._space.space}
        entries = []
        for chosen in portfolio:
            values = complete(self.dimensions, chosen)
            entry = {
                dimension.path: _stored(values[dimension.path])
                for dimension in self.dimensions
                if dimension.path in searched
                and (dimension.when is None or values[dimension.when[0]] == dimension.when[1])
            }
            if entry not in entries:
                entries.append(entry)
        return entries


def _stored(value: Any) -> Any:
    """Return a value as Keras Tuner stores it, or it would not know it again."""
    return int(value) if isinstance(value, bool) else value


def _portfolio_first(oracle: type[Any], portfolio: list[dict[str, Any]]) -> type[Any]:
    """Return the oracle's class, proposing the portfolio before anything of its own."""

    class PortfolioFirst(oracle):  # type: ignore[misc]
        """An oracle that begins with configurations known to be good."""

        def populate_space(self, trial_id: str) -> dict[str, Any]:
            """Return the next configuration of the portfolio, then the oracle's own."""
            if portfolio:
                return {"status": TrialStatus.RUNNING, "values": portfolio.pop(0)}
            proposed: dict[str, Any] = super().populate_space(trial_id)
            return proposed

    return PortfolioFirst
