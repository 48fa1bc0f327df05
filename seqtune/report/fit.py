"""What a search came to: leaderboard, chart, a plain verdict, and what to type next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.part import ReportPart
from seqtune.drawing.wording import (
    CommandLines,
    bullets,
    command,
    count,
    duration,
    figure,
    literal,
    several,
)
from seqtune.report.leaderboard import LeaderboardReport
from seqtune.run.summary import Summary
from seqtune.run.verdict import verdict
from seqtune.tasks._info import info_of

ENDED = {
    "interrupted": "was interrupted, it is not complete",
    "died": "died, it is not complete",
}
"""How a run ended that can be gone on with."""


@dataclass(frozen=True)
class FitReport:
    """The report of `fit`, `resume` and `report`.

    Args:
        summary: The run's figures.
        illustration: What shows the winner at work on the test part, where the task has such.
        next_commands: Commands to type next, the likeliest first.
        explanation: What the network looks at, where that was measured.
        verb: The command that takes another row by --use, empty for none; that of the task if None.
        comparison: The run beside the one that it was refitted from, where it was.
    """

    summary: Summary
    illustration: ReportPart | None = None
    next_commands: Sequence[str] = ()
    explanation: ReportPart | None = None
    verb: str | None = None
    comparison: ReportPart | None = None

    def __rich__(self) -> RenderableType:
        """Draw everything, one part below the other."""
        parts: list[RenderableType] = [LeaderboardReport(self.summary.leaderboard), Text()]
        if self.illustration:
            parts += [self.illustration, Text()]
        if self.explanation:
            parts += [self.explanation, Text()]
        if self.comparison:
            parts += [self.comparison, Text()]
        parts += [Text(sentence) for sentence in self.verdict]
        parts += bullets(self._remarks(), style="dim")
        parts += self._commands()
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `fit` and `report`, with the verdict and the commands."""
        explained = {"explanation": self.explanation.to_dict()} if self.explanation else {}
        compared = {"refit": self.comparison.to_dict()} if self.comparison else {}
        return {
            **self.summary.to_dict(),
            "verdict": " ".join(self.verdict),
            "next": [*self._resume(), *self.next_commands],
            **explained,
            **compared,
        }

    @property
    def verdict(self) -> tuple[str, ...]:
        """Whether the network beat the simple methods, a sentence or two each."""
        summary = self.summary
        info = info_of(summary.task)
        data = "NEW.csv" if info.needs_data else ""
        verb = info.verb if self.verb is None else self.verb
        return verdict(summary.leaderboard, summary.run, summary.left_out, data, verb)

    def _remarks(self) -> list[str]:
        seconds = self.summary.seconds
        remarks = [
            f"{self._trials()} in {duration(seconds.get('total'))} "
            f"(budget {duration(self.summary.budget_seconds)}, "
            f"training {duration(seconds.get('training'))})"
        ]
        if busy := self._training_shares():
            remarks.append(busy)
        remarks += self._metric_remarks()
        if self.summary.failures:
            remarks.append(f"failed trials: {self._commonest_reason()}")
        remarks += [f"not run: {name}: {why}" for name, why in self.summary.left_out.items()]
        return remarks + list(self.summary.notes)

    def _metric_remarks(self) -> list[str]:
        """Say what the task has to say of the best network's test figures."""
        row = self.summary.leaderboard.best_searched
        told = [metric for metric in info_of(self.summary.task).metrics if metric.remark]
        return [
            metric.remark.format(name=literal(row.name), figure=figure(row.test[metric.name]))
            for metric in told
            if row and math.isfinite(row.test.get(metric.name, math.nan))
        ]

    def _training_shares(self) -> str:
        """Say which part of the search's time each worker spent in training steps."""
        search = self.summary.seconds.get("search", 0.0)
        if not search or not self.summary.workers:
            return ""
        shares = [f"{worker.get('training', 0.0) / search:.0%}" for worker in self.summary.workers]
        workers = several(len(shares), "worker")
        return f"{workers}, in training steps {', '.join(shares)} of the search's time"

    def _trials(self) -> str:
        trials = self.summary.trials
        total = sum(trials.values())
        parts = [f"{count(number)} {status}" for status, number in trials.items() if number]
        return several(total, "trial") + (f" ({', '.join(parts)})" if parts else "")

    def _commonest_reason(self) -> str:
        failures = self.summary.failures
        reason = max(failures, key=lambda reason: failures[reason])
        others = len(failures) - 1
        often = "once" if failures[reason] == 1 else f"{count(failures[reason])} times"
        behind = f"; {several(others, 'other reason')} in the run's log" if others else ""
        return f"{reason} ({often}){behind}"

    def _resume(self) -> list[str]:
        if self.summary.status in ("complete", "running"):
            return []
        return [command("seqtune", "resume", self.summary.run)]

    def _commands(self) -> list[RenderableType]:
        lines: list[RenderableType] = []
        if self.summary.status == "running":
            lines += [
                Text(),
                Text("The search is still running. This is what it has found so far."),
            ]
        if resume := self._resume():
            said = (
                f"The run {ENDED.get(self.summary.status, 'is not complete')}. What was finished "
            )
            said += "is kept; go on with:"
            lines += [Text(), Text(said), CommandLines(resume[0])]
        if self.next_commands:
            lines += [Text(), Text("Next:"), *(CommandLines(line) for line in self.next_commands)]
        return lines
