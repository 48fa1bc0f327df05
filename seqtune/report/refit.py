"""The report of `refit`: both runs on the part that was held out, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.wording import CommandLines, bullets, command, duration
from seqtune.report.comparison import ComparisonReport
from seqtune.run.summary import Summary


@dataclass(frozen=True)
class RefitReport:
    """What a refit came to.

    Args:
        comparison: Both runs.
        summary: What the new run came to.
    """

    comparison: ComparisonReport
    summary: Summary

    def __rich__(self) -> RenderableType:
        """Draw the comparison, how long it took, and the next commands."""
        parts: list[RenderableType] = [self.comparison, Text()]
        parts += bullets(self._remarks(), style="dim")
        parts += [Text(), Text("Next:"), *map(CommandLines, self.next_commands)]
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `refit`."""
        return {
            **self.comparison.to_dict(),
            "fit": self.summary.to_dict(),
            "next": list(self.next_commands),
        }

    @property
    def next_commands(self) -> Sequence[str]:
        """What to type next."""
        comparison, run = self.comparison, self.summary.run
        if comparison.is_kept:
            return [command("seqtune", "report", comparison.comparison.earlier.run)]
        if self.summary.status != "complete":
            return [command("seqtune", "resume", run)]
        return [
            command("seqtune", "report", run),
            command("seqtune", "export", run, "-o", "bundle.zip"),
        ]

    def _remarks(self) -> list[str]:
        seconds = self.summary.seconds
        remarks = [
            f"{duration(seconds.get('total'))} (budget {duration(self.summary.budget_seconds)}, "
            f"training {duration(seconds.get('training'))})"
        ]
        if self.summary.status != "complete":
            remarks.append(f"the new run is not complete: it was {self.summary.status}")
        return [*remarks, *self.summary.notes]
