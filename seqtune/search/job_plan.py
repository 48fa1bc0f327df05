"""From a proposal to a job: how far a trial trains, and how long that may take."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from seqtune.search.budget import SETUP_SECONDS, TRIALS_WANTED, stretch_seconds
from seqtune.search.oracle import Proposal
from seqtune.search.trial import Result, TrialJob, total_steps, trial_seed


@dataclass(frozen=True)
class JobPlan:
    """Makes jobs of proposals.

    Args:
        seed: Seeds the trials, each in its own way.
        steps_per_epoch: Batches between two validations, from a configuration.
        trial_share: Share of the search that one trial may take.
        check: Refuses a configuration that no search could have proposed: what a search goes on
            from may come from a stranger.
    """

    seed: int
    steps_per_epoch: Callable[[Mapping[str, Any]], int]
    trial_share: float = 1 / TRIALS_WANTED
    check: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def job(
        self,
        proposal: Proposal,
        earlier: Result | None,
        search_seconds: float,
        left: float,
        setup_seconds: float = SETUP_SECONDS,
    ) -> TrialJob:
        """Return the job that trains a trial as far as its proposal says.

        Args:
            proposal: What to train.
            earlier: How the trial has gone so far; None if it begins.
            search_seconds: Length of the whole search.
            left: What is left of it.
            setup_seconds: What a stretch is likely to take beside training.
        """
        values = dict(self.check(proposal.values))
        steps = total_steps(values)
        behind = earlier.steps if earlier else 0
        until = max(behind + 1, math.ceil(proposal.share * steps))
        share = (until - behind) / steps
        return TrialJob(
            trial=proposal.trial,
            values=values,
            seed=trial_seed(self.seed, proposal.trial),
            seconds=stretch_seconds(search_seconds, left, share, self.trial_share, setup_seconds),
            until=until,
            steps_per_epoch=self.steps_per_epoch(values),
            earlier=earlier,
        )
