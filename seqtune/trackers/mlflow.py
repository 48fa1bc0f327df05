"""MLflow: a run with a nested one for each trial, and the winner as a model that it can load.

Where: `MLFLOW_TRACKING_URI`; without it, the SQLite file `mlflow.db` beside the run folder, and the
folder `mlartifacts`. Under which name: `MLFLOW_EXPERIMENT_NAME`, else `seqtune`.
"""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seqtune.progress import BaselineEnded, EpochEnded, Event, TrialEnded, TrialStarted
from seqtune.trackers._contract import Best, Outcome, Tracked, Usage

PACKAGES = ("mlflow", "sqlalchemy", "alembic")

FILES = True

EXPERIMENT = "seqtune"

MODEL = "model"
"""What the winner is called in the run."""

FLUSH_SECONDS = 2.0
"""So long figures are gathered before they are sent together."""

LONGEST = 500
"""Characters of a parameter at most, which every version of MLflow takes."""

MOST = 100
"""Parameters, or tags, in one request."""

STATUSES = {"complete": "FINISHED", "completed": "FINISHED", "failed": "FAILED"}
"""What MLflow calls the end of a run or a trial; any other is KILLED."""


def start(run: Tracked) -> MlflowRuns:
    """Open MLflow, and begin a run there."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    return MlflowRuns(run)


class MlflowRuns:
    """The run of a search, and those of its trials.

    Args:
        run: What is tracked.
    """

    def __init__(self, run: Tracked) -> None:
        from mlflow import MlflowClient

        uri = os.environ.get("MLFLOW_TRACKING_URI")
        self._client = MlflowClient(uri or f"sqlite:///{run.place / 'mlflow.db'}")
        self._run = run
        self._experiment = self._open_experiment(None if uri else run.place / "mlartifacts")
        self._own = self._create(run.name, dict(run.tags))
        self._trials: dict[str, str] = {}
        self._running: set[str] = set()
        self._figures: dict[str, list[Any]] = {}
        self._flushed = time.monotonic()
        self._best = Best(run.direction)
        self._samples = 0
        self._put_parameters(self._own, run.parameters)

    def hear(self, event: Event) -> None:
        """Log what an event says."""
        if isinstance(event, TrialStarted):
            self._of(event.trial, event.values)
        elif isinstance(event, EpochEnded) and event.score is not None:
            self._put(self._of(event.trial), self._run.metric, event.score, event.epoch)
        elif isinstance(event, TrialEnded):
            self._end_trial(event)
        elif isinstance(event, BaselineEnded) and event.score is not None:
            self._put(self._own, f"baseline/{event.name}", event.score)
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self._flush()

    def measure(self, usage: Usage) -> None:
        """Log what the search takes of the machine, where MLflow shows that of a run."""
        self._samples += 1
        figures = {"cpu_percent": usage.cpu, "memory_megabytes": usage.memory / 1e6}
        for name, figure in figures.items():
            self._put(self._own, f"system/{name}", figure, self._samples)
        self._flush()

    def end(self, outcome: Outcome) -> None:
        """Log what the run came to, with its files and the winner; whatever fails, the run ends."""
        try:
            self._log_outcome(outcome)
        finally:
            for name in self._running:
                self._client.set_terminated(self._trials[name], "KILLED")
            self._client.set_terminated(self._own, STATUSES.get(outcome.status, "KILLED"))

    def _log_outcome(self, outcome: Outcome) -> None:
        for name, figure in outcome.figures().items():
            self._put(self._own, name, figure)
        self._flush()
        if outcome.report:
            self._client.log_dict(self._own, dict(outcome.report), "report.json")
            self._client.set_tag(self._own, "seqtune.winner", str(outcome.report["winner"]))
        if outcome.files is not None:
            self._client.log_artifacts(self._own, str(outcome.files))
        if outcome.bundle is not None:
            self._log_model(outcome.bundle)

    def _open_experiment(self, artifacts: Path | None) -> str:
        """Return the number of the experiment; make it where there is none.

        Args:
            artifacts: Where its files go; None for where MLflow puts them.
        """
        if number := os.environ.get("MLFLOW_EXPERIMENT_ID"):
            return number
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        if (known := self._client.get_experiment_by_name(name)) is not None:
            return str(known.experiment_id)
        place = artifacts.as_uri() if artifacts is not None else None
        return str(self._client.create_experiment(name, artifact_location=place))

    def _create(self, name: str, tags: dict[str, str]) -> str:
        run = self._client.create_run(self._experiment, run_name=name, tags=tags)
        return str(run.info.run_id)

    def _of(self, trial: str, values: Mapping[str, Any] | None = None) -> str:
        """Return the run of a trial, which runs; one that goes on, or is tried again, has the same.

        Args:
            trial: Its name.
            values: Its configuration, where that is known.
        """
        if trial not in self._trials:
            tags = {"mlflow.parentRunId": self._own, "seqtune.trial": trial}
            self._trials[trial] = self._create(f"{self._run.name}/{trial}", tags)
            self._put_parameters(self._trials[trial], values or {})
        elif trial not in self._running:
            self._client.update_run(self._trials[trial], status="RUNNING")
        self._running.add(trial)
        return self._trials[trial]

    def _end_trial(self, event: TrialEnded) -> None:
        trial = self._of(event.trial)
        self._running.discard(event.trial)
        if event.score is not None:
            self._put(trial, f"trial/{self._run.metric}", event.score)
            self._put(self._own, f"best/{self._run.metric}", *self._best.take(event.score))
        self._put(trial, "trial/seconds", event.seconds)
        self._flush()
        self._client.set_tag(trial, "seqtune.status", event.status)
        if event.reason:
            self._client.set_tag(trial, "seqtune.reason", event.reason[:LONGEST])
        self._client.set_terminated(trial, STATUSES.get(event.status, "KILLED"))

    def _put_parameters(self, run: str, values: Any) -> None:
        from mlflow.entities import Param

        made = [Param(path, str(value)[:LONGEST]) for path, value in values.items()]
        for begin in range(0, len(made), MOST):
            self._client.log_batch(run, params=made[begin : begin + MOST])

    def _put(self, run: str, name: str, figure: float, step: int = 0) -> None:
        from mlflow.entities import Metric

        metric = Metric(name, figure, int(time.time() * 1000), step)
        self._figures.setdefault(run, []).append(metric)

    def _flush(self) -> None:
        figures, self._figures = self._figures, {}
        for run, metrics in figures.items():
            for begin in range(0, len(metrics), 1000):
                self._client.log_batch(run, metrics=metrics[begin : begin + 1000])
        self._flushed = time.monotonic()

    def _log_model(self, bundle: Path) -> None:
        """Log the winner as a model of MLflow, which loads the bundle by a script of ours."""
        from mlflow.entities import LoggedModelOutput
        from mlflow.exceptions import MlflowException
        from mlflow.models import Model
        from mlflow.pyfunc import save_model

        folder = bundle.parent / MODEL
        try:
            model = self._client.create_logged_model(self._experiment, MODEL, self._own)
        except MlflowException:  # a server of version 2 keeps models among the files of a run
            model = None
        save_model(
            str(folder),
            python_model=str(Path(__file__).with_name("_pyfunc.py")),
            artifacts={"bundle": str(bundle)},
            pip_requirements=[f"mlflow-skinny=={version('mlflow-skinny')}", *stated_in(bundle)],
            mlflow_model=Model(model_id=model.model_id) if model is not None else None,
        )
        if model is None:
            self._client.log_artifacts(self._own, str(folder), MODEL)
            return
        self._client.log_model_artifacts(model.model_id, str(folder))
        self._client.finalize_logged_model(model.model_id, "READY")
        self._client.log_outputs(self._own, [LoggedModelOutput(model.model_id, step=0)])


def stated_in(bundle: Path) -> list[str]:
    """Return the exact versions of what predicting with a bundle needs, as it states them."""
    with zipfile.ZipFile(bundle) as archive:
        lines = archive.read("requirements.txt").decode("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
