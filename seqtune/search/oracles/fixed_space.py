"""Keras Tuner's oracles over a space that is fixed, with a state that is plain JSON."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

from seqtune.search.oracles.tuner_base import FixedSpace, TunerOracle, running

MAX_COUNTED = 4096
"""A space of at most this many configurations is listed when random ones were all tried before."""

MAX_COLLISIONS = 20
"""Random configurations in a row that were tried before; then the space is listed."""

COMPLETED, FAILED, RUNNING = TrialStatus.COMPLETED, TrialStatus.FAILED, TrialStatus.RUNNING


class FixedSpaceOracle(TunerOracle):
    """Random search over a fixed space; the base of the other oracles.

    Args:
        portfolio: Active values of the configurations to propose first.
        options: Arguments of Keras Tuner's oracle.

    Attributes:
        is_closed: Whether no new configuration may begin; what was begun may go on.
        costs: Operations that trials took, by their id, as far as they are known.
        remaining: Share of the search's time that is left.

    Source:
        Bergstra & Bengio, Random Search for Hyper-Parameter Optimization (JMLR 2012).
    """

    hyperparameters: FixedSpace

    def __init__(self, *, portfolio: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(**options)
        self.is_closed = False
        self.costs: dict[str, float] = {}
        self.remaining = 1.0
        self._portfolio = portfolio
        self._taken = 0
        self._draws: int = self.seed

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Return a configuration that was not tried, or that there is none."""
        values = self.new_values()
        return {"status": TrialStatus.STOPPED} if values is None else running(values)

    def new_values(self) -> dict[str, Any] | None:
        """Return the next of the portfolio, then what the oracle proposes; None at the end."""
        if self.is_closed:
            return None
        while self._taken < len(self._portfolio):
            self._taken += 1
            if not self.is_tried(self._portfolio[self._taken - 1]):
                return dict(self._portfolio[self._taken - 1])
        return self.own_values()

    def own_values(self) -> dict[str, Any] | None:
        """Return what the oracle proposes of itself; None if there is nothing left."""
        return self.random_values()

    def tell(
        self, trial: Trial, score: float | None, reason: str | None, cost: float | None = None
    ) -> None:
        """Take the score of a trial, for the first time or anew; None if it failed.

        Args:
            trial: The trial.
            score: Its score.
            reason: Why it failed.
            cost: Operations that it took; None where they were not counted.
        """
        is_new = trial.status == RUNNING
        if score is None and not is_new:
            return
        if score is not None and cost is not None:
            self.costs[trial.trial_id] = cost
        trial.score, trial.message = score, reason or None
        trial.status = FAILED if score is None else COMPLETED
        if is_new:
            self.end_trial(trial)

    def next_draw(self) -> int:
        """Return the seed of the next random choice."""
        self._draws += 1
        return self._draws

    def random_values(self) -> dict[str, Any] | None:
        """Return a random configuration that was not tried; None if there is none left."""
        for _ in range(MAX_COLLISIONS):
            chosen: dict[str, Any] = {}
            for parameter in self.hyperparameters.space:
                if is_active(parameter, chosen):
                    chosen[parameter.name] = parameter.random_sample(self.next_draw() - 1)
            if not self.is_tried(chosen):
                return chosen
        left = [values for values in self._listed() if not self.is_tried(values)]
        return random.Random(self.next_draw()).choice(left) if left else None

    def _listed(self) -> list[dict[str, Any]]:
        """Return every configuration of a small space; none of a large one."""
        found: list[dict[str, Any]] = [{}]
        for parameter in self.hyperparameters.space:
            options = counted_options(parameter)
            if options is None or len(found) * len(options) > MAX_COUNTED:
                return []
            found = [
                {**values, **({} if option is None else {parameter.name: option})}
                for values in found
                for option in (options if is_active(parameter, values) else (None,))
            ]
        return found

    def state(self) -> dict[str, Any]:
        """Return everything that is needed to go on, as plain JSON values."""
        trials = [
            {
                "values": trial.hyperparameters.values,
                "status": trial.status,
                "score": trial.score,
                "message": trial.message,
                "cost": self.costs.get(name),
            }
            for name, trial in self.trials.items()
        ]
        return {"seed": self.seed, "draws": self._draws, "taken": self._taken, "trials": trials}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state; this oracle has not proposed anything yet.

        Args:
            state: From `state`, of an oracle with the same arguments.

        Raises:
            KeyError, TypeError, ValueError, AttributeError, ArithmeticError: The state is damaged.
        """
        for kept in state["trials"]:
            status, score, cost = kept["status"], kept["score"], kept["cost"]
            if status not in (RUNNING, COMPLETED, FAILED):
                raise ValueError(f"a trial cannot be {status!r}")
            if (score is not None and math.isfinite(score)) != (status == COMPLETED):
                raise ValueError(f"a trial that is {status} cannot have the score {score}")
            if cost is not None and (status != COMPLETED or not is_cost(cost)):
                raise ValueError(f"a trial that is {status} cannot cost {cost!r}")
            trial = self.record(kept["values"])
            if status != RUNNING:
                self.tell(trial, score, kept["message"], cost)
        self.seed, self._draws, self._taken = (
            natural(state[name]) for name in ("seed", "draws", "taken")
        )


def is_cost(cost: object) -> bool:
    """Say whether this can be the cost of a trial."""
    return isinstance(cost, float) and math.isfinite(cost) and cost >= 0


def natural(value: Any, below: int = 2**63) -> int:
    """Return a whole number that is not negative.

    Args:
        value: What is said to be one.
        below: No number is as high as this.

    Raises:
        ValueError: It is anything else.
    """
    if type(value) is not int or not 0 <= value < below:
        raise ValueError(f"found {value!r}, expected a whole number from 0 to {below - 1}")
    return value


def is_active(parameter: Any, values: Mapping[str, Any]) -> bool:
    """Say whether a hyperparameter has an effect beside the values chosen so far."""
    return all(condition.is_active(values) for condition in parameter.conditions)


def counted_options(parameter: Any) -> tuple[Any, ...] | None:
    """Return the values of a hyperparameter where they can be counted."""
    is_choice = isinstance(parameter, keras_tuner.engine.hyperparameters.Choice)
    return tuple(parameter.values) if is_choice or parameter.step is not None else None
