"""What is in a file: its columns, and what could be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.data.reading.profile import Profile
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import CommandLines, bullets, count, literal, several
from seqtune.progress import Assumption
from seqtune.report.assumptions import AssumptionTable


@dataclass(frozen=True)
class ProfileReport:
    """The report of `inspect`.

    Args:
        profile: The columns and their types.
        suggestions: What `fit` would take for time, target, frequency, seasonality, ...
        tasks: Task that the data suits to the command that runs it, the best first.
        unsuited: Task that it does not suit to the reason.
    """

    profile: Profile
    suggestions: Sequence[Assumption] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)
    unsuited: Mapping[str, str] = field(default_factory=dict)

    def __rich__(self) -> RenderableType:
        """Draw the columns, the suggested roles and the commands to type."""
        profile = self.profile
        there = f"{several(profile.rows, 'row')}, {several(len(profile.columns), 'column')}"
        parts: list[RenderableType] = [
            Text(f"{literal(profile.path)}: {there}", style="bold"),
            Text(),
            self._columns(),
            *bullets(profile.notes),
        ]
        if self.suggestions:
            parts += [Text(), Text("Suggested", style="bold"), AssumptionTable(self.suggestions)]
        parts += bullets([f"not ready for {task}: {why}" for task, why in self.unsuited.items()])
        for task, line in self.tasks.items():
            parts += [Text(), Text(f"{literal(task)}:"), CommandLines(line)]
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `inspect`."""
        return {
            **self.profile.to_dict(),
            "suggestions": [asdict(each) for each in self.suggestions],
            "tasks": dict(self.tasks),
            "unsuited": dict(self.unsuited),
        }

    def _columns(self) -> RenderableType:
        headings = [
            Column("column", foldable=True),
            Column("type"),
            Column("missing", numeric=True),
            Column("distinct", numeric=True),
            Column("smallest", foldable=True),
            Column("largest", foldable=True),
            Column("example", foldable=True),
        ]
        rows = [
            (
                column.name,
                column.kind,
                count(column.missing),
                count(column.distinct),
                *(
                    _short(text, column.kind)
                    for text in (column.minimum, column.maximum, column.example)
                ),
            )
            for column in self.profile.columns
        ]
        return table(headings, rows)


def _short(text: str, kind: str) -> str:
    """Cut a number to six significant digits; what is no number stays as it is."""
    try:
        return f"{float(text):.6g}" if kind == "number" else text
    except ValueError:
        return text
