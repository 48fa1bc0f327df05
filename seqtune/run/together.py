"""Networks whose answers have no average: which of them answer together, and what they say.

A simple method may answer with them, where the task can join it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seqtune.run.loaded_member import LoadedMember
from seqtune.run.members import Member
from seqtune.run.set_choice import choose_set, is_worse
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.search.trial_files import model_path
from seqtune.tasks._abilities import JoinsMethods, PredictsTogether, RatedSets
from seqtune.tasks._values import Part, Until, Values

Floats = npt.NDArray[np.float64]
Weights = Mapping[str, float]

BEFORE: Mapping[Part, Until] = {"validation": "train", "test": "validation"}
"""What a simple method learns from before it answers a part."""

FAR_BEHIND = 5.0
"""A method that lies so many margins behind the best network is not asked to join."""

MOST_ASKED = 4
"""Networks that may become members, the best by validation, where all members of each set that is
tried look at the validation part again."""

MOST_RATED = 6
"""The same where each of them looks once, and what sets answer is computed from that."""


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

    def rate(self, trials: Sequence[str], method: str, is_over: Callable[[], bool]) -> RatedSets:
        """Let networks and a simple method rate answers to the validation part, each once.

        Args:
            trials: The networks, the best first.
            method: The method's name.
            is_over: Says whether there is no time for another network; the first always is rated.
        """
        task = self.problem.task
        assert isinstance(task, JoinsMethods)
        members = [self._member(trial, 1.0) for trial in trials]
        return task.rate_sets(members, method, self.problem.prepared, is_over)

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

    Args:
        problem: Task, data and run folder.
        together: Says what a set answers.
        pool: Trials whose networks can answer together, the best first.
        size: Members at most.
        is_over: Says whether there is no time for another set.

    Returns:
        Weights that sum to 1; none where the best network answers alone.
    """
    if is_over():
        return {}
    asked = pool[:MOST_ASKED]

    def say(trials: Sequence[str]) -> Floats:
        return together.say(evenly(trials), "validation")

    return _several(choose_set(problem, asked, say, size, is_over, first=asked[:1]))


def choose_with_method(
    problem: Problem,
    together: Together,
    pool: Sequence[Result],
    method: str,
    size: int,
    is_over: Callable[[], bool],
) -> dict[str, float]:
    """Return the weights with which networks answer best: with a simple method, or without.

    The networks are chosen by what they say together with the method. What is best without it is
    taken where it is better by more than a standard error: who errs differently is worth having
    where validation does not tell.

    Args:
        problem: Task, data and run folder.
        together: Says what a set answers.
        pool: Trials whose networks can answer together, the best first.
        method: Name of the method.
        size: Networks at most.
        is_over: Says whether there is no time for another network, or another set.

    Returns:
        Weights that sum to 1; none where the best network answers alone.
    """
    if is_over():
        return {}
    rated = together.rate([result.trial for result in pool[:MOST_RATED]], method, is_over)
    known = pool[: rated.networks]
    places = {result.trial: place for place, result in enumerate(known)}

    def joined(trials: Sequence[str]) -> Floats:
        return rated.joined([places[trial] for trial in trials])

    def alone(trials: Sequence[str]) -> Floats:
        return rated.alone([places[trial] for trial in trials])

    with_method = choose_set(problem, known, joined, size, is_over)
    without = choose_set(problem, known, alone, size, is_over)
    if is_worse(problem, joined(with_method), alone(without)):
        return _several(without)
    weights = together.join(evenly(with_method), method)
    return weights if method in weights else _several(without)


def is_far_behind(problem: Problem, score: float, best: float) -> bool:
    """Say whether a method is so much worse than the best network that it is not asked to join.

    Args:
        problem: Task, data and run folder.
        score: That of the method on the validation part, as `problem.objective` says it.
        best: That of the network.
    """
    sign = 1 if problem.direction == "min" else -1
    return sign * (score - best) > FAR_BEHIND * problem.task.margin(problem.prepared, best)


def _several(trials: Sequence[str]) -> dict[str, float]:
    """Return the weights of an ensemble; one network is none."""
    return evenly(trials) if len(trials) > 1 else {}


def evenly(trials: Sequence[str]) -> dict[str, float]:
    """Return the same weight for each.

    Example:
        >>> evenly(["t001", "t004"])
        {'t001': 0.5, 't004': 0.5}
    """
    return dict.fromkeys(trials, 1.0 / len(trials))


def _key(weights: Weights, part: Part) -> tuple[Part, tuple[tuple[str, float], ...]]:
    return part, tuple(sorted(weights.items()))
