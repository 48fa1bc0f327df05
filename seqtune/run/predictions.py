"""What networks and simple methods predicted for both parts, as the leaderboard hears it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seqtune.run.baseline_predictions import Arrays, read_predictions
from seqtune.run.together import Together
from seqtune.search.ensemble import blend
from seqtune.search.problem import Problem
from seqtune.search.trial_files import predictions_path
from seqtune.tasks._abilities import PredictsTogether, Recalibrates
from seqtune.tasks._values import Calibration, Told

Floats = npt.NDArray[np.float64]
Weights = Mapping[str, float]


@dataclass
class Predictions:
    """Predictions by the name of a trial or a simple method, and what makes them honest.

    What is averaged must speak with one voice: a network that is too sure, or a method that is too
    shy, would count for more, or less, than it should. So each is calibrated, and their average
    once more.

    Args:
        problem: Task, data and run folder.
        baseline_predictions: Of the simple methods that an ensemble may take in, by part.
        together: What networks say together, where the task has them predict so.
        test: Predictions for the test part, by name, as they were made.
    """

    problem: Problem
    baseline_predictions: Mapping[str, Arrays]
    together: Together
    test: dict[str, Floats] = field(default_factory=dict)
    _calibrations: dict[str, Calibration | None] = field(default_factory=dict)
    _of_ensembles: dict[tuple[tuple[str, float], ...], Calibration | None] = field(
        default_factory=dict
    )

    def raw(self, name: str) -> Floats:
        """Return the validation predictions of a trial or a simple method as they were made."""
        if name in self.baseline_predictions:
            return self.baseline_predictions[name]["validation"]
        return read_predictions(predictions_path(self.problem.folder, name))

    def validation(self, name: str) -> Floats:
        """Return the validation predictions of a trial or a simple method, calibrated."""
        return calibrated(self.raw(name), self.calibration(name))

    def tested(self, name: str) -> Floats:
        """Return the test predictions of a trial or a simple method, calibrated."""
        return calibrated(self.test[name], self.calibration(name))

    def calibration(self, name: str) -> Calibration | None:
        """Measure a trial or a simple method on its validation predictions, once."""
        if name not in self._calibrations:
            self._calibrations[name] = self._measured(self.raw(name))
        return self._calibrations[name]

    def last_calibration(self, name: str) -> Calibration | None:
        """Measure a trial or a simple method on the test part too, where the task wants that.

        It has been scored by then; what is measured here counts for new data alone.
        """
        task = self.problem.task
        if isinstance(task, Recalibrates) and name in self.test:
            return task.recalibration(self.problem.prepared, self.raw(name), self.test[name])
        return self.calibration(name)

    def blended_validation(self, weights: Weights) -> Floats:
        """Return an ensemble's predictions for the validation part, as they are given out."""
        return calibrated(self._blended_raw(weights), self._of_ensemble(weights))

    def blended_test(self, weights: Weights) -> Floats:
        """Return an ensemble's predictions for the test part, as they are given out."""
        if isinstance(self.problem.task, PredictsTogether):
            return calibrated(self.together.say(weights, "test"), self._of_ensemble(weights))
        members = {name: self.tested(name) for name in weights}
        return calibrated(blend(members, dict(weights)), self._of_ensemble(weights))

    def detail_of_ensemble(self, weights: Weights) -> str:
        """Return what an ensemble goes by beside its members, in few words; "" for nothing."""
        calibration = self._of_ensemble(weights)
        return calibration.detail if isinstance(calibration, Told) else ""

    def last_of_ensemble(
        self, weights: Weights, members: Mapping[str, Calibration | None]
    ) -> Calibration | None:
        """Measure the average of members for new data.

        Args:
            weights: The members, and how much each counts.
            members: What makes each of them honest for new data.
        """
        task, prepared = self.problem.task, self.problem.prepared
        if not isinstance(task, Recalibrates):
            return self._of_ensemble(weights)
        validation, test = (
            blend(
                {name: calibrated(made(name), members[name]) for name in weights},
                dict(weights),
            )
            for made in (self.raw, self.test.__getitem__)
        )
        return task.recalibration(prepared, validation, test)

    def _of_ensemble(self, weights: Weights) -> Calibration | None:
        """Measure an ensemble on its validation predictions, once."""
        key = tuple(weights.items())
        if key not in self._of_ensembles:
            self._of_ensembles[key] = self._measured(self._blended_raw(weights))
        return self._of_ensembles[key]

    def _blended_raw(self, weights: Weights) -> Floats:
        """Return the average for the validation part, its members calibrated, itself not yet."""
        if isinstance(self.problem.task, PredictsTogether):
            return self.together.say(weights, "validation")
        return blend({name: self.validation(name) for name in weights}, dict(weights))

    def _measured(self, predictions: Floats) -> Calibration | None:
        prepared = self.problem.prepared
        return self.problem.task.calibrate(prepared, prepared.encoded("validation"), predictions)


def calibrated(predictions: Floats, calibration: Calibration | None) -> Floats:
    """Return predictions as they are given out."""
    return predictions if calibration is None else calibration.apply(predictions)
