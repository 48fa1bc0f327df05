"""A task of another package goes through every command without a line elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
OUTSIDE = Path(__file__).parent / "outside"
MAX_LINES = 80

RUN_ALL = """
import json, sys
from typer.testing import CliRunner
from seqtune.cli.app import app
for words in json.load(sys.stdin):
    done = CliRunner().invoke(app, words)
    print(json.dumps([done.exit_code, done.output + str(done.exception or "")]))
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What each command came to, in one process that knows the package."""
    folder = tmp_path_factory.mktemp("outside")
    information = folder / "site" / "regress-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: regress\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[seqtune.tasks]\nregress = regress\n")
    draw = np.random.default_rng(0)
    table = pd.DataFrame(draw.normal(size=(60, 3)), columns=["a", "b", "c"])
    table["y"] = table.a - 2 * table.b
    table.to_csv(folder / "rows.csv", index=False)
    longer = pd.concat([table, table + 0.01])
    longer.to_csv(folder / "longer.csv", index=False)
    data, run, new = (str(folder / name) for name in ("rows.csv", "run", "new.csv"))
    steps = ("--set", "training.steps=6", "--set", "training.steps_per_epoch=3")
    fit = ("fit", data, "--task", "regression", "--target", "y", "--out", run, *steps)
    commands = {
        "inspect": ("inspect", data, "--json"),
        "plan": ("plan", data, "--task", "regress", "--json"),
        "fit": (*fit, "--budget", "2m", "--trials", "1", "--workers", "1", "--json"),
        "resume": ("resume", run, "--trials", "2", "--budget", "2m", "--json"),
        "predict": ("predict", run, data, "-o", new),
        "evaluate": ("evaluate", run, data, "--json"),
        "report": ("report", run),
        "refit": (
            "refit",
            run,
            str(folder / "longer.csv"),
            "--out",
            f"{run}-2",
            "--use",
            "network",
            "--budget",
            "2m",
            "--json",
        ),
        "runs": ("runs", str(folder)),
        "help": ("fit", "--help"),
        "recipes": ("recipes", "list"),
        "show": ("recipes", "show", "regress/default"),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL],
        input=json.dumps(list(commands.values())),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder / "site"), str(OUTSIDE), str(ROOT)]),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = {name: tuple(line) for name, line in zip(commands, lines, strict=True)}
    found["table"] = (0, Path(new).read_text(encoding="utf-8") if Path(new).exists() else "")
    return found


def test_every_command_ends_well(outputs: dict[str, tuple[int, str]]) -> None:
    assert {name: text for name, (code, text) in outputs.items() if code} == {}


def test_its_recipe_metric_and_words_are_used(outputs: dict[str, tuple[int, str]]) -> None:
    fit = json.loads(outputs["fit"][1][outputs["fit"][1].index("{") :])
    assert (fit["task"], fit["metric"], fit["trials"]["completed"]) == ("regress", "mae", 1)
    assert "regress" in outputs["help"][1] and "regress/default" in outputs["recipes"][1]
    assert "MAE" in outputs["report"][1]
    assert "regress" in outputs["inspect"][1]


def test_it_is_resumed_predicts_and_is_scored(outputs: dict[str, tuple[int, str]]) -> None:
    resumed = json.loads(outputs["resume"][1][outputs["resume"][1].index("{") :])
    assert resumed["trials"]["completed"] == 2
    assert outputs["table"][1].splitlines()[0] == "prediction"
    assert len(outputs["table"][1].splitlines()) == 61
    scores = json.loads(outputs["evaluate"][1][outputs["evaluate"][1].index("{") :])
    assert [score["metrics"]["mae"] > 0 for score in scores["scores"]] == [True]


def test_a_task_is_small() -> None:
    files = (OUTSIDE / "regress").glob("*.py")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert sum(bool(line.strip()) for line in lines) <= MAX_LINES
