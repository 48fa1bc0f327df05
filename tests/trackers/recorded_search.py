"""The events of a small search, as trackers hear them, and what it came to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqtune.progress import (
    Advanced,
    BaselineEnded,
    EpochEnded,
    Event,
    Note,
    SearchStarted,
    StageStarted,
    TrialEnded,
    TrialStarted,
)
from seqtune.trackers._contract import Outcome, Tracked, Usage

VALUES = {"network.units": 8, "network.cell": "gru", "training.rate": 0.01, "base": None}

EVENTS: tuple[Event, ...] = (
    BaselineEnded("naive", 1.5, 0.1),
    BaselineEnded("ets", None, 0.0, "no time"),
    SearchStarted("mase", "min", "naive", 1.5, 60.0, 3, 2),
    TrialStarted("t001", 0, VALUES),
    EpochEnded("t001", 0, 1, 2, 0.9),
    TrialStarted("t002", 1, {**VALUES, "network.units": 16}),
    EpochEnded("t002", 1, 1, 2, 1.2),
    EpochEnded("t001", 0, 2, 2, 0.7),
    TrialEnded("t001", 0, "completed", 0.7, 3.0),
    TrialEnded("t002", 1, "stopped", 1.2, 1.0),
    TrialStarted("t002", 1, {**VALUES, "network.units": 16}),  # it goes on
    EpochEnded("t002", 1, 2, 2, 0.8),
    TrialEnded("t002", 1, "completed", 0.8, 2.0),
    TrialEnded("t003", 0, "failed", None, 0.5, "out of memory"),  # its worker died at once
    TrialStarted("t004", 0, VALUES),  # it is running when the search ends
    Note("two rows left out"),
    StageStarted("ensemble"),
    Advanced(1, 2, "windows"),
)

REPORT: dict[str, Any] = {
    "winner": "blend",
    "skill": 0.5,
    "gain": None,
    "seconds": {"total": 9.0},
    "leaderboard": [
        {"name": "blend", "kind": "ensemble", "validation": {"mase": 0.6}, "test": {"mase": 0.75}},
        {"name": "naive", "kind": "baseline", "validation": {"mase": 1.5}, "test": {"mase": 1.4}},
    ],
}


def tracked(folder: Path) -> Tracked:
    """A run in a folder that is there."""
    run = folder / "runs" / "sales"
    run.mkdir(parents=True)
    return Tracked(
        "sales", str(run), "mase", "min", {"horizon": "7", "network.units": "[8, 16]"},
        {"seqtune.task": "forecast"},
    )  # fmt: skip


def play(tracker: Any, outcome: Outcome) -> None:
    """Have a tracker hear all of it."""
    for event in EVENTS:
        tracker.hear(event)
    tracker.measure(Usage(150.0, 2_000_000))
    tracker.end(outcome)


def outcome(folder: Path) -> Outcome:
    """What the search came to, with a report in a file, and a bundle of nothing."""
    files = folder / "files"
    files.mkdir()
    (files / "report.txt").write_text("the report", encoding="utf-8")
    return Outcome("complete", REPORT, files)
