"""What a tracker is told, and what it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from seqtune.progress import Event


@dataclass(frozen=True)
class Tracked:
    """A run whose search begins.

    Args:
        name: Name of the run folder.
        folder: The run folder, absolute.
        metric: What trials are scored by.
        direction: Which way is better: "min" or "max".
        parameters: Every key of the recipe by its dotted path, as it stands there: a value, a list
            of choices, or a range.
        tags: Versions, data, devices: what is known of the run beside its recipe.
    """

    name: str
    folder: str
    metric: str
    direction: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        """The folder that the run folder stands in."""
        return Path(self.folder).parent


@dataclass
class Best:
    """The best score of the trials so far.

    Args:
        direction: Which way is better: "min" or "max".

    Example:
        >>> best = Best("min")
        >>> best.take(0.9), best.take(0.7), best.take(0.8)
        ((0.9, 1), (0.7, 2), (0.7, 3))
    """

    direction: str
    score: float | None = None
    trials: int = 0

    def take(self, score: float) -> tuple[float, int]:
        """Take the score of a trial; return the best, and of how many."""
        choose = min if self.direction == "min" else max
        self.score = score if self.score is None else choose(self.score, score)
        self.trials += 1
        return self.score, self.trials


@dataclass(frozen=True)
class Usage:
    """What the search takes of the machine: its process, and all that it has started.

    Args:
        cpu: Percent of one core, of all processes together.
        memory: Bytes of resident memory, of all processes together.
    """

    cpu: float
    memory: int


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Args:
        status: "complete", "interrupted", or "died" where nobody can tell.
        report: What `seqtune report --json` prints; empty where there is none.
        files: A folder with the report, the recipe and the leaderboard; None where there is none.
        bundle: The winner as a bundle; None where there is none.
    """

    status: str
    report: Mapping[str, Any] = field(default_factory=dict)
    files: Path | None = None
    bundle: Path | None = None

    def figures(self) -> dict[str, float]:
        """Return every figure of the winner, such as `test/mase`, and what the run took.

        Example:
            >>> Outcome("complete", report).figures()
            {'validation/mase': 0.8, 'test/mase': 0.9, 'skill': 0.3, 'seconds/total': 61.0}
        """
        found: dict[str, Any] = {}
        for row in self.report.get("leaderboard", ()):
            if row["name"] == self.report.get("winner"):
                for part in ("validation", "test"):
                    found |= {f"{part}/{name}": value for name, value in row[part].items()}
        found |= {name: self.report.get(name) for name in ("skill", "gain")}
        seconds = self.report.get("seconds", {})
        found |= {f"seconds/{name}": value for name, value in seconds.items()}
        return {name: float(value) for name, value in found.items() if value is not None}


class Tracker(Protocol):
    """What passes a search on to a library; every method is called in the tracker's own process."""

    def hear(self, event: Event) -> None:
        """Take an event of the search; a score that is not a number is None."""

    def measure(self, usage: Usage) -> None:
        """Take what the search takes of the machine at the moment."""

    def end(self, outcome: Outcome) -> None:
        """Take what the run came to, and write everything that is not yet written."""
