"""Keras Tuner's oracles behind two verbs: ask for a trial, tell how it went.

`Tuner.search()` is sequential, has no clock and cannot survive a dying trial; the oracles below it
are sound. This is the only module that uses them. The recipe's portfolio, a few configurations
known to be good, is proposed first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import TrialStatus

from seqtune.errors import SearchError, unknown
from seqtune.recipe.dimension import Dimension
from seqtune.search.space import complete, hyperparameters

ORACLES = {
    "random": keras_tuner.oracles.RandomSearchOracle,
    "bayesian": keras_tuner.oracles.BayesianOptimizationOracle,
    "hyperband": keras_tuner.oracles.HyperbandOracle,
    "grid": keras_tuner.oracles.GridSearchOracle,
}

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
                dimension.path: values[dimension.path]
                for dimension in self.dimensions
                if dimension.path in searched
                and (dimension.when is None or values[dimension.when[0]] == dimension.when[1])
            }
            if entry not in entries:
                entries.append(entry)
        return entries


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
