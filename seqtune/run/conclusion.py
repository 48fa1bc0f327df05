"""After the search: choose by validation, train the chosen further, score them once on the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.files import damaged
from seqtune.interrupt import Interrupt
from seqtune.progress import Listener, Note, StageStarted
from seqtune.run.blendable import Arrays, kept_path, read_predictions
from seqtune.run.leaderboard import Row
from seqtune.run.members import Member
from seqtune.search.budget import Clock
from seqtune.search.ensemble import blend, select_members
from seqtune.search.executor._contract import POLL_SECONDS, Executor
from seqtune.search.problem import Problem
from seqtune.search.refit import (
    NO_TIME,
    RefitJob,
    Refitted,
    refit_seconds,
    refitted_path,
    test_predictions_path,
)
from seqtune.search.trial import Result, model_path, predictions_path
from seqtune.tasks._contract import Recalibrates

NETWORKS_LISTED = 8
"""So many single networks, the best by validation, stand on the leaderboard."""

ENSEMBLE_POOL = 30
"""So many trials, the best by validation, may become members of the ensemble."""

EQUALS = 5
"""So many networks of scores that chance may have put in their order begin the ensemble."""

ENSEMBLE = "ensemble"

MARGIN = 1.2
"""A refit is given so many times the seconds that it is likely to take."""

SCORING_SECONDS = 1.0
"""What it takes to load a network and to look at the test part, without refitting it."""

BLEND = "blend"
"""An ensemble with a simple method among its members."""


@dataclass
class Conclusion:
    """What comes of the trials of a search.

    Args:
        problem: Task, data and run folder.
        results: The trials.
        listener: Hears of the stages and of what was left out.
        blendable: Predictions by part of the simple methods that an ensemble may take in.
        steps_per_epoch: Batches of an epoch, from a configuration; the task's own if None.
    """

    problem: Problem
    results: Sequence[Result]
    listener: Listener
    blendable: Mapping[str, Arrays] = field(default_factory=dict)
    steps_per_epoch: Callable[[Mapping[str, Any]], int] | None = None
    weights: dict[str, float] = field(default_factory=dict)
    _refits: dict[str, Refitted] = field(default_factory=dict)
    _test: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    _calibrations: dict[str, dict[str, float]] = field(default_factory=dict)

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
        pool = self._alike(self.ranked()[:ENSEMBLE_POOL])
        if size < 2 or len(pool) < (1 if self.problem.task.blends_single else 2):
            return
        predictions = {result.trial: self._validation(result.trial) for result in pool}
        for trial, each in predictions.items():
            self._check_shape(predictions_path(self.problem.folder, trial), each, predictions)
        is_mixable = self._unit(pool[0].values) == self._unit(None)
        baseline = self._best_baseline(predictions) if is_mixable else {}
        predictions |= baseline
        weights = select_members(
            predictions,
            self._score_validation,
            size,
            self.problem.task.direction,
            self._as_good_as_best(pool, baseline)[:size],
        )
        is_one = len(weights) < 2 or not any(result.trial in weights for result in pool)
        self.weights = {} if is_one else weights

    def _unit(self, values: Mapping[str, Any] | None) -> str:
        """Return what the predictions of a configuration, or of simple methods, are of."""
        return self.problem.task.prediction_unit(self.problem.prepared, values)

    def _alike(self, pool: Sequence[Result]) -> list[Result]:
        """Return the trials whose predictions can be averaged with those of the best."""
        units = [self._unit(result.values) for result in pool]
        return [result for result, unit in zip(pool, units, strict=True) if unit == units[0]]

    def _as_good_as_best(self, pool: Sequence[Result], baseline: Arrays) -> list[str]:
        """Return what validation cannot tell from the best network, and what is better.

        Args:
            pool: Trials, the best first.
            baseline: Validation predictions of the best simple method, if there is one.

        Returns:
            At most `EQUALS` trials, and the method; nothing where scores are told apart.
        """
        scores = {result.trial: result.score for result in pool if result.score is not None}
        best = next(iter(scores.values()))
        margin = self.problem.task.margin(self.problem.prepared, best)
        if not margin:
            return []
        sign = 1 if self.problem.task.direction == "min" else -1
        equals = [trial for trial, score in scores.items() if sign * (score - best) <= margin]
        methods = [
            name
            for name, predictions in baseline.items()
            if sign * (self._score_validation(predictions) - best) <= margin
        ]
        return [*equals[:EQUALS], *methods]

    def _best_baseline(self, beside: Arrays) -> dict[str, npt.NDArray[np.float64]]:
        """Return the validation predictions of the best simple method that can be blended."""
        for name, arrays in self.blendable.items():
            if "validation" in arrays:
                path = kept_path(self.problem.folder, name, "validation")
                self._check_shape(path, arrays["validation"], beside)
        sign = 1 if self.problem.task.direction == "min" else -1
        scored = [
            (sign * self._score_validation(arrays["validation"]), name)
            for name, arrays in self.blendable.items()
            if arrays.keys() >= {"validation", "test"}
        ]
        if not scored:
            return {}
        _, best = min(scored)
        self._test[best] = self.blendable[best]["test"]
        return {best: self._validation(best)}

    @staticmethod
    def _check_shape(path: Path, array: npt.NDArray[np.float64], beside: Arrays) -> None:
        """Refuse predictions that cannot be averaged with the others, the first of which counts.

        Raises:
            RunError: They come from a run folder that is damaged, or a stranger's.
        """
        first = next(iter(beside.values()), array)
        if array.shape != first.shape:
            found, expected = list(array.shape), list(first.shape)
            raise damaged(path, f"found predictions of shape {found}, expected {expected}")

    @property
    def ensemble_name(self) -> str:
        """What the ensemble is called: a blend, where a simple method is in it."""
        return BLEND if any(name in self.blendable for name in self.weights) else ENSEMBLE

    def chosen(self) -> list[Result]:
        """Return the best trial and the members of the ensemble, the most important first."""
        ranked = self.ranked()
        members = [result for result in ranked[1:] if result.trial in self.weights]
        members.sort(key=lambda result: -self.weights[result.trial])
        return [*ranked[:1], *members]

    def weightiest(self) -> Result | None:
        """Return the trial whose network has the largest say: of the ensemble, or the best."""
        return max(self.chosen(), key=lambda one: self.weights.get(one.trial, 0.0), default=None)

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
        detail = f"{count} with the rows held back" if refit else ""
        self.listener(StageStarted("refit" if refit else "score", detail))
        waiting = [(result, refit) for result in chosen]
        running: dict[str, tuple[Result, bool]] = {}
        while waiting or running:
            while waiting and executor.idle():
                result, is_refit = waiting.pop(0)
                seconds = self._time_for(
                    result, len(waiting) + 1, executor.workers, clock.left() - reserve
                )
                steps = self._steps_per_epoch(result.values)
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
        if not self.problem.task.refits_anew:
            return share
        needed = MARGIN * refit_seconds(result, anew=True, folds=len(self.problem.folds))
        others = SCORING_SECONDS * waiting / workers
        return max(share, needed) if needed <= left - others else min(share, left)

    def _steps_per_epoch(self, values: Mapping[str, Any]) -> int:
        if self.steps_per_epoch is not None:
            return self.steps_per_epoch(values)
        return self.problem.task.steps_per_epoch(self.problem.prepared, values)

    def rows(self) -> list[Row]:
        """Return a row for the ensemble and for each of the best networks.

        Networks that were not chosen have no figure for the test part: nobody looked.
        """
        rows = [self._network_row(result) for result in self._listed()]
        return [*rows, self._ensemble_row()] if self.weights else rows

    def members(self) -> dict[str, list[Member]]:
        """Return the networks behind each row."""
        rows = {row_name(result): [self._member(result, 1.0)] for result in self.ranked()}
        if self.weights:
            rows[self.ensemble_name] = [
                self._member(result, self.weights[result.trial])
                for result in self.chosen()
                if result.trial in self.weights
            ] + [
                Member("", weight, "", "", {}, baseline=name)
                for name, weight in self.weights.items()
                if name in self.blendable
            ]
        return rows

    def calibrations(self) -> dict[str, dict[str, float]]:
        """Return what makes predictions honest, by trial, simple method, and ensemble.

        An ensemble is calibrated as the average of members that each are calibrated already.
        """
        names = dict.fromkeys([*(result.trial for result in self._listed()), *self.weights])
        found = {name: self._last_calibration(name) for name in names}
        if self.weights:
            found[self.ensemble_name] = self._last_of_ensemble(found)
        return {name: figures for name, figures in found.items() if figures}

    def _last_calibration(self, name: str) -> dict[str, float]:
        """Measure a trial or a simple method on the test part too, where the task wants that.

        It has been scored by then; what is measured here counts for new data alone.
        """
        task = self.problem.task
        if isinstance(task, Recalibrates) and name in self._test:
            return task.recalibration(self.problem.prepared, self._raw(name), self._test[name])
        return self._calibration(name)

    def _last_of_ensemble(self, members: Mapping[str, dict[str, float]]) -> dict[str, float]:
        """Measure the average of members that are calibrated for new data."""
        task, prepared = self.problem.task, self.problem.prepared
        if not isinstance(task, Recalibrates):
            return self._calibration(self.ensemble_name)
        validation, test = (
            blend(
                {
                    name: task.calibrated(prepared, raw(name), members[name])
                    for name in self.weights
                },
                self.weights,
            )
            for raw in (self._raw, self._test.__getitem__)
        )
        return task.recalibration(prepared, validation, test)

    def _calibration(self, name: str) -> dict[str, float]:
        """Measure a trial, a simple method or the ensemble on its validation predictions."""
        if name not in self._calibrations:
            raw = self._blended_validation() if name in (ENSEMBLE, BLEND) else self._raw(name)
            task, prepared = self.problem.task, self.problem.prepared
            self._calibrations[name] = task.calibration(prepared, raw)
        return self._calibrations[name]

    def test_predictions(self) -> npt.NDArray[np.float64] | None:
        """Return what the ensemble, or else the best network, predicted for the test part."""
        best = next(iter(self.ranked()), None)
        if self.weights:
            return self._blended_test()
        if best is not None and best.trial in self._test:
            return self._calibrated(best.trial, self._test[best.trial])
        return None

    def _listed(self) -> list[Result]:
        listed = {result.trial: result for result in self.ranked()[:NETWORKS_LISTED]}
        listed.update({result.trial: result for result in self.chosen()})
        return list(listed.values())

    def _take(self, outcome: Refitted) -> None:
        self._refits[outcome.trial] = outcome
        if outcome.reason:
            return
        path = test_predictions_path(self.problem.folder, outcome.trial)
        self._test[outcome.trial] = read_predictions(path)

    def _leave_out_unscored(self) -> None:
        """Blend without networks that could not be loaded again."""
        networks = [each for name, each in self._test.items() if name not in self.blendable]
        for name in self.weights:
            if name in self.blendable:
                path = kept_path(self.problem.folder, name, "test")
                beside = self.blendable[name]["validation"].shape[1:]
                rows = len(networks[0]) if networks else len(self._test[name])
                self._check_shape(path, self._test[name], {"": np.empty((rows, *beside))})
        scored = {trial: each for trial, each in self.weights.items() if trial in self._test}
        total = sum(scored.values())
        self.weights = (
            {trial: each / total for trial, each in scored.items()} if len(scored) > 1 else {}
        )
        if all(name in self.blendable for name in self.weights):
            self.weights = {}

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
        trial, test = result.trial, self._test.get(result.trial)
        seen = {} if test is None else self.problem.score("test", self._calibrated(trial, test))
        return Row(
            name=row_name(result),
            kind="network",
            validation=self.problem.score("validation", self._validation(trial)),
            test=seen,
            fit_seconds=result.seconds,
            parameters=result.parameters,
            detail=describe(self.problem, result.values),
        )

    def _ensemble_row(self) -> Row:
        members = [result for result in self.chosen() if result.trial in self.weights]
        name = self.ensemble_name
        validation = self._calibrated(name, self._blended_validation())
        parts = [f"{self.weights[result.trial]:.2g} {row_name(result)}" for result in members]
        parts += [
            f"{self.weights[each]:.2g} {each}" for each in self.weights if each in self.blendable
        ]
        return Row(
            name=name,
            kind="ensemble",
            validation=self.problem.score("validation", validation),
            test=self.problem.score("test", self._blended_test()),
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

    def _raw(self, name: str) -> npt.NDArray[np.float64]:
        """Return the validation predictions of a trial or a simple method as they were made."""
        if name in self.blendable:
            return self.blendable[name]["validation"]
        return read_predictions(predictions_path(self.problem.folder, name))

    def _validation(self, name: str) -> npt.NDArray[np.float64]:
        """Return the validation predictions of a trial or a simple method, calibrated.

        What is averaged must speak with one voice: a network that is too sure, or a method that is
        too shy, would count for more, or less, than it should.
        """
        return self._calibrated(name, self._raw(name))

    def _blended_validation(self) -> npt.NDArray[np.float64]:
        """Return the ensemble's predictions for the validation part, its members calibrated."""
        return blend({name: self._validation(name) for name in self.weights}, self.weights)

    def _blended_test(self) -> npt.NDArray[np.float64]:
        """Return the ensemble's predictions for the test part, as they are given out."""
        members = {name: self._calibrated(name, self._test[name]) for name in self.weights}
        return self._calibrated(self.ensemble_name, blend(members, self.weights))

    def _calibrated(
        self, name: str, predictions: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        task, prepared = self.problem.task, self.problem.prepared
        return task.calibrated(prepared, predictions, self._calibration(name))

    def _score_validation(self, predictions: npt.NDArray[np.float64]) -> float:
        return self.problem.objective(predictions)


def row_name(result: Result) -> str:
    """Return the name of a trial's row: architecture, cell, trial.

    Example:
        >>> row_name(Result("t003", "completed", {"network.architecture": "segment",
        ...                                       "network.cell": "lstm"}))
        'segment-lstm-t003'
    """
    values = result.values
    return f"{values['network.architecture']}-{values['network.cell']}-{result.trial}"


def describe(problem: Problem, values: Mapping[str, Any]) -> str:
    """Return a configuration in a few words."""
    size = f"{values['network.layers']} x {values['network.units']} units"
    own = problem.task.describe(problem.prepared, values)
    rate = f"rate {float(values['training.learning_rate']):.2g}"
    return ", ".join([size, own, rate])
