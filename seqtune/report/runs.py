"""The runs in a folder, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import bullets, figure, literal, metric_name, percent
from seqtune.files import finite
from seqtune.run.summary import Summary


@dataclass(frozen=True)
class RunLine:
    """One run of a folder.

    Args:
        name: The run folder.
        task: Its task; empty where the folder cannot be read.
        status: "complete", "interrupted", "running", "died" or "damaged".
        metric: The metric that selects.
        winner: The winning row's name; None where nothing was scored.
        skill: Share of the best baseline's test error removed (min metrics), or None.
        gain: Improvement in the metric's own unit (max metrics), or None.
        when: When it was started, as ISO text; the date is shown.
        reason: Why it cannot be read, where that is so.
        data: Name of the file that it was fitted on.
        direction: "min" where a lower score is better, "max" where a higher one is.
        score: The winner's test figure; None without one.
        baseline: The best simple method's name, and `baseline_score` its test figure.
        trials: How many trials ended.
        seconds: Wall time.
    """

    name: str
    task: str = ""
    status: str = ""
    metric: str = ""
    winner: str | None = None
    skill: float | None = None
    gain: float | None = None
    when: str = ""
    reason: str = ""
    data: str = ""
    direction: str = "min"
    score: float | None = None
    baseline: str | None = None
    baseline_score: float | None = None
    trials: int | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, summary: Summary, when: str, data: str = "") -> RunLine:
        """Return the line of a run that can be read."""
        board = summary.leaderboard
        winner, baseline = board.winner, board.best_baseline
        return cls(
            name=summary.run,
            task=summary.task,
            status=summary.status,
            metric=board.metric,
            winner=winner.name if winner else None,
            skill=board.skill,
            gain=board.gain,
            when=when,
            data=data,
            direction=board.direction,
            score=finite(board.test_score(winner)) if winner else None,
            baseline=baseline.name if baseline else None,
            baseline_score=finite(board.test_score(baseline)) if baseline else None,
            trials=sum(summary.trials.values()),
            seconds=summary.seconds.get("total"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON has it."""
        return {
            "run": self.name,
            "task": self.task,
            "status": self.status,
            "metric": self.metric,
            "winner": self.winner,
            "skill": self.skill,
            "gain": self.gain,
            "when": self.when,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class RunsReport:
    """The report of `runs`.

    Args:
        folder: Where was looked.
        runs: In the order to show.
    """

    folder: str
    runs: Sequence[RunLine]

    def __rich__(self) -> RenderableType:
        """Draw a table, or say that there is nothing."""
        if not self.runs:
            return Text(f"No runs in {literal(self.folder)}.")
        columns = [
            Column("run", foldable=True),
            Column("task"),
            Column("status"),
            Column("metric"),
            Column("winner", foldable=True),
            Column("skill\nor gain", numeric=True),
            Column("when"),
        ]
        damaged = [f"{run.name}: {run.reason}" for run in self.runs if run.reason]
        head = Text(f"Runs in {literal(self.folder)}", style="bold")
        drawn = table(columns, [self._cells(run) for run in self.runs])
        return Group(head, Text(), drawn, *bullets(damaged))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `runs`."""
        return {"folder": self.folder, "runs": [run.to_dict() for run in self.runs]}

    def _cells(self, run: RunLine) -> list[str]:
        ahead = figure(run.gain) if run.skill is None else percent(run.skill)
        metric = metric_name(run.metric)
        name = run.name.removeprefix(f"{self.folder.rstrip('/')}/")
        return [name, run.task, run.status, metric, run.winner or "-", ahead, run.when[:10]]
