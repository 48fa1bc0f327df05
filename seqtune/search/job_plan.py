"""From a proposal to a job: how far a trial trains, and how long that may take."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from seqtune.search.budget import SETUP_SECONDS, TRIALS_WANTED, stretch_seconds
from seqtune.search.oracle import Proposal
from seqtune.search.trial import Result, TrialJob, total_steps, trial_seed

COMPILE_SECONDS = 10.0
"""So much longer than their training folds may take in any case, and as long as all folds of a
trial: a stretch that ends before it has compiled is lost."""

FOLD_MARGIN = 1.3
"""Folds that are left have so many times the seconds that the others trained: these stop with the
one that comes to the least."""


@dataclass(frozen=True)
class JobPlan:
    """Makes jobs of proposals.

    Args:
        seed: Seeds the trials, each in its own way.
        steps_per_epoch: Batches between two validations, from a configuration.
        trial_share: Share of the search that one trial may take.
        folds: How many a trial is compared over; 0 for none.
        check: Refuses a configuration that no search could have proposed: what a search goes on
            from may come from a stranger.
    """

    seed: int
    steps_per_epoch: Callable[[Mapping[str, Any]], int]
    trial_share: float = 1 / TRIALS_WANTED
    folds: int = 0
    check: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def job(
        self, proposal: Proposal, earlier: Result | None, search_seconds: float, left: float
    ) -> TrialJob:
        """Return the job that trains a trial as far as its proposal says.

        Args:
            proposal: What to train.
            earlier: How the trial has gone so far; None if it begins.
            search_seconds: Length of the whole search.
            left: What is left of it.
        """
        values = dict(self.check(proposal.values))
        steps = total_steps(values)
        behind = earlier.steps if earlier else 0
        until = max(behind + 1, math.ceil(proposal.share * steps))
        stretch, whole = (
            stretch_seconds(search_seconds, left, each, self.trial_share)
            for each in ((until - behind) / steps, 1.0)
        )
        training = max(stretch - SETUP_SECONDS, self._like_before(earlier)) if self.folds else None
        return TrialJob(
            trial=proposal.trial,
            values=values,
            seed=trial_seed(self.seed, proposal.trial),
            seconds=stretch if training is None else self._longest(whole, training, left),
            until=until,
            steps_per_epoch=self.steps_per_epoch(values),
            earlier=earlier,
            training=training,
        )

    def seconds_to_go(self, result: Result) -> float:
        """Return what the folds that a trial has left are likely to take."""
        return SETUP_SECONDS + self._like_before(result)

    def _longest(self, whole: float, training: float, left: float) -> float:
        """Return how long a stretch over folds may take if compiling is slow.

        Args:
            whole: What all folds may take.
            training: What its training may take.
            left: What is left of the search.
        """
        return min(left, max(whole, training + COMPILE_SECONDS))

    def _like_before(self, earlier: Result | None) -> float:
        """Return the seconds in which the folds that are left train as long as the others did."""
        if earlier is None or not 0 < earlier.folds_left < self.folds:
            return 0.0
        each = earlier.training_seconds / (self.folds - earlier.folds_left)
        return FOLD_MARGIN * each * earlier.folds_left
