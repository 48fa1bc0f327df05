"""A run folder from a stranger executes nothing, reads and writes nothing outside itself.

Each attack is a change to a good run folder. Whatever opens the folder refuses it in two lines and
leaves every file as it was; or does its work, the attack having had no effect. One contract holds
for the runs of every task; what depends on no task is shown with a forecast's.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import command_line
import h5py
import numpy as np
import pytest
from command_line import left_alone
from hostile import (
    DEEP,
    NO_PART,
    Attack,
    change,
    kernel,
    put,
    refusals_of_mutations,
    refuse,
    restored,
    rewrite_weights,
)
from hostile_cases import ARRAYS, CHART, GRID, JSON, MEMBER, PICKLED, VALUES
from tiny_runs import SAMPLES, Victim

from seqtune.errors import SeqtuneError
from seqtune.run.load import load
from seqtune.run.run import Run

NAME = "segment-gru-t001"
MODEL = "models/t001.keras"
EVERY = ("report", "predict", "resume")
"""Commands that must refuse what any reader of the folder meets."""

every_task = pytest.mark.parametrize("victim", SAMPLES, indirect=True)


def network_row(run: Path) -> str:
    """Return the name of the row that is one network."""
    return next(row.name for row in Run(run).board.rows if row.kind == "network")


# every task


@every_task
def test_the_run_that_is_attacked_is_good(run: Path, victim: Victim) -> None:
    assert len(victim.use()) > 4
    assert command_line.seqtune("report", run).out
    assert [trial["trial"] for trial in load(run).checked_trials] == ["t001"]


@every_task
@pytest.mark.parametrize(
    "name",
    ["run.json", "leaderboard.json", "members.json", "codec.json", "calibration.json",
     "data/panel.json"],
)  # fmt: skip
def test_json_that_is_something_else(run: Path, victim: Victim, name: str) -> None:
    if not (run / name).exists():
        assert (victim.task, name) not in JSON
        return
    with left_alone(run):
        for content in NO_PART:
            with restored(run / name):
                (run / name).write_bytes(content)
                assert name.split("/")[0] in victim.fault(), content[:9]


@pytest.mark.parametrize(("victim", "name"), JSON, indirect=["victim"])
def test_json_with_something_else(run: Path, victim: Victim, name: str) -> None:
    with left_alone(run):
        for place, values in JSON[victim.task, name].items():
            for value in values:
                with restored(run / name):
                    put(run / name, place, value)
                    error = victim.fault()
                    assert "damaged" in error and str(run) in error, (place, value, error)
                    if victim.task == "forecast" and name != "calibration.json":
                        assert "damaged" in victim.refused("resume")


@pytest.mark.parametrize(("victim", "name"), ARRAYS, indirect=["victim"])
def test_arrays_that_are_others(run: Path, victim: Victim, name: str) -> None:
    path = run / "data" / f"{name}.npy"
    for values in ARRAYS[victim.task, name]:
        with restored(path):
            np.save(path, values)
            error = victim.fault()
            assert "damaged" in error and str(run) in error, error
            if victim.task == "forecast":
                assert "damaged" in victim.refused("resume")
    for content in (b"", b"\x93NUMPY\x01\x00", None):
        with restored(path):
            path.write_bytes(content) if content is not None else path.unlink()
            assert str(run) in victim.fault()


@every_task
def test_arrays_that_are_pickled_are_not_unpickled(run: Path, victim: Victim, canary: Path) -> None:
    for name in PICKLED[victim.task]:
        path = run / "data" / f"{name}.npy"
        with restored(path):
            attack = np.array([Attack(canary)] * len(np.load(path)), object)
            np.save(path, attack, allow_pickle=True)
            assert str(run) in victim.refused()


@pytest.mark.parametrize("victim", VALUES, indirect=True)
def test_a_hostile_configuration(run: Path, victim: Victim) -> None:
    name = network_row(run)
    for key, values in VALUES[victim.task].items():
        for value in values:
            with restored(run / "members.json"):
                put(run / "members.json", f"{name}/0/values/{key}", value)
                assert str(run) in victim.fault(), (key, value)


@every_task
def test_a_hostile_member(run: Path, victim: Victim) -> None:
    path, name = run / "members.json", network_row(run)
    for key, values in MEMBER.items():
        for value in values:
            with restored(path):
                put(path, f"{name}/0/{key}", value)
                assert str(path) in victim.fault(), (key, value)


@every_task
def test_a_simple_method_that_there_is_not(run: Path, victim: Victim) -> None:
    path, name = run / "members.json", network_row(run)
    for key, value in {"method": "no_method", "trial": "", "model": ""}.items():
        put(path, f"{name}/0/{key}", value)
    assert "no_method" in victim.refused()


@every_task
def test_weights_that_are_no_numbers(run: Path, victim: Victim) -> None:
    def spoil(file: h5py.File) -> None:
        kernel(file)[...] = np.nan

    rewrite_weights(run / MODEL, spoil)
    assert "are not all finite" in victim.refused()


@every_task
def test_a_chart_shows_what_a_terminal_obeys_and_does_not_send_it(
    run: Path, victim: Victim
) -> None:
    attack, path = "\x1b]0;owned\x07\x1b[2J\u202e", run / "chart.json"
    if victim.task == "forecast":
        return  # its chart is drawn when the search is over
    chart = json.loads(path.read_text(encoding="utf-8"))
    texts = {key: attack for key, value in chart.items() if isinstance(value, str)} | {
        "kind": chart["kind"]
    }
    if victim.task == "anomaly":
        named = dict.fromkeys(("start", "end", "peak", "series", "channel"), attack)
        texts["strangest"] = [{**each, **named} for each in chart["strangest"]]
        texts["times"] = [attack] * len(chart["times"])
    change(path, **texts)
    done = command_line.seqtune("report", run, code=None)
    assert done.out.replace("\n", "").isprintable() and done.err.replace("\n", "").isprintable()
    assert "owned" in done.out + done.err


@every_task
def test_whatever_is_changed_nothing_but_an_error_of_seqtune_comes(
    run: Path, victim: Victim
) -> None:
    names = ("codec.json", "calibration.json", "members.json", "leaderboard.json", "chart.json")
    present = [name for name in names if (run / name).exists()]
    assert 4 < refusals_of_mutations(run, present, victim.use, 16) < 16


# tasks by themselves


@pytest.mark.parametrize("victim", ["anomaly"], indirect=True)
def test_a_hostile_chart_is_refused(run: Path, victim: Victim) -> None:
    path = run / "chart.json"
    for key, values in CHART.items():
        for value in values:
            with restored(path):
                change(path, **{key: value})
                assert "chart.json is damaged" in refuse("report", run), (key, value)


@pytest.mark.parametrize("victim", ["anomaly"], indirect=True)
@pytest.mark.parametrize("number", [1e308, -1e308, 10**400, -(10**400), float("nan")])
def test_a_chart_of_enormous_numbers_is_drawn_or_refused(
    run: Path, victim: Victim, number: float
) -> None:
    chart = json.loads((run / "chart.json").read_text(encoding="utf-8"))
    change(run / "chart.json", values=[number] * len(chart["values"]), threshold=number)
    done = command_line.seqtune("report", run, code=None)
    assert done.code in (0, 1) and "Traceback" not in done.err
    assert (done.code == 1) == ("chart.json is damaged" in done.err)


@pytest.mark.parametrize("victim", ["generate"], indirect=True)
@pytest.mark.parametrize("seen", [[], [0], [0, 1]])
def test_counts_by_which_training_had_no_text(run: Path, victim: Victim, seen: list[int]) -> None:
    """Only the end of a text, or what is unknown, which are never written here."""
    counts = json.loads((run / "codec.json").read_text(encoding="utf-8"))["counts"]["character"]
    only = [int(token in seen) for token in range(len(counts))]
    put(run / "codec.json", "counts/character", only)
    with suppress(SeqtuneError):
        assert victim.use().startswith("Once")


# names that become paths


def test_a_member_with_a_key_that_is_none(run: Path, victim: Victim) -> None:
    put(run / "members.json", f"{NAME}/0/\x1b[2J", 1)
    assert "unexpected keyword" in victim.refused()


@pytest.mark.parametrize("command", ["predict", "resume"])
@pytest.mark.parametrize(
    "name", ["../../t001", "/etc/passwd", "t1", "t001/..", "t001\n", "T001", "t٠٠١", 1, None]
)
def test_names_of_trials_are_names(run: Path, victim: Victim, command: str, name: object) -> None:
    file, place = (
        ("trials.jsonl", "trial") if command == "resume" else ("members.json", f"{NAME}/0/trial")
    )
    put(run / file, place, name)
    assert f"{run / file} is damaged" in victim.refused(command)


LINKED = (
    *(MODEL, "models", "trials.jsonl", "log.txt", "data", "data/target.npy", "members.json"),
    *("trials/t001.npy", "oracle", "chart.json", "run.json", "codec.json", "recipe.yaml", "x"),
)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        *((name, "absolute") for name in LINKED),
        *((name, "relative") for name in (MODEL, "log.txt")),
        *((name, "to what is not there") for name in (MODEL, "models", "log.txt", "trials.jsonl")),
    ],
)
def test_links_that_lead_out_of_the_folder(
    run: Path, tmp_path: Path, victim: Victim, name: str, how: str
) -> None:
    held, secret = run / name, tmp_path / "secret"
    if held.exists():
        held.rename(secret)
    elif how != "to what is not there":
        secret.write_bytes(b"")
    if how == "to what is not there" and held.name != "run.json":
        shutil.rmtree(secret) if secret.is_dir() else secret.unlink(missing_ok=True)
    held.symlink_to(os.path.relpath(secret, held.parent) if how == "relative" else secret)
    before = secret.read_bytes() if secret.is_file() else secret.exists()
    assert "outside the run folder" in victim.refused(*EVERY)
    assert before == (secret.read_bytes() if secret.is_file() else secret.exists())


def test_a_link_inside_the_folder_is_followed(run: Path, victim: Victim) -> None:
    (run / MODEL).rename(run / "models" / "kept.keras")
    (run / MODEL).symlink_to("kept.keras")
    assert len(victim.use()) == 9


@pytest.mark.parametrize("name", ["recipe.yaml", MODEL, "trials.jsonl", "x"])
def test_a_pipe_is_not_waited_for(run: Path, victim: Victim, name: str) -> None:
    (run / name).unlink(missing_ok=True)
    os.mkfifo(run / name)
    assert "is not an ordinary file" in victim.refused("report", "predict")


def test_a_link_to_itself(run: Path, victim: Victim) -> None:
    (run / "x").symlink_to("x")
    assert "outside the run folder: x" in victim.refused("report")


# JSON


@pytest.mark.parametrize("content", NO_PART, ids=lambda content: content[:9])
def test_trials_that_are_something_else(run: Path, victim: Victim, content: bytes) -> None:
    (run / "trials.jsonl").write_bytes(content)
    if content in (b"", b"{", b"9" * 5000):  # cut off
        assert load(run).trials == []
    else:
        assert "trials.jsonl" in victim.refused("report")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("task", "../forecast"), ("task", "os"), ("task", 7), ("task", "a\x1b[2J")),
        *(("status", "done"), ("status", []), ("seed", -1), ("seed", 1.5), ("seed", True)),
        *(("notes", "text"), ("notes", [1]), ("notes", [["a"]]), ("future", {"a": 1})),
        *(("seconds", 7), ("seconds", {"total": "x"}), ("seconds", {"total": float("nan")})),
        *(("seconds", {"total": -1}), ("budget_seconds", float("inf")), ("budget_seconds", None)),
        *(("budget_seconds", 10**400), ("left_out", []), ("left_out", {"naive": 7})),
        *(("began", 7), ("assumptions", [7]), ("assumptions", {"a": 1}), ("workers", [[1]])),
        *(("format", True), ("format", "1"), ("data", []), ("notes", ["x" * 30_000])),
        *(("notes", ["\ud800"]), ("notes", [json.loads("[" * 50 + "]" * 50)])),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_record_with_something_else(run: Path, victim: Victim, key: str, value: object) -> None:
    change(run / "run.json", **{key: value})
    commands = ("predict", "resume") if value == "os" else EVERY
    error = victim.refused(*commands)
    assert "unknown task" in error or f"{run / 'run.json'} is damaged" in error


@pytest.mark.parametrize(
    "row",
    [
        *({"name": "\x1b[2J"}, {"name": ""}, {"name": "x" * 300}, {"name": "naive"}),
        *({"validation": {"mase": 10**400}}, {"validation": []}, {"validation": {"mase": "x"}}),
        *({"parameters": 1e999}, {"fit_seconds": float("nan")}, {"kind": "other"}),
    ],
    ids=str,
)
def test_a_leaderboard_with_something_else(run: Path, victim: Victim, row: dict[str, Any]) -> None:
    path = run / "leaderboard.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["leaderboard"]
    rows[0].update(row)
    rows = [rows[0], {**rows[1], "name": "naive"}]
    change(path, leaderboard=rows)
    assert "leaderboard.json is damaged" in victim.refused(*EVERY)


@pytest.mark.parametrize(
    "change",
    [
        *({"status": "done"}, {"score": float("nan")}, {"score": "best"}, {"scores": "none"}),
        *({"scores": [None]}, {"seconds": -1}, {"training_seconds": "x"}, {"reason": 7}),
        *({"parameters": 1.5}, {"steps": -1}, {"values": []}, {"surprise": 1}),
    ],
    ids=str,
)
def test_trials_with_something_else(run: Path, victim: Victim, change: dict[str, Any]) -> None:
    line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
    (run / "trials.jsonl").write_text(json.dumps({**line, **change}), encoding="utf-8")
    assert "trials.jsonl is damaged" in victim.refused("report", "resume")


def test_a_trial_stands_once(run: Path, victim: Victim) -> None:
    line = (run / "trials.jsonl").read_text(encoding="utf-8")
    (run / "trials.jsonl").write_text(line + line, encoding="utf-8")
    assert "a trial stands in it twice" in victim.refused("report", "resume")


def test_what_a_terminal_obeys_is_only_shown(run: Path) -> None:
    attack = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"
    line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
    failed = {**line, "trial": "t002", "status": "failed", "reason": attack}
    lines = [json.dumps(each) for each in (line, failed)]
    (run / "trials.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
    path = run / "leaderboard.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["leaderboard"]
    change(path, leaderboard=[{**row, "detail": attack} for row in rows])
    change(run / "run.json", notes=[attack], left_out={attack: attack}, began=attack)
    for words in (("report", run), ("runs", run.parent)):
        done = command_line.seqtune(*words)
        assert done.out.replace("\n", "").isprintable()
        assert done.err == ""


def test_a_hostile_run_does_not_hide_the_others(run: Path, good: Callable[[str], Victim]) -> None:
    good("forecast").copy(run.parent / "other")
    (run / "trials.jsonl").write_text(DEEP, encoding="utf-8")
    listed = command_line.seqtune("runs", run.parent, "--json").json["runs"]
    states = {Path(each["run"]).name: each["status"] for each in listed}
    assert states == {"run": "damaged", "other": "interrupted"}


# arrays


def broken_header(path: Path) -> None:
    """A header that ends in the middle of a word of Python, which it is written in."""
    path.write_bytes(path.read_bytes().replace(b"}", b"{", 1))


def header_bomb(path: Path) -> None:
    """An array of 8 TB in a file of a hundred bytes."""
    header = {"descr": "<f8", "fortran_order": False, "shape": (3, 10**12, 1)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)


def pickled(path: Path) -> None:
    np.save(path, np.array([{}] * 3), allow_pickle=True)


@pytest.mark.parametrize(
    ("name", "act"),
    [("starts", broken_header), ("ahead", header_bomb), ("train_end", pickled)],
)
def test_hostile_array_files(
    run: Path, victim: Victim, name: str, act: Callable[[Path], None]
) -> None:
    act(run / "data" / f"{name}.npy")
    assert "damaged" in victim.refused("predict", "resume")


@pytest.mark.parametrize("place", GRID)
def test_hostile_time_axes(run: Path, victim: Victim, place: str) -> None:
    for value in GRID[place]:
        put(run / "codec.json", place, value)
        put(run / "data" / "panel.json", place, value)
        assert "damaged" in victim.refused("predict", "resume"), value


def test_an_array_with_more_than_it_says(run: Path, victim: Victim) -> None:
    with (run / "data" / "target.npy").open("ab") as file:
        file.write(bytes(8))
    assert "bytes of values, expected" in victim.refused()


def test_targets_that_are_no_numbers(run: Path, victim: Victim) -> None:
    target = np.load(run / "data" / "target.npy")
    target[5] = np.nan
    np.save(run / "data" / "target.npy", target)
    assert "targets are not all numbers" in victim.refused()


# recipes


BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
)


@pytest.mark.parametrize(
    "text",
    [
        *(BOMB, "task: &a [*a]", "!!python/object/apply:os.system ['touch canary']", "[" * 5000),
        *("task: forecast\ndata: !!python/name:os.system", "task: generate", "- a", "\x00", ""),
        *("task: forecast\nnetwork: {units: 1e999}", "task: forecast\nseed: " + "9" * 5000),
    ],
    ids=lambda text: text[:20],
)
def test_hostile_recipes(run: Path, canary: Path, text: str) -> None:
    attack = text.replace("touch canary", f"touch {canary}")
    (run / "recipe.yaml").write_text(attack, encoding="utf-8")
    with left_alone(run):
        done = command_line.seqtune("resume", run, code=1)
    assert done.err.startswith("error: ") and "\nhint: " in done.err
    assert "Traceback" not in done.err
