"""A run folder written by hand: what a search would have left, without a search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from seqtune.recipe.load import Recipe
from seqtune.run.evidence import save_evidence
from seqtune.run.run import Run

SCORES = {
    "blend": 0.8,
    "segment-gru-t001": 0.9,
    "stacked-lstm-t002": 1.1,
    "theta": 1.0,
    "naive": 2.0,
}
KINDS = {"blend": "ensemble", "theta": "baseline", "naive": "baseline"}


def board(scores: dict[str, float] | None = None) -> dict[str, Any]:
    """Return a leaderboard as it is kept."""
    rows = [
        {
            "name": name,
            "kind": KINDS.get(name, "network"),
            "validation": {"mase": score, "smape": 10 * score},
            "test": {"mase": score + 0.1, "smape": 11 * score},
            "fit_seconds": 2.0 * number + 0.5,
            "parameters": None if name in ("theta", "naive") else 1000 * (number + 1),
            "detail": "",
        }
        for number, (name, score) in enumerate((scores or SCORES).items())
    ]
    return {"metric": "mase", "direction": "min", "margin": 0.0, "leaderboard": rows}


def values(number: int) -> dict[str, Any]:
    """Return a configuration: even trials are segment networks, odd ones stacked."""
    is_even = number % 2 == 0
    return {
        "lookback": 24,
        "network.architecture": "segment" if is_even else "stacked",
        "network.cell": "gru" if number % 4 < 2 else "lstm",
        "network.units": (32, 64, 128)[number % 3],
        "network.segment.length": 12 if number % 3 else 6,
        "training.learning_rate": 0.001 * (1 + number % 5),
    }


def trial(number: int, status: str = "completed") -> dict[str, Any]:
    """Return a trial; those of few units are better."""
    score = 0.5 + (32, 64, 128).index(values(number)["network.units"]) + number / 100
    return {
        "trial": f"t{number:03}",
        "status": status,
        "values": values(number),
        "score": None if status == "failed" else score,
        "scores": [] if status == "failed" else [score + 0.4, score + 0.1, score],
        "seconds": 3.0,
        "training_seconds": 2.0,
        "parameters": 1000 + number,
        "reason": "out of memory" if status == "failed" else "",
    }


def record(**more: Any) -> dict[str, Any]:
    """Return what a run says of itself."""
    return {
        "format": 1,
        "task": "forecast",
        "status": "complete",
        "recipe": "forecast/default",
        "seed": 7,
        "backend": "jax",
        "versions": {"seqtune": "0.1.0", "keras": "3.12.4"},
        "devices": ["cpu:0"],
        "began": "2024-05-01T10:00:00+00:00",
        "ended": "2024-05-01T10:01:00+00:00",
        "budget_seconds": 60.0,
        "seconds": {"total": 58.0, "search": 40.0},
        "workers": [{"busy": 36.0, "training": 30.0}, {"busy": 36.0, "training": 30.0}],
        "left_out": {},
        "notes": ["3 gaps were filled"],
        "assumptions": [
            {"what": "time", "taken": "month", "why": "dates", "flag": "--time COLUMN"}
        ],
        "data": {
            "path": "/somewhere/airline.csv",
            "fingerprint": "abc123",
            "rows": 144,
            "frequency": "MS",
            "training_rows": 100,
            "validation_rows": 22,
            "test_rows": 22,
            "training_span": ["1949-01-01", "1957-04-01"],
            "validation_span": ["1957-05-01", "1959-02-01"],
            "test_span": ["1959-03-01", "1960-12-01"],
            "roles": {"time": ["month"], "targets": ["passengers"]},
        },
        **more,
    }


def member(number: int, weight: float, method: str = "") -> dict[str, Any]:
    """Return a member of an ensemble."""
    if method:
        return {"trial": "", "weight": weight, "model": "", "refitted": "", "values": {},
                "method": method}  # fmt: skip
    return {
        "trial": f"t{number:03}",
        "weight": weight,
        "model": f"models/t{number:03}.keras",
        "refitted": "",
        "values": values(number),
        "method": "",
    }


def paper_run(folder: Path, trials: int = 20, blocks: Any = (), **more: Any) -> Run:
    """Write a run folder and open it.

    Args:
        folder: Where.
        trials: How many trials ended; the last one failed.
        blocks: The evidence of its task.
        more: Keys of its record.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Recipe.load(None, "forecast")
    ended = [trial(number) for number in range(1, trials)] + [trial(trials, "failed")]
    log = "".join(
        f"2024-05-01T10:00:{number:02}+00:00 TrialEnded(trial='t{number:03}', worker=0)\n"
        for number in range(1, trials + 1)
    )
    members = {"blend": [member(1, 0.5), member(2, 0.25), member(0, 0.25, "theta")]}
    for name, content in {
        "run.json": json.dumps(record(**more)),
        "leaderboard.json": json.dumps(board()),
        "members.json": json.dumps(members),
        "trials.jsonl": "".join(f"{json.dumps(each)}\n" for each in ended),
        "recipe.yaml": recipe.to_yaml(),
        "log.txt": log,
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    if blocks:
        save_evidence(folder, blocks)
    return Run(folder)
