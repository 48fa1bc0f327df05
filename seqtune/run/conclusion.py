"""After the search: choose by validation, train the chosen further, score them once on the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array
from seqtune.files import damaged
from seqtune.interrupt import Interrupt
from seqtune.progress import Listener, Note, StageStarted
from seqtune.run.leaderboard import Row
from seqtune.run.members import Member
from seqtune.search.budget import Clock
from seqtune.search.ensemble import blend, select_members
from seqtune.search.executor._contract import POLL_SECONDS, Executor
from seqtune.search.problem import Problem
from seqtune.search.refit import NO_TIME, RefitJob, Refitted, refitted_path, test_predictions_path
from seqtune.search.trial import Result, model_path, predictions_path

NETWORKS_LISTED = 8
"""So many single networks, the best by validation, stand on the leaderboard."""

ENSEMBLE_POOL = 30
"""So many trials, the best by validation, may become members of the ensemble."""

ENSEMBLE = "ensemble"


@dataclass
class Conclusion:
    """What comes of the trials of a search.

    Args:
        problem: Task, data and run folder.
        results: The trials.
        listener: Hears of the stages and of what was left out.
    """

    problem: Problem
    results: Sequence[Result]
    listener: Listener
    weights: dict[str, float] = field(default_factory=dict)
    _refits: dict[str, Refitted] = field(default_factory=dict)
    _test: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    def ranked(self) -> list[Result]:
        """Return the usable trials, best first by validation."""
        usable = [result for result in self.results if result.score is not None]
        sign = 1 if self.problem.task.direction == "min" else -1
        return sorted(usable, key=lambda result: (sign * (result.score or 0.0), result.trial))

    def select(self, size: int) -> None:
        """Choose the members of the ensemble on validation predictions.

        Args:
            size: Choices at most; below 2 there is no ensemble.
        """
        pool = self.ranked()[:ENSEMBLE_POOL]
        if size < 2 or len(pool) < 2:
            return
        predictions = {result.trial: self._validation(result.trial) for result in pool}
        weights = select_members(
            predictions, self._score_validation, size, self.problem.task.direction
        )
        self.weights = weights if len(weights) > 1 else {}

    def chosen(self) -> list[Result]:
        """Return the best trial and the members of the ensemble, the most important first."""
        ranked = self.ranked()
        members = [result for result in ranked[1:] if result.trial in self.weights]
        members.sort(key=lambda result: -self.weights[result.trial])
        return [*ranked[:1], *members]

    def score_chosen(
        self,
        executor: Executor,
        clock: Clock,
        reserve: float,
        *,
        seed: int,
        refit: bool,
        interrupt: Interrupt,
    ) -> None:
        """Score the chosen networks on the test part, trained further on either side of it.

        Args:
            executor: Does the work.
            clock: Wall time of the command.
            reserve: Seconds that must be left in the end.
            seed: Seeds the refits.
            refit: Whether they are trained further at all.
            interrupt: A wish to end early: what is left is scored as it is.
        """
        chosen = self.chosen()
        count = f"{len(chosen)} networks" if len(chosen) != 1 else "1 network"
        detail = f"{count} on the newest rows" if refit else ""
        self.listener(StageStarted("refit" if refit else "score", detail))
        waiting = [(result, refit) for result in chosen]
        running: dict[str, tuple[Result, bool]] = {}
        while waiting or running:
            while waiting and executor.idle():
                result, is_refit = waiting.pop(0)
                rounds = -(-(len(waiting) + 1) // executor.workers)
                seconds = max(0.0, (clock.left() - reserve) / rounds)
                steps = self.problem.task.steps_per_epoch(self.problem.prepared, result.values)
                is_refit = is_refit and not interrupt.asked
                job = RefitJob(result, seed + int(result.trial[1:]), seconds, steps, is_refit)
                running[result.trial] = result, is_refit
                executor.submit(job)
            for outcome in executor.wait(POLL_SECONDS):
                if not isinstance(outcome, Refitted) or outcome.trial not in running:
                    continue
                result, was_refit = running.pop(outcome.trial)
                self._take(outcome)
                if outcome.reason and was_refit:  # the network itself is still good
                    waiting.append((result, False))
            interrupt.tell()
        self._leave_out_unscored()
        if refit:
            self._tell_of_left_out(len(chosen))

    def rows(self) -> list[Row]:
        """Return a row for the ensemble and for each of the best networks.

        Networks that were not chosen have no figure for the test part: nobody looked.
        """
        listed = {result.trial: result for result in self.ranked()[:NETWORKS_LISTED]}
        listed.update({result.trial: result for result in self.chosen()})
        rows = [self._network_row(result) for result in listed.values()]
        return [*rows, self._ensemble_row()] if self.weights else rows

    def members(self) -> dict[str, list[Member]]:
        """Return the networks behind each row."""
        rows = {row_name(result): [self._member(result, 1.0)] for result in self.ranked()}
        if self.weights:
            rows[ENSEMBLE] = [
                self._member(result, self.weights[result.trial])
                for result in self.chosen()
                if result.trial in self.weights
            ]
        return rows

    def test_predictions(self) -> npt.NDArray[np.float64] | None:
        """Return what the ensemble, or else the best network, predicted for the test part."""
        if self.weights:
            return blend(self._test, self.weights)
        return next(iter(self._test.values()), None)

    def _take(self, outcome: Refitted) -> None:
        self._refits[outcome.trial] = outcome
        if outcome.reason:
            return
        path = test_predictions_path(self.problem.folder, outcome.trial)
        self._test[outcome.trial] = _predictions(path)

    def _leave_out_unscored(self) -> None:
        """Blend without networks that could not be loaded again."""
        scored = {trial: each for trial, each in self.weights.items() if trial in self._test}
        total = sum(scored.values())
        self.weights = (
            {trial: each / total for trial, each in scored.items()} if len(scored) > 1 else {}
        )

    def _tell_of_left_out(self, chosen: int) -> None:
        """Say which of the chosen networks predict as the search left them, and why."""
        without = [refit for refit in self._refits.values() if not refit.is_refitted]
        for refit in without:
            if refit.reason:
                self.listener(Note(f"refit of {refit.trial} failed: {refit.reason}"))
            elif refit.note != NO_TIME:
                self.listener(Note(f"refit of {refit.trial} taken back: {refit.note}"))
        if hurried := sum(refit.note == NO_TIME for refit in without):
            self.listener(Note(f"no time left to refit {hurried} of {chosen} networks"))

    def _network_row(self, result: Result) -> Row:
        test = self._test.get(result.trial)
        return Row(
            name=row_name(result),
            kind="network",
            validation=self._score("validation", self._validation(result.trial)),
            test={} if test is None else self._score("test", test),
            fit_seconds=result.seconds,
            parameters=result.parameters,
            detail=describe(result.values),
        )

    def _ensemble_row(self) -> Row:
        members = [result for result in self.chosen() if result.trial in self.weights]
        validation = blend(
            {result.trial: self._validation(result.trial) for result in members}, self.weights
        )
        parts = [f"{self.weights[result.trial]:.2g} {row_name(result)}" for result in members]
        return Row(
            name=ENSEMBLE,
            kind="ensemble",
            validation=self._score("validation", validation),
            test=self._score("test", blend(self._test, self.weights)),
            fit_seconds=sum(result.seconds for result in members),
            parameters=sum(result.parameters for result in members),
            detail=" + ".join(parts),
        )

    def _member(self, result: Result, weight: float) -> Member:
        folder, refit = self.problem.folder, self._refits.get(result.trial)
        refitted = refitted_path(folder, result.trial).name if refit and refit.is_refitted else ""
        return Member(
            result.trial,
            weight,
            f"models/{model_path(folder, result.trial).name}",
            f"models/{refitted}" if refitted else "",
            result.values,
        )

    def _validation(self, trial: str) -> npt.NDArray[np.float64]:
        return _predictions(predictions_path(self.problem.folder, trial))

    def _score(self, part: Any, predictions: npt.NDArray[np.float64]) -> dict[str, float]:
        return self.problem.task.score(self.problem.prepared, part, predictions)

    def _score_validation(self, predictions: npt.NDArray[np.float64]) -> float:
        return self._score("validation", predictions)[self.problem.task.metric]


def _predictions(path: Path) -> npt.NDArray[np.float64]:
    """Read predictions that may come from a stranger's run folder."""
    try:
        return read_array(path, "float64", None)
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error


def row_name(result: Result) -> str:
    """Return the name of a trial's row: architecture, cell, trial.

    Example:
        >>> row_name(Result("t003", "completed", {"network.architecture": "segment",
        ...                                       "network.cell": "lstm"}))
        'segment-lstm-t003'
    """
    values = result.values
    return f"{values['network.architecture']}-{values['network.cell']}-{result.trial}"


def describe(values: Mapping[str, Any]) -> str:
    """Return a configuration in a few words."""
    size = f"{values['network.layers']} x {values['network.units']} units"
    lookback = f", {values['lookback']} steps back" if "lookback" in values else ""
    rate = f", rate {float(values['training.learning_rate']):.2g}"
    return f"{size}{lookback}{rate}"
