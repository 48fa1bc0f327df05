"""Keras Tuner's oracles in memory, over a space that is closed, with a state that is plain JSON.

Keras Tuner's bookkeeping writes two files at every step, copies the whole space, and goes through
all trials that ended. Here the space cannot grow, so that trials share it, and nothing is written:
the caller keeps the state, when and where it wants.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

MAX_COUNTED = 4096
"""Spaces of so many configurations are gone through when random ones were all tried before."""

COLLISIONS = 20
"""After so many random configurations that were tried before, chance is given up."""

DERIVED = (
    *("hyperparameters", "ongoing_trials", "start_order", "end_order", "run_times", "retry_queue"),
    *("tried_so_far", "id_to_hash", "display"),
)
"""What of Keras Tuner's state is not kept: it follows from the space and the trials."""

RUNNING = TrialStatus.RUNNING


class ClosedSpace(keras_tuner.HyperParameters):  # type: ignore[misc]
    """A declared space whose copies share its hyperparameters and differ in their values.

    Args:
        declared: The space.
    """

    def __init__(self, declared: keras_tuner.HyperParameters) -> None:
        super().__init__()
        self._hps, self._space = declared._hps, declared._space
        self.values = dict(declared.values)

    def copy(self) -> ClosedSpace:
        """Return the same space with values of its own."""
        return ClosedSpace(self)


