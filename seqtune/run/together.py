"""Networks whose answers have no average: which of them answer together, and what they say.

A simple method may answer with them, where the task can join it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.run.loaded_member import LoadedMember
from seqtune.run.members import Member
from seqtune.search.problem import Problem
from seqtune.search.trial import Result, model_path
from seqtune.tasks._abilities import JoinsMethods, PredictsTogether
from seqtune.tasks._values import Part, Until, Values, is_better

Floats = npt.NDArray[np.float64]
Weights = Mapping[str, float]

BEFORE: Mapping[Part, Until] = {"validation": "train", "test": "validation"}
"""What a simple method learns from before it answers a part."""

FAR_BEHIND = 5.0
"""A method that lies so many margins behind the networks is not asked to join them."""

MOST_TRIED = 6
"""Networks that may become members, the best by validation: each trial of a set costs a look at the
validation part by all of its members."""


@dataclass
class Together:
    """What sets of networks answer together, each set asked once.

    Args:
        problem: Task, data and run folder.
        values: The configuration of each trial; a name without one is that of a simple method.
    """

    problem: Problem
    values: Mapping[str, Values]
    _members: dict[str, LoadedMember] = field(default_factory=dict)
    _said: dict[tuple[Part, tuple[tuple[str, float], ...]], Floats] = field(default_factory=dict)

    def say(self, weights: Weights, part: Part) -> Floats:
        """Return what the networks of a set say of a part, as the search left them.

        Args:
            weights: How much each trial counts, and a simple method.
            part: Which part.
        """
        key = _key(weights, part)
        if key not in self._said:
            problem, task = self.problem, self.problem.task
            assert isinstance(task, PredictsTogether)
            members = [self._member(trial, weight) for trial, weight in weights.items()]
            self._said[key] = task.forward_together(
                members, problem.prepared, problem.prepared.encoded(part), until=BEFORE[part]
            )
        return self._said[key]

    def join(self, weights: Weights, method: str) -> dict[str, float]:
        """Return weights with which a simple method joins a set of networks.

        Args:
            weights: How much each trial counts; they sum to 1.
            method: Its name.

        Returns:
            Weights that sum to 1; those of the networks where the method should count for nothing.
        """
        task = self.problem.task
        assert isinstance(task, JoinsMethods)
        members = [self._member(trial, weight) for trial, weight in weights.items()]
        share, said = task.join_method(members, method, self.problem.prepared)
        if not share:
            return dict(weights)
        joint = {trial: weight * (1.0 - share) for trial, weight in weights.items()}
        joint[method] = share
        self._said[_key(joint, "validation")] = said
        return joint

    def _member(self, trial: str, weight: float) -> LoadedMember:
        """Return a member of that weight; its network is loaded once."""
        if trial not in self.values:
            member = Member("", weight, "", "", {}, method=trial)
            return LoadedMember(
                self.problem.task, self.problem.prepared, self.problem.folder, member
            )
        file = f"models/{model_path(self.problem.folder, trial).name}"
        member = Member(trial, weight, file, "", dict(self.values[trial]))
        loaded = LoadedMember(self.problem.task, self.problem.prepared, self.problem.folder, member)
        if trial in self._members and "network" in vars(self._members[trial]):
            loaded.network = self._members[trial].network
        self._members[trial] = loaded
        return loaded


def choose_together(
    problem: Problem,
    together: Together,
    pool: Sequence[Result],
    size: int,
    is_over: Callable[[], bool],
) -> dict[str, float]:
    """Return equal weights of the networks that answer best together on the validation part.

    The best network comes first; each of the next ones joins where the answers are better with it.

    Args:
        problem: Task, data and run folder.
        together: Says what a set answers.
        pool: Trials whose networks can answer together, the best first.
        size: Members at most.
        is_over: Says whether there is no time for another set.

    Returns:
        Weights that sum to 1; none where no set is better than the best network alone.

    Source:
        Caruana et al., Ensemble Selection from Libraries of Models (ICML 2004), section 2, without
        replacement: a set is asked, not averaged.
    """
    chosen = [pool[0].trial]
    best: Any = problem.objective(together.say({chosen[0]: 1.0}, "validation"))
    for result in pool[1:MOST_TRIED]:
        if len(chosen) >= size or is_over():
            break
        names = [*chosen, result.trial]
        score = problem.objective(together.say(evenly(names), "validation"))
        if is_better(score, best, problem.direction):
            chosen, best = names, score
    return evenly(chosen) if len(chosen) > 1 else {}


def with_method(
    problem: Problem, together: Together, weights: Weights, method: str, score: float
) -> dict[str, float]:
    """Return the weights with which networks answer best: with a simple method, or without.

    A method joins unless it lies far behind, or the answers are worse with it by more than half a
    margin, which is half a standard error: who errs differently is worth having where validation
    does not tell.

    Args:
        problem: Task, data and run folder.
        together: Says what a set answers.
        weights: How much each trial counts; they sum to 1.
        method: Name of the method.
        score: Its own on the validation part, as `problem.objective` says it.
    """
    alone = problem.objective(together.say(weights, "validation"))
    margin = problem.task.margin(problem.prepared, alone)
    sign = 1 if problem.direction == "min" else -1
    if sign * (score - alone) > FAR_BEHIND * margin:
        return dict(weights)
    joint = together.join(weights, method)
    found = problem.objective(together.say(joint, "validation"))
    return dict(weights) if sign * (found - alone) > margin / 2 else joint


def evenly(trials: Sequence[str]) -> dict[str, float]:
    """Return the same weight for each.

    Example:
        >>> evenly(["t001", "t004"])
        {'t001': 0.5, 't004': 0.5}
    """
    return dict.fromkeys(trials, 1.0 / len(trials))


def _key(weights: Weights, part: Part) -> tuple[Part, tuple[tuple[str, float], ...]]:
    return part, tuple(sorted(weights.items()))
