"""Hyperband: many trials begin with a little training, the best of them go on."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import TrialStatus

from seqtune.search.oracles.fixed_space import FixedSpaceOracle, natural
from seqtune.search.oracles.tuner_base import running

Bracket = dict[str, Any]


class Hyperband(FixedSpaceOracle, keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """Keras Tuner's Hyperband, bracket after bracket.

    Keras Tuner's own brackets are never finished where trials fail or the space is exhausted: it
    waits for as many results as it had planned. Here a bracket shrinks to what it can still have.

    Args:
        options: Arguments of Keras Tuner's oracle, and the portfolio.

    Source:
        Li et al., Hyperband (JMLR 2018), algorithm 1.
    """

    _brackets: list[Bracket]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_exhausted = False

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Return a trial to go on with, or a new one, or that there is none now or ever."""
        self._is_exhausted = False
        for bracket in self._brackets:
            proposed = self._begin(bracket, trial_id) or self._promote(bracket, trial_id)
            if proposed is not None:
                return running(proposed)
        self._brackets = [bracket for bracket in self._brackets if not self._is_over(bracket)]
        if not self._is_exhausted:
            self._increment_bracket_num()
            self._start_new_bracket()
            proposed = self._begin(self._brackets[-1], trial_id)
            if proposed is not None:
                return running(proposed)
        return {"status": TrialStatus.IDLE if self.ongoing_trials else TrialStatus.STOPPED}

    def _begin(self, bracket: Bracket, trial_id: str) -> dict[str, Any] | None:
        """Return a new trial for the first rung of a bracket, where there is room and one left."""
        number, rungs = bracket["bracket_num"], bracket["rounds"]
        if self._is_exhausted or len(rungs[0]) >= self._get_size(number, 0):
            return None
        values = self.new_values()
        if values is None:
            self._is_exhausted = True
            return None
        rungs[0].append({"past_id": None, "id": trial_id})
        return {**values, **self._training(number, 0)}

    def _promote(self, bracket: Bracket, trial_id: str) -> dict[str, Any] | None:
        """Return the best trial that is sure to be among those that go on to the next rung."""
        rungs, sizes = bracket["rounds"], self._sizes(bracket)
        for number in range(1, len(rungs)):
            gone_on = {entry["past_id"] for entry in rungs[number]}
            left = [self.trials[entry["id"]] for entry in rungs[number - 1]]
            left = [trial for trial in left if trial.trial_id not in gone_on]
            scored = [trial for trial in left if trial.status == TrialStatus.COMPLETED]
            failed = [trial for trial in left if trial.status == TrialStatus.FAILED]
            if not scored or len(scored) + len(failed) <= sizes[number - 1] - sizes[number]:
                continue
            sign = 1 if self.objective.direction == "min" else -1
            best = min(scored, key=lambda trial: sign * trial.score)
            rungs[number].append({"past_id": best.trial_id, "id": trial_id})
            training = self._training(bracket["bracket_num"], number)
            return {
                **best.hyperparameters.values,
                **training,
                "tuner/trial_id": best.trial_id,
                "tuner/initial_epoch": self._get_epochs(bracket["bracket_num"], number - 1),
            }
        return None

    def _training(self, bracket_number: int, rung: int) -> dict[str, Any]:
        return {
            "tuner/epochs": self._get_epochs(bracket_number, rung),
            "tuner/initial_epoch": 0,
            "tuner/bracket": bracket_number,
            "tuner/round": rung,
        }

    def _sizes(self, bracket: Bracket) -> list[int]:
        """Return how many trials each rung can have, as far as it is known by now."""
        number, rungs = bracket["bracket_num"], bracket["rounds"]
        planned = [self._get_size(number, rung) for rung in range(len(rungs))]
        if self._is_exhausted and len(rungs[0]) < planned[0]:
            begun = len(rungs[0])
            planned = [math.ceil(begun / self.factor**rung) for rung in range(len(rungs))]
        sizes = planned[:1]
        for rung, size in enumerate(planned[1:]):
            ended = [self.trials[entry["id"]].status for entry in rungs[rung]]
            sizes.append(min(size, sizes[-1] - ended.count(TrialStatus.FAILED)))
        return sizes

    def _is_over(self, bracket: Bracket) -> bool:
        """Say whether nothing of a bracket is left to begin."""
        sizes = self._sizes(bracket)
        return all(len(rung) >= size for rung, size in zip(bracket["rounds"], sizes, strict=True))

    def state(self) -> dict[str, Any]:
        """Return the state with the brackets that are not over."""
        return {
            **super().state(),
            "brackets": copy.deepcopy(self._brackets),
            "current_bracket": self._current_bracket,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        super().restore(state)
        brackets = self._get_num_brackets()
        self._current_bracket = natural(state["current_bracket"], brackets)
        self._brackets = [
            {
                "bracket_num": natural(bracket["bracket_num"], brackets),
                "rounds": [[self._entry(entry) for entry in rung] for rung in bracket["rounds"]],
            }
            for bracket in state["brackets"]
        ]
        for bracket in self._brackets:
            if len(bracket["rounds"]) != self._get_num_rounds(bracket["bracket_num"]):
                raise ValueError(f"a bracket with {len(bracket['rounds'])} rungs")

    def _entry(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry of a rung, if both of its trials are known."""
        if kept["past_id"] is not None:
            self.trials[kept["past_id"]]
        return {"past_id": kept["past_id"], "id": self.trials[kept["id"]].trial_id}
