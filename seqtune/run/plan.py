"""What a fit would do, as plain values: roles, data, splits, space and an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from seqtune.progress import Assumption


@dataclass(frozen=True)
class Split:
    """One part of the data.

    Args:
        name: "train", "validation" or "test".
        steps: Time steps (rows, cases, characters) in it, over all series.
        windows: Training or scoring examples that start in it.
        first: Its first time, as text.
        last: Its last time, as text.
    """

    name: str
    steps: int
    windows: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Plan:
    """What `fit` would do with some data; nothing was trained to know it.

    Args:
        data: The file.
        task: What is learnt: the name of a task.
        recipe: Name or path of the recipe.
        rows: Rows read.
        series: How many series they hold; 0 where the task knows none.
        roles: Role ("time", "target", "past", ...) to the columns that play it.
        facts: What else the data turned out to be, in words.
        unit: What an example is called: "window", "case".
        assumptions: What was decided for the user.
        frequency: Spacing of the time axis; empty where there is none.
        periods: Seasonal periods in steps, shortest first.
        horizon: Steps to predict; None where the task has no horizon.
        lookback: Steps that a network sees; None where it is searched or has no meaning.
        gaps: What was mended, and how often ("missing steps": 12).
        splits: The parts of the data, in order of time.
        dimensions: Recipe keys that the search varies.
        combinations: Configurations in the space; None where a range is continuous.
        portfolio: Configurations that are tried first.
        trials: Trials expected within the budget, roughly; None where there is no telling.
        trial_seconds: What a trial may take, roughly; None where there is no telling.
        workers: Trials that run at the same time.
        workers_why: Why so many.
        executor: Where they run: "inline", "processes" or "ray".
        seconds: Stage of the work to its expected wall time.
        budget_seconds: What the user allows.
        memory_bytes: Expected peak of resident memory, all workers together.
        notes: What else the user should know.
    """

    data: str
    task: str
    recipe: str
    rows: int
    series: int
    roles: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, str] = field(default_factory=dict)
    unit: str = "window"
    assumptions: tuple[Assumption, ...] = ()
    frequency: str = ""
    periods: tuple[int, ...] = ()
    horizon: int | None = None
    lookback: int | None = None
    gaps: Mapping[str, int] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    dimensions: int = 0
    combinations: int | None = None
    portfolio: int = 0
    trials: int | None = None
    trial_seconds: float | None = None
    workers: int = 1
    workers_why: str = ""
    executor: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    budget_seconds: float = 300.0
    memory_bytes: int = 0
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `plan`."""
        return {
            **asdict(self),
            "roles": {role: list(columns) for role, columns in self.roles.items()},
            "periods": list(self.periods),
            "assumptions": [asdict(guess) for guess in self.assumptions],
            "splits": [asdict(split) for split in self.splits],
            "notes": list(self.notes),
        }
