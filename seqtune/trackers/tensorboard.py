"""TensorBoard: event files in the run folder, a folder for each trial; TensorFlow is not needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqtune.progress import (
    BaselineEnded,
    EpochEnded,
    Event,
    Note,
    TrialEnded,
    TrialStarted,
)
from seqtune.trackers._contract import Best, Outcome, Tracked, Usage

PACKAGES = ("tensorboardX",)

FOLDER = "tensorboard"
"""The folder of the event files in the run folder."""


def start(run: Tracked) -> EventFiles:
    """Begin to write event files."""
    return EventFiles(run)


class EventFiles:
    """The event files of a run.

    Args:
        run: What is tracked.
    """

    def __init__(self, run: Tracked) -> None:
        self._run, self._folder = run, Path(run.folder) / FOLDER
        self._trials: dict[str, Any] = {}
        self._values: dict[str, dict[str, Any]] = {}
        self._best = Best(run.direction)
        self._samples = self._notes = self._files = 0
        self._own = self._writer(self._folder)
        self._own.add_text("parameters", _table(run.parameters), 0)
        self._own.add_text("tags", _table(run.tags), 0)

    def hear(self, event: Event) -> None:
        """Write what an event says."""
        metric = self._run.metric
        if isinstance(event, TrialStarted):
            self._values[event.trial] = dict(event.values)
        elif isinstance(event, EpochEnded) and event.score is not None:
            self._of(event.trial).add_scalar(metric, event.score, event.epoch)
        elif isinstance(event, TrialEnded):
            self._end_trial(event)
        elif isinstance(event, BaselineEnded) and event.score is not None:
            self._own.add_scalar(f"baseline/{event.name}", event.score, 0)
        elif isinstance(event, Note):
            self._notes += 1
            self._own.add_text("notes", _verbatim(event.text), self._notes)

    def measure(self, usage: Usage) -> None:
        """Write what the search takes of the machine."""
        self._samples += 1
        self._own.add_scalar("system/cpu_percent", usage.cpu, self._samples)
        self._own.add_scalar("system/memory_megabytes", usage.memory / 1e6, self._samples)

    def end(self, outcome: Outcome) -> None:
        """Write what the run came to, and close all files."""
        for name, figure in outcome.figures().items():
            self._own.add_scalar(f"result/{name}", figure, 0)
        rows = outcome.report.get("leaderboard", ())
        if rows:
            board = {
                row["name"]: f"{row['kind']}, {self._run.metric} "
                f"{row['validation'].get(self._run.metric)}, "
                f"test {row['test'].get(self._run.metric)}"
                for row in rows
            }
            self._own.add_text("leaderboard", _table(board), 0)
        self._own.add_text("status", outcome.status, 0)
        for writer in (*self._trials.values(), self._own):
            writer.close()

    def _of(self, trial: str) -> Any:
        """Return the writer of a trial; one that goes on writes a further file."""
        if trial not in self._trials:
            self._trials[trial] = self._writer(self._folder / trial)
        return self._trials[trial]

    def _writer(self, folder: Path) -> Any:
        """Return what writes a new file in a folder: its name has the second, which may not do."""
        from tensorboardX import SummaryWriter

        self._files += 1
        return SummaryWriter(str(folder), filename_suffix=f".{self._files}")

    def _end_trial(self, event: TrialEnded) -> None:
        from tensorboardX.summary import hparams

        writer, score = self._of(event.trial), event.score
        if score is not None:
            self._own.add_scalar(f"best/{self._run.metric}", *self._best.take(score))
            writer.add_scalar(f"trial/{self._run.metric}", score, 0)
            values = {
                path: value if isinstance(value, (bool, int, float, str)) else str(value)
                for path, value in self._values.get(event.trial, {}).items()
            }
            for summary in hparams(values, {f"trial/{self._run.metric}": score}):
                writer.file_writer.add_summary(summary)
        writer.add_scalar("trial/seconds", event.seconds, 0)
        writer.add_text("trial/status", _verbatim(f"{event.status} {event.reason}".strip()), 0)
        writer.close()
        del self._trials[event.trial]


def _verbatim(text: str) -> str:
    """Return text as TensorBoard shows it, which takes Markdown, and HTML in it, for what it is."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _table(values: Any) -> str:
    return _verbatim("\n".join(f"{name}: {value}" for name, value in values.items()))
