"""What has drifted in the data since a run was fitted, as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.data.drift.table import LEVEL, DriftTable, Finding
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import figure, literal, percent, several

MOST_SHOWN = 12

PSI = ("shape", "mix")
PROMISES = ("coverage", "confidence")
SHARES = ("missing", "unknown", *PROMISES)

MEASURES = {
    "level": "level",
    "scale": "scale",
    "shape": "shape (PSI)",
    "mix": "mix (PSI)",
    "missing": "missing",
    "unknown": "unknown",
    "season": "season",
    "coverage": "inside",
    "confidence": "right",
}
"""What each measure is called."""


@dataclass(frozen=True)
class DriftReport:
    """A table of drift that can be drawn: what is flagged, and how much was looked at.

    Args:
        drift: The table.
    """

    kind: ClassVar[str] = "drift"
    drift: DriftTable

    def __rich__(self) -> RenderableType:
        """Draw what has drifted, the surest first."""
        flagged = self.drift.flagged
        seen = Text("\n".join([*self._promises(), self._looked_at()]), style="dim")
        if not flagged:
            return Group(Text("Nothing has drifted since the run was fitted.", style="bold"), seen)
        head = f"Drift since the run was fitted: {several(len(flagged), 'figure')}"
        columns = [
            Column("of", foldable=True),
            Column("measure"),
            Column("usual", numeric=True),
            Column("now", numeric=True),
            Column("change", foldable=True),
            Column("chance", numeric=True),
        ]
        rows = [cells(each) for each in flagged[:MOST_SHOWN]]
        more = len(flagged) - MOST_SHOWN
        below = [Text(f"and {several(more, 'figure')} more: --json lists all")] if more > 0 else []
        return Group(Text(head, style="bold"), Text(), table(columns, rows), *below, Text(), seen)

    def to_dict(self) -> dict[str, Any]:
        """Return the table, every figure of it, flagged or not."""
        flagged = [f"{each.name}: {each.measure}" for each in self.drift.flagged]
        return {"drift": {**self.drift.to_dict(), "flagged": flagged}}

    def _looked_at(self) -> str:
        figures = len(self.drift.findings)
        traits = len({each.name for each in self.drift.findings})
        return (
            f"Compared: {several(figures, 'figure')} of {several(traits, 'trait')}, "
            f"{several(self.drift.rows, 'new value')}. Where nothing drifts, one table in "
            f"{round(1 / LEVEL)} has a flag."
        )

    def _promises(self) -> list[str]:
        """Say how labelled rows keep what was promised, flagged or not."""
        return [
            f"{literal(each.name)}: {percent(each.now)} {MEASURES[each.measure]}, promised "
            f"{percent(each.usual)} (standard error {figure(100 * each.error)} points)"
            for each in self.drift.findings
            if each.measure in PROMISES
        ]


def cells(finding: Finding) -> list[str]:
    """Return a finding as a row of a table: trait, measure, usual, now, change, chance."""
    is_share = finding.measure in SHARES
    usual, now = (
        percent(each) if is_share else figure(each) for each in (finding.usual, finding.now)
    )
    if finding.measure in PSI:
        usual = "-"
    return [
        finding.name,
        MEASURES[finding.measure],
        usual,
        now,
        change(finding),
        figure(finding.chance) if finding.chance >= 1e-4 else "< 0.0001",
    ]


def change(finding: Finding) -> str:
    """Return in a few words how far a figure has moved.

    Example:
        >>> change(Finding("load", "level", 20.0, 26.0, 1.5, 0.0001))
        '1.50 deviations higher'
    """
    size = finding.size
    if finding.measure == "level":
        return f"{figure(abs(size))} deviations {'higher' if size > 0 else 'lower'}"
    if finding.measure == "scale":
        return f"{figure(math.exp(min(size, 700.0)))} times as wide"
    if finding.measure in PSI:
        return "another distribution"
    if finding.measure == "season":
        return "stronger" if size > 0 else "weaker"
    points = f"{figure(100 * abs(size))} points {'more' if size > 0 else 'less'}"
    if finding.measure in PROMISES:
        return f"{points} than promised"
    return points
