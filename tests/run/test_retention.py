"""Networks that nobody needs any more leave the disk; those that somebody may need stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import command_line
import pytest
from command_line import TINY, weekly

from seqtune.run import retention
from seqtune.run.members import Member
from seqtune.run.retention import kept, prune
from seqtune.run.selection import ENSEMBLE_POOL
from seqtune.search.trial import Result


def result(trial: str, score: float | None, status: str = "completed") -> Result:
    return Result(trial, status, {}, score=score)


def names(results: list[Result]) -> list[str]:
    return [result.trial for result in results]


def test_as_many_stay_as_may_become_members() -> None:
    assert retention.KEPT >= ENSEMBLE_POOL


@pytest.mark.parametrize(
    ("direction", "best"), [("min", ["t001", "t003"]), ("max", ["t002", "t003"])]
)
def test_the_best_of_either_kind_stay(direction: str, best: list[str]) -> None:
    done = [result("t001", 0.1), result("t002", 0.9), result("t003", 0.5), result("t004", None)]
    paused = [result("t005", 0.7, "stopped"), result("t006", 0.7, "stopped")]
    assert names(kept([*done, *paused], direction, 2)) == [*best, "t005", "t006"]
    assert names(kept(paused, direction, 1)) == ["t005"]


def test_scores_of_some_folds_do_not_compete_with_those_of_all() -> None:
    whole = [result("t001", 0.1, "stopped"), result("t002", 0.2, "stopped")]
    paused = [replace(result(f"t00{n}", 0.9, "stopped"), folds_left=4) for n in (3, 4)]
    assert names(kept([*whole, *paused], "max", 1)) == ["t002", "t003"]


def write(folder: Path, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("x")


def test_what_the_leaderboard_names_stays_and_what_is_not_ours(tmp_path: Path) -> None:
    files = [
        *(
            "models/t001.keras",
            "models/t001-refitted.keras",
            "models/t002.keras",
            "models/my.keras",
        ),
        *("models/t003.keras", "models/.seqtune-t001-x.keras", "models/t001.txt"),
        *("trials/t001.npy", "trials/t001-test.npy", "trials/t002.npy", "trials/t003.npy"),
        *("trials/t001-folds.npy", "trials/t003-folds.npy"),
        "trials/baseline_naive_test.npy",
    ]
    write(tmp_path, *files)
    rows = {"a": [Member("t002", 1.0, "models/t002.keras", "", {})]}
    prune(tmp_path, {"t001", "t002"}, rows)
    gone = {file for file in files if not (tmp_path / file).exists()}
    assert gone == {
        *("models/t001.keras", "models/t001-refitted.keras"),
        *("trials/t001.npy", "trials/t001-test.npy", "trials/t001-folds.npy"),
    }


def test_what_folds_predicted_goes_when_all_are_trained(tmp_path: Path) -> None:
    files = [
        *("trials/t001-folds.npy", "trials/t001.npy", "models/t001.keras"),
        *("trials/t002-folds.npy", "trials/t003-folds.npy"),
    ]
    write(tmp_path, *files)
    rows = {"a": [Member("t001", 1.0, "models/t001.keras", "", {})]}
    prune(tmp_path, set(), rows, through={"t001", "t003"})
    assert {file for file in files if not (tmp_path / file).exists()} == {
        *("trials/t001-folds.npy", "trials/t003-folds.npy"),
    }


def test_a_long_search_leaves_few_networks_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.workflow.search.kept", lambda all, way: kept(all, way, 1))
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    out = tmp_path / "run"
    halving = ("--set", "search.stopping=halving", "--set", "network.units=[4,5,6]")
    words = ("fit", tmp_path / "sales.csv", "--task", "forecast", *TINY, *halving)
    command_line.seqtune(*words, "--trials", "4", "--quiet", "--out", out)
    assert len(list((out / "models").glob("t00?.keras"))) <= 3
    report = command_line.seqtune("report", out, "--json").json
    assert sum(report["trials"].values()) == 4
    for row in report["leaderboard"]:
        if row["kind"] != "baseline":
            assert len(command_line.seqtune("predict", out, "--use", row["name"]).table) == 7
    resumed = command_line.seqtune("resume", out, "--trials", "5", "--json").json
    assert sum(resumed["trials"].values()) == 5
    assert resumed["failures"] == {}
