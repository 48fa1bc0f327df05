"""What a run came to, as plain values: the leaderboard and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seqtune.files import figures_to_json, finite
from seqtune.run.leaderboard import Leaderboard


@dataclass(frozen=True)
class Summary:
    """What a run came to: the whole JSON of `fit` and `report`.

    Args:
        run: The run folder.
        task: What was learnt: the name of a task.
        status: "complete", "interrupted", "running" or "died".
        leaderboard: Everything that was scored.
        trials: Trials "completed", "failed" and "stopped" (cut short).
        seconds: Wall time, "total" and "search", and "training", which all workers count towards.
        budget_seconds: What the user allowed.
        failures: Why trials failed, and how many for that reason.
        left_out: Baselines that were not run, and why.
        notes: What the user should know about the data and the run.
        workers: Seconds that each worker was "busy", and in "training" steps.
    """

    run: str
    task: str
    status: str
    leaderboard: Leaderboard
    trials: Mapping[str, int]
    seconds: Mapping[str, float]
    budget_seconds: float
    failures: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    workers: tuple[Mapping[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `fit --json` and `report --json`."""
        return {
            "run": self.run,
            "task": self.task,
            "status": self.status,
            **self.leaderboard.to_dict(),
            "trials": {name: int(count) for name, count in self.trials.items()},
            "seconds": figures_to_json(self.seconds),
            "budget_seconds": finite(self.budget_seconds),
            "failures": {reason: int(count) for reason, count in self.failures.items()},
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            "workers": [figures_to_json(worker) for worker in self.workers],
        }
