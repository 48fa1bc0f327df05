"""Weights & Biases: a group of runs, one for the search and one for each trial.

Without `WANDB_MODE`, the runs are kept in the folder `wandb` beside the run folder, and go nowhere:
`wandb sync` sends them. Under which name: `WANDB_PROJECT`, else `seqtune`; whose: `WANDB_ENTITY`.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqtune.progress import BaselineEnded, EpochEnded, Event, TrialEnded, TrialStarted
from seqtune.trackers._contract import Best, Outcome, Tracked, Usage

PACKAGES = ("wandb",)

FILES = True

PROJECT = "seqtune"

SERVER = "https://api.wandb.ai"


def start(run: Tracked) -> WandbRuns:
    """Begin a run of Weights & Biases."""
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    _set_up()
    return WandbRuns(run)


def _set_up() -> None:
    """Have the library read its settings where there is no file `wandb/settings`.

    One in the working folder may come with the data: it could name whose account a run goes to, or
    a proxy.
    """
    import wandb

    here = Path.cwd()
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)
        try:
            wandb.setup()
        finally:
            os.chdir(here)


class WandbRuns:
    """The run of a search, and those of its trials.

    Args:
        run: What is tracked.
    """

    def __init__(self, run: Tracked) -> None:
        self._run = run
        self._trials: dict[str, Any] = {}
        self._stretches: Counter[str] = Counter()
        self._best = Best(run.direction)
        self._own = self._init(run.name, "search", {**run.parameters, **run.tags})

    def hear(self, event: Event) -> None:
        """Log what an event says."""
        if isinstance(event, TrialStarted):
            self._of(event.trial, event.values)
        elif isinstance(event, EpochEnded) and event.score is not None:
            self._of(event.trial).log({self._run.metric: event.score, "epoch": event.epoch})
        elif isinstance(event, TrialEnded):
            self._end_trial(event)
        elif isinstance(event, BaselineEnded) and event.score is not None:
            self._own.summary[f"baseline/{event.name}"] = event.score

    def measure(self, usage: Usage) -> None:
        """Log what the search takes of the machine."""
        figures = {"cpu_percent": usage.cpu, "memory_megabytes": usage.memory / 1e6}
        self._own.log({f"process/{name}": figure for name, figure in figures.items()})

    def end(self, outcome: Outcome) -> None:
        """Log what the run came to, with its files and the winner, and send what is left."""
        self._own.summary.update({**outcome.figures(), "status": outcome.status})
        if outcome.report:
            self._own.summary["winner"] = outcome.report["winner"]
        if outcome.files is not None:
            self._log_files("report", "report", outcome.files)
        if outcome.bundle is not None:
            self._log_files("bundle", "model", outcome.bundle)
        for trial in self._trials.values():  # those that were running
            trial.finish(exit_code=1)
        self._own.finish(exit_code=0 if outcome.status == "complete" else 1)

        import wandb

        wandb.teardown()

    def _init(self, name: str, kind: str, config: dict[str, Any]) -> Any:
        import wandb

        settings = wandb.Settings(
            mode=os.environ.get("WANDB_MODE", "offline"),
            base_url=os.environ.get("WANDB_BASE_URL", SERVER),
            silent=True,
            console="off",
            disable_git=True,
            disable_code=True,
            x_disable_stats=kind == "trial",
        )
        return wandb.init(
            project=os.environ.get("WANDB_PROJECT") or PROJECT,
            dir=os.environ.get("WANDB_DIR") or str(self._run.place),
            group=self._run.name,
            job_type=kind,
            name=name,
            config=config,
            settings=settings,
            reinit="create_new",
        )

    def _of(self, trial: str, values: Mapping[str, Any] | None = None) -> Any:
        """Return the run of a trial that is running; one that goes on has a further one.

        Args:
            trial: Its name.
            values: Its configuration, where that is known.
        """
        if trial not in self._trials:
            self._stretches[trial] += 1
            count = self._stretches[trial]
            name = f"{self._run.name}/{trial}" + (f"-{count}" if count > 1 else "")
            self._trials[trial] = self._init(name, "trial", dict(values or {}))
        return self._trials[trial]

    def _end_trial(self, event: TrialEnded) -> None:
        trial = self._of(event.trial)
        del self._trials[event.trial]
        if event.score is not None:
            best, ended = self._best.take(event.score)
            self._own.log({f"best/{self._run.metric}": best, "trials": ended})
            trial.summary[f"trial/{self._run.metric}"] = event.score
        trial.summary.update(
            {"status": event.status, "reason": event.reason, "trial/seconds": event.seconds}
        )
        trial.finish(exit_code=1 if event.status == "failed" else 0)

    def _log_files(self, name: str, kind: str, path: Any) -> None:
        import wandb

        artifact = wandb.Artifact(f"{self._run.name}-{name}", type=kind)
        if path.is_dir():
            artifact.add_dir(str(path))
        else:
            artifact.add_file(str(path))
        self._own.log_artifact(artifact)
