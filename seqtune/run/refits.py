"""Training the chosen networks further, and scoring them once on the test part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.progress import Listener, Note, StageStarted
from seqtune.runtime.devices import counted
from seqtune.runtime.interrupt import Interrupt
from seqtune.search.budget import Clock
from seqtune.search.executor._contract import POLL_SECONDS, Executor
from seqtune.search.executor._slot import STILL_RUNNING
from seqtune.search.problem import Problem
from seqtune.search.refit import NO_TIME, RefitJob, Refitted, refit_seconds
from seqtune.search.trial import Result, trial_seed

LAST_SECONDS = 1.5
"""Before an interrupted command is cut off: what is scored has to be written."""

MARGIN = 1.2
"""A refit is given so many times the seconds that it is likely to take."""

SCORING_SECONDS = 1.0
"""What it takes to load a network and to look at the test part, without refitting it."""


AS_BEFORE = "the network is as the search left it"


@dataclass(frozen=True)
class Refits:
    """The refits of one run.

    Args:
        problem: Task, data and run folder.
        listener: Hears of the stage, and of networks that were not refitted.
        seed: Seeds the refits.
        refit: Whether networks are trained further at all, or scored as they are.
        steps_per_epoch: Batches of an epoch, from a configuration; the task's own if None.
    """

    problem: Problem
    listener: Listener
    seed: int
    refit: bool
    steps_per_epoch: Callable[[Mapping[str, Any]], int] | None = None

    def run(
        self,
        chosen: Sequence[Result],
        executor: Executor,
        clock: Clock,
        reserve: float,
        interrupt: Interrupt,
    ) -> dict[str, Refitted]:
        """Refit and score networks, the most important first.

        Args:
            chosen: How their trials went.
            executor: Does the work.
            clock: Wall time of the command.
            reserve: Seconds that must be left in the end.
            interrupt: A wish to end early: what is left is scored as it is, if there is time.

        Returns:
            What came of each, by trial.
        """
        detail = f"{counted(len(chosen), 'network')} with the rows held back" if self.refit else ""
        self.listener(StageStarted("refit" if self.refit else "score", detail))
        waiting = [(result, self.refit) for result in chosen]
        running: dict[str, tuple[Result, bool]] = {}
        found: dict[str, Refitted] = {}
        lost: dict[str, str] = {}
        while (waiting or running) and interrupt.left() > LAST_SECONDS:
            while waiting and executor.idle():
                result, is_refit = waiting.pop(0)
                left = clock.left() - reserve
                seconds = self._time_for(result, len(waiting) + 1, executor.workers, left)
                is_refit = is_refit and not interrupt.asked
                running[result.trial] = result, is_refit
                executor.submit(self._job(result, seconds, is_refit))
            for outcome in executor.wait(POLL_SECONDS):
                if not isinstance(outcome, Refitted) or outcome.trial not in running:
                    continue
                result, was_refit = running.pop(outcome.trial)
                found[outcome.trial] = outcome
                if outcome.reason and was_refit:  # the network itself is still good
                    lost[result.trial] = outcome.reason
                    waiting.append((result, False))
            interrupt.tell()
            if interrupt.asked:
                for trial, (_, is_refit) in running.items():
                    if is_refit:
                        executor.stop(trial)
        if self.refit:
            self._note_left_out(found, lost)
        return found

    def _job(self, result: Result, seconds: float, is_refit: bool) -> RefitJob:
        steps = (
            self.steps_per_epoch(result.values)
            if self.steps_per_epoch
            else (self.problem.task.steps_per_epoch(self.problem.prepared, result.values))
        )
        return RefitJob(result, trial_seed(self.seed, result.trial), seconds, steps, is_refit)

    def _time_for(self, result: Result, waiting: int, workers: int, left: float) -> float:
        """Return the seconds that the next refit may take.

        All have the same share of what is left. Where a refit is worth nothing unless it is whole,
        and a share is too short for one, the best networks have theirs first.

        Args:
            result: How its trial went.
            waiting: Networks that wait, this one among them.
            workers: How many are refitted at the same time.
            left: Seconds that are left.
        """
        share = max(0.0, left / -(-waiting // workers))
        if not self.problem.task.search.refits_anew:
            return share
        needed = MARGIN * refit_seconds(result, anew=True, folds=len(self.problem.folds))
        others = SCORING_SECONDS * waiting / workers
        return max(share, needed) if needed <= left - others else min(share, left)

    def _note_left_out(self, found: Mapping[str, Refitted], lost: Mapping[str, str]) -> None:
        """Say which networks predict as the search left them, and why."""
        without = [refit for refit in found.values() if not refit.is_refitted]
        for refit in without:
            reason = lost.get(refit.trial, refit.reason)
            if reason.startswith(STILL_RUNNING):
                self.listener(Note(f"the refit of {refit.trial} was not done in time; {AS_BEFORE}"))
            elif reason:
                self.listener(Note(f"refit of {refit.trial} failed: {reason}"))
            elif refit.note != NO_TIME:
                self.listener(
                    Note(f"the refit of {refit.trial} was worse and is not used: {refit.note}")
                )
        if hurried := sum(refit.note == NO_TIME for refit in without):
            self.listener(Note(f"no time left to refit {hurried} of {len(found)} networks"))