class ClosedOracle(keras_tuner.Oracle):  # type: ignore[misc]
    """Bookkeeping of an oracle over a closed space; a mixin before one of Keras Tuner's.

    Args:
        portfolio: Active values of the configurations to propose first.
        options: Arguments of Keras Tuner's oracle.
    """

    hyperparameters: ClosedSpace

    def __init__(self, *, portfolio: list[dict[str, Any]], **options: Any) -> None:
        options["hyperparameters"] = ClosedSpace(options["hyperparameters"])
        super().__init__(allow_new_entries=False, tune_new_entries=False, **options)
        self.verbose = 0
        self.is_closed = False
        """Whether no new configuration may begin; what was begun may go on."""
        self._portfolio = portfolio
        self._taken = 0
        self._ended: dict[str, dict[str, Any]] = {}
        self.costs: dict[str, float] = {}
        """Operations that trials took, by number, as far as they are known."""
        self.remaining = 1.0
        """Share of the search's time that is left."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return a configuration that was not tried, or that there is none."""
        values = self.new_values()
        if values is None:
            return {"status": TrialStatus.STOPPED, "values": None}
        return {"status": TrialStatus.RUNNING, "values": values}

    def new_values(self) -> dict[str, Any] | None:
        """Return the next of the portfolio, then what the oracle proposes; None at the end."""
        if self.is_closed:
            return None
        while self._taken < len(self._portfolio):
            self._taken += 1
            if not self._duplicate(self._portfolio[self._taken - 1]):
                return dict(self._portfolio[self._taken - 1])
        return self.own_values()

    def own_values(self) -> dict[str, Any] | None:
        """Return what the oracle proposes of itself; None if there is nothing left."""
        return self._random_values()

    def tell(
        self, trial: Trial, score: float | None, reason: str, cost: float | None = None
    ) -> None:
        """Take the score of a trial, for the first time or anew; None if it failed.

        Args:
            trial: The trial.
            score: Its score.
            reason: Why it failed.
            cost: Operations that it took; None where nobody counted.
        """
        is_new = trial.trial_id not in self._ended
        if cost is not None and score is not None:
            self.costs[trial.trial_id] = cost
        if not is_new and score is None:
            return
        trial.score, trial.message = score, reason or None
        trial.status = TrialStatus.FAILED if score is None else TrialStatus.COMPLETED
        if is_new:
            self.end_trial(trial)
        self._ended[trial.trial_id] = _kept(trial)

    def score_trial(self, trial: Trial) -> None:
        """Leave the score as it was told."""

    def update_space(self, hyperparameters: keras_tuner.HyperParameters) -> None:
        """Leave the space as it is: a trial cannot add to it."""

    def save(self) -> None:
        """Write nothing: whoever owns the oracle keeps its state."""

    def _save_trial(self, trial: Trial) -> None:
        """Write nothing."""

    def _check_consecutive_failures(self) -> None:
        """Leave it to the study to end a search that keeps failing."""

    def _random_values(self) -> dict[str, Any] | None:
        """Return a random configuration that was not tried; None if there is none left."""
        for _ in range(COLLISIONS):
            chosen: dict[str, Any] = {}
            for parameter in self.hyperparameters.space:
                if is_active(parameter, chosen):
                    chosen[parameter.name] = parameter.random_sample(self._seed_state)
                    self._seed_state += 1
            if not self._duplicate(chosen):
                return chosen
        left = [values for values in self._counted() if not self._duplicate(values)]
        self._seed_state += 1
        return random.Random(self._seed_state).choice(left) if left else None

    def _counted(self) -> list[dict[str, Any]]:
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

    def get_state(self) -> dict[str, Any]:
        """Return everything that is needed to go on, and nothing that follows from the trials."""
        state: dict[str, Any] = super().get_state()
        for name in [name for name in DERIVED if name in state]:
            del state[name]
        state = json.loads(json.dumps(state))  # none of it changes when the search goes on
        trials = [self._ended.get(trial.trial_id) or _kept(trial) for trial in self.trials.values()]
        return {**state, "taken": self._taken, "trials": trials, "costs": dict(self.costs)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from a state.

        Args:
            state: From `get_state`, of an oracle with the same arguments.

        Raises:
            KeyError, TypeError, ValueError, AttributeError, ArithmeticError: It is no such state.
        """
        space = self.hyperparameters
        self.trials = {kept["id"]: _trial(kept, space) for kept in state["trials"]}
        ended = {kept["id"]: kept for kept in state["trials"] if kept["status"] != RUNNING}
        hashes = {
            number: self._compute_values_hash(trial.hyperparameters.values)
            for number, trial in self.trials.items()
        }
        derived = {
            "hyperparameters": space.get_config(),
            "ongoing_trials": {number: number for number in self.trials if number not in ended},
            "start_order": list(self.trials),
            "end_order": list(ended),
            "run_times": dict.fromkeys(ended, 1),
            "retry_queue": [],
            "tried_so_far": hashes.values(),
            "id_to_hash": hashes,
            "display": self._display.get_state(),
        }
        counts = {name: natural(state[name]) for name in ("seed", "seed_state", "taken")}
        super().set_state({**state, **derived, **counts})
        self.hyperparameters = space
        self._taken, self._ended = counts["taken"], ended
        self.costs = {number: _checked_cost(cost) for number, cost in state["costs"].items()}
        if not self.costs.keys() <= ended.keys():
            raise ValueError("trials that have not ended have costs")


def _kept(trial: Trial) -> dict[str, Any]:
    return {
        "id": trial.trial_id,
        "status": trial.status,
        "values": trial.hyperparameters.values,
        "score": trial.score,
        "message": trial.message,
    }


def _trial(kept: Mapping[str, Any], space: ClosedSpace) -> Trial:
    status, score = kept["status"], kept["score"]
    if status not in (TrialStatus.RUNNING, TrialStatus.COMPLETED, TrialStatus.FAILED):
        raise ValueError(f"a trial cannot be {status!r}")
    is_number = score is not None and math.isfinite(score)
    if is_number != (status == TrialStatus.COMPLETED):
        raise ValueError(f"a trial that is {status} cannot have the score {score}")
    hyperparameters = space.copy()
    hyperparameters.values = dict(kept["values"])
    trial = Trial(hyperparameters, str(kept["id"]), status, kept["message"])
    trial.score = None if score is None else float(score)
    return trial


def _checked_cost(cost: Any) -> float:
    if not isinstance(cost, float) or not math.isfinite(cost) or cost < 0:
        raise ValueError(f"a trial cannot cost {cost!r}")
    return cost


def natural(value: Any, below: int = 2**63) -> int:
    """Return a whole number that is not negative.

    Args:
        value: What is said to be one.
        below: No number is as high as this.

    Raises:
        ValueError: It is anything else.
    """
    if type(value) is not int or not 0 <= value < below:
        raise ValueError(f"{value!r} is no whole number from 0 to {below - 1}")
    return value


def is_active(parameter: Any, values: Mapping[str, Any]) -> bool:
    """Say whether a hyperparameter has an effect beside the values chosen so far."""
    return all(condition.is_active(values) for condition in parameter.conditions)


def counted_options(parameter: Any) -> tuple[Any, ...] | None:
    """Return the values of a hyperparameter where they can be counted."""
    is_choice = isinstance(parameter, keras_tuner.engine.hyperparameters.Choice)
    return tuple(parameter.values) if is_choice or parameter.step is not None else None
