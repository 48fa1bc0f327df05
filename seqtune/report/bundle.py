"""What is in a bundle: its row beside the leaderboard that it comes from, and how it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.facts import facts
from seqtune.drawing.wording import CommandLines, literal
from seqtune.report.leaderboard import LeaderboardReport
from seqtune.run.leaderboard import Leaderboard


@dataclass(frozen=True)
class BundleReport:
    """The report of a bundle.

    Args:
        bundle: The file.
        task: What was learnt.
        row: The row of the leaderboard that it holds.
        leaderboard: Everything that was scored beside it.
        data: Name of the file that it was fitted on.
        exported: When.
        next_commands: Commands to type next, the likeliest first.
    """

    bundle: str
    task: str
    row: str
    leaderboard: Leaderboard
    data: str = ""
    exported: str = ""
    next_commands: Sequence[str] = ()

    def __rich__(self) -> RenderableType:
        """Draw the leaderboard, what of it is here, and what to type next."""
        about = {"holds": self.row, "data": self.data, "exported": self.exported}
        lines: list[RenderableType] = [
            Text(f"Bundle: {literal(self.bundle)}", style="bold"),
            facts(about),
            Text(),
            LeaderboardReport(self.leaderboard),
        ]
        if self.next_commands:
            lines += [Text(), Text("Next:"), *map(CommandLines, self.next_commands)]
        return Group(*lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `report` of a bundle."""
        return {
            "bundle": self.bundle,
            "task": self.task,
            "row": self.row,
            "data": self.data,
            "exported": self.exported,
            **self.leaderboard.to_dict(),
            "next": list(self.next_commands),
        }
