"""The search of one run: its workers, its loop, and what of it stands on disk at any moment."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from seqtune.errors import SearchError
from seqtune.progress import Assumption, Event, Listener, Note, SearchStarted, StageStarted
from seqtune.run.baseline_predictions import Arrays
from seqtune.run.folder import STATE
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.refits import MARGIN
from seqtune.run.retention import kept
from seqtune.run.selection import Selection
from seqtune.runtime import backend as backends
from seqtune.runtime.workers import plan_workers
from seqtune.search.budget import Clock, Shares
from seqtune.search.executor import open_executor
from seqtune.search.executor._contract import Executor
from seqtune.search.executor._slot import grace_seconds
from seqtune.search.executor.inline import Inline
from seqtune.search.job_plan import JobPlan
from seqtune.search.oracle import Oracle
from seqtune.search.problem import Problem
from seqtune.search.recorded import check_values
from seqtune.search.refit import refit_seconds
from seqtune.search.signature import signature
from seqtune.search.stopping.search_rule import rule_for
from seqtune.search.study import Study
from seqtune.search.trial import Result
from seqtune.search.trial_files import folds_path, model_path
from seqtune.workflow.publication import Publication

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe
    from seqtune.runtime.interrupt import Interrupt


LAST_GRACE_SECONDS = 2.0
"""A job that has been told to end looks up after its batch; what follows is saved in this time."""


@dataclass
class Searching:
    """The search of one run.

    Args:
        recipe: What to search.
        problem: Task, data and run folder.
        clock: Wall time of the command.
        backend: The Keras backend.
        listener: Hears of everything that is worth telling.
        baseline_predictions: Predictions by part of the baselines that an ensemble may take in.
        results: Trials of an earlier command on the same run, by name.
        state: The state in which that one left the search; None for a new search.
        work: Seconds that each worker was busy and in training steps.
        seconds: Wall time of the search.
        earlier_seconds: Wall time of the earlier commands.
    """

    recipe: Recipe
    problem: Problem
    clock: Clock
    backend: str
    listener: Listener
    baseline_predictions: dict[str, Arrays] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    state: Mapping[str, Any] | None = None
    work: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    earlier_seconds: float = 0.0
    executor: Executor = field(init=False)
    publication: Publication = field(init=False)
    _study: Study | None = None

    def __post_init__(self) -> None:
        self.publication = Publication(self.problem)

    @property
    def shares(self) -> Shares:
        """What the budget keeps for the time after the search."""
        task = self.problem.task
        share = task.search.refit_share if self.recipe.get("refit") else task.search.score_share
        return Shares(self.clock.seconds, share)

    def open(self, interrupt: Interrupt) -> None:
        """Start the workers without waiting for them, and say how many there are and why.

        Args:
            interrupt: A wish to end early.
        """
        self._interrupt = interrupt
        search = self.recipe.values.search
        data = (self.problem.folder / "data").glob("*")
        plan = plan_workers(
            backends.machine_for(self.backend),
            search,
            self.clock.seconds,
            self.backend,
            sum(path.stat().st_size for path in data),
        )
        self.listener(Assumption("workers", str(plan.workers), plan.why, "--workers N"))
        self.executor = open_executor(
            plan, self.problem, self._hear, backend=self.backend, search=search, grace=self._grace,
            is_over=lambda: interrupt.asked,
        )  # fmt: skip

    def close(self) -> None:
        """Give the workers back, if there are any."""
        if hasattr(self, "executor"):
            self.executor.close()

    def run(self, interrupt: Interrupt) -> None:
        """Search until the time is over or nothing is left to train.

        Args:
            interrupt: A wish to end early.
        """
        self._announce()
        study = self._study = self._new_study(interrupt)
        if self.state is not None:
            study.restore(self.state, self.results)
        try:
            try:
                study.run(self.executor)
            except SearchError as error:
                self.fall_back(error)
                study.run(self.executor)
        finally:
            self._study = None
            self.seconds += study.seconds
            self._add_work(study)

    def fall_back(self, error: SearchError) -> None:
        """Go on in this process where there are no workers any more.

        Args:
            error: Why there are none.
        """
        self.listener(Note(f"{error.message}; the remaining trials run in the main process"))
        self.executor.close()
        self.executor = Inline(self.problem, self._hear, lambda: self._interrupt.asked)

    def selection(self) -> Selection:
        """Return what comes of the trials so far."""
        results = kept(self.results.values(), self.problem.direction)
        return Selection(
            self.problem, results, self.listener, self.baseline_predictions, self._steps_per_epoch
        )

    def why_nothing(self) -> str:
        """Say why the search left no network."""
        reasons = Counter(result.reason for result in self.results.values() if result.reason)
        if not reasons and self.recipe.values.search.trials == 0:
            return "no network was trained: simple methods alone were asked for"
        if not reasons and self.results:
            return "no network came through all folds; seqtune resume goes on with those that began"
        if not reasons:
            return "no network was trained: the budget ran out before the first trial"
        reason, count = reasons.most_common(1)[0]
        return (
            f"no network was trained: {count} of {len(self.results)} trials failed with: {reason}"
        )

    def record(self, results: dict[str, Result], state: dict[str, Any]) -> None:
        """Keep on disk what a killed run needs to be resumed, reported and used.

        Args:
            results: Trials so far, by name.
            state: What the search needs to go on.
        """
        self.results = results
        elapsed = self.earlier_seconds + self.clock.elapsed()
        running = self._study.running if self._study else ()
        self.publication.checkpoint(
            results, {**state, "elapsed": elapsed}, self.selection(), running
        )

    def _ending(self, results: Collection[Result]) -> float:
        """Return the seconds to keep for the end: no more than refits are likely to take."""
        usable = [result for result in results if result.score is not None]
        usable = [result for result in usable if not result.folds_left] or usable
        if not usable:
            return self.shares.ending
        anew = self.problem.task.search.refits_anew
        folds = len(self.problem.folds)
        total = sum(refit_seconds(result, anew=anew, folds=folds) for result in usable)
        each = total / len(usable)
        workers = self.executor.workers
        affordable = math.floor(self.shares.refitting * workers / max(each, 1e-9))
        members = (
            1 + self.problem.task.search.initial_members
        )  # the best is one of them, or stands beside them
        rounds = math.ceil(min(members, affordable) / workers)
        return self.shares.saving + min(self.shares.refitting, MARGIN * rounds * each)

    def _grace(self, seconds: float) -> float:
        """Return how long past its limit a job may run: at the end of the budget, not for long."""
        usual = grace_seconds(seconds)
        if not self.results:
            return usual
        return min(usual, max(LAST_GRACE_SECONDS, self.clock.left() - self.shares.saving))

    def _hear(self, event: Event) -> None:
        """Hear the workers; during the search, the study listens."""
        (self._study.hear if self._study else self.listener)(event)

    def _announce(self) -> None:
        best = Leaderboard(
            self.problem.metric, self.problem.direction, tuple(self.publication.baselines)
        ).best_baseline
        self.listener(StageStarted("search"))
        self.listener(
            SearchStarted(
                metric=self.problem.metric,
                direction=self.problem.direction,
                baseline_name=best.name if best else "",
                baseline_score=best.validation.get(self.problem.metric) if best else None,
                seconds_left=self.clock.left() - self.shares.ending,
                trials=self.recipe.values.search.trials,
                workers=self.executor.workers,
            )
        )

    def _new_study(self, interrupt: Interrupt) -> Study:
        values, task = self.recipe.values, self.problem.task
        oracle = Oracle(
            values.search.oracle,
            self.recipe.dimensions(),
            self.recipe.portfolio(),
            metric=self.problem.metric,
            direction=self.problem.direction,
            seed=values.seed,
            trials=values.search.trials,
            signature=self._signature,
        )
        if oracle.halves and values.search.stopping != "none":
            why = f"{values.search.oracle} decides by itself which trials go on"
            self.listener(Note(f"search.stopping is ignored: {why}"))
        return Study(
            oracle=oracle,
            stopping=rule_for(values.search, oracle, self.problem),
            clock=self.clock,
            reserve=self._ending,
            plan=JobPlan(
                values.seed,
                self._steps_per_epoch,
                values.search.trial_share,
                len(self.problem.folds),
                partial(check_values, task.name, origin=self.problem.folder / STATE),
            ),
            record=self.record,
            listener=self.listener,
            interrupt=interrupt,
            is_kept=self._is_kept,
        )

    def _is_kept(self, trial: str) -> bool:
        """Say whether that is still there with which a trial goes on."""
        result = self._study.results.get(trial) if self._study else None
        path = folds_path if result and result.folds_left else model_path
        return path(self.problem.folder, trial).is_file()

    def _signature(self, values: Mapping[str, Any]) -> str:
        """Return what configurations that run the same program have in common."""
        if self.backend != "jax":  # each network is compiled by itself
            return json.dumps(sorted(values.items()))
        return signature(self.problem.task.structure(values))

    def _steps_per_epoch(self, values: Mapping[str, Any]) -> int:
        asked = self.recipe.values.training.steps_per_epoch
        if asked == "auto":
            return self.problem.task.steps_per_epoch(self.problem.prepared, values)
        return int(asked)

    def _add_work(self, study: Study) -> None:
        """Add what each worker has done to what it did in earlier commands."""
        for number, work in sorted(study.work.items()):
            while len(self.work) <= number:
                self.work.append({"busy": 0.0, "training": 0.0})
            before = self.work[number]
            self.work[number] = {name: before[name] + more for name, more in work.to_dict().items()}
