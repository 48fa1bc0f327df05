"""A part of a report: a value that draws itself and turns into JSON."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol


class ReportPart(Protocol):
    """What a task shows of its own, beside the leaderboard or the scores.

    Attributes:
        kind: What it is; the task that made it reads it again by this word.
    """

    kind: ClassVar[str]

    def __rich__(self) -> Any:
        """Return what rich draws."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
