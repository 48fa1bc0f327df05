"""Every command that reads a run or data, on a terminal, over names that would steer it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import command_line
import pandas as pd
import pytest
from command_line import TINY, TINY_ANOMALY, TINY_CLASSIFY, TINY_GENERATE, weekly
from terminal_session import Session, run_on_terminal
from tiny_runs import hours, reviews, tales

ATTACKS = (
    "\x1b[2J", "\x1b]8;;http://192.0.2.1/\x07here\x1b]8;;\x07", "\x1b]52;c;ZXZpbA==\x07",
    "\x1bP+q544e\x1b\\", "\x9b31m", "\x9d0;owned\x9c", "\u202eevil\u2066", "\x07\x08\x7f",
    "../../secret", "http://192.0.2.1/x", "[red]x[/red]", "9" * 400,
)  # fmt: skip
NAME = "".join(ATTACKS)
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[0-9]*[AK]|\r")
"""What rich writes: styles, the cursor hidden and shown, lines gone up and cleared."""

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def steering(text: str) -> list[str]:
    """Return what steers a terminal and is not ours, with what is around it."""
    plain = OURS.sub("", text)
    return [plain[max(0, at.start() - 40) : at.end() + 40] for at in STEERING.finditer(plain)]


def test_what_steers_is_seen_and_what_is_ours_is_not() -> None:
    assert all(steering(each) for each in ATTACKS[:8])
    assert not steering("\x1b[1;36mbold\x1b[0m\x1b[?25l\r\x1b[2K\x1b[1A übrig\n\t…")


def _forecast() -> tuple[Any, Any]:
    def part(rows: pd.DataFrame) -> pd.DataFrame:
        named = rows.rename(columns={"y": f"y{NAME}"}).assign(**{f"w{NAME}": ["a", NAME] * 70})
        return pd.concat([named.assign(shop=f"{shop}{NAME}") for shop in "ab"])

    return part(weekly(140)), part(weekly(140, "2024-02-01"))


def _anomaly() -> tuple[Any, Any]:
    return tuple(
        each.rename(columns={"load": f"load{NAME}", "heat": f"heat{NAME}"}).assign(note=NAME)
        for each in (hours(300, "2024-01-01"), hours(40, "2024-01-13 12:00"))
    )  # type: ignore[return-value]


def _classify() -> tuple[Any, Any]:
    def part(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"text": rows["text"] + NAME, "label": rows["label"] + NAME})

    return part(reviews(30)), part(reviews(9, 30))


def _generate() -> tuple[Any, Any]:
    return "".join(f"{tale}{NAME}\n" for tale in tales(0, 9000).splitlines()), tales(20000, 22000)


SESSIONS: Mapping[str, tuple[Callable[[], tuple[Any, Any]], Sequence[str]]] = {
    "forecast": (_forecast, (*TINY, "--horizon", "7", "--target", f"y{NAME}")),
    "anomaly": (_anomaly, (*TINY_ANOMALY, "--lookback", "8")),
    "classify": (_classify, TINY_CLASSIFY),
    "generate": (_generate, TINY_GENERATE),
}


def hostile_run(task: str, folder: Path) -> tuple[Path, Path, Path]:
    """Fit on hostile data under a hostile name; spoil what is shown of it. Return run and data."""
    make, flags = SESSIONS[task]
    ending = "txt" if task == "generate" else "parquet"
    files = [folder / f"{part}\x1b]0;owned\x07.{ending}" for part in ("old", "new")]
    for path, content in zip(files, make(), strict=True):
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            content.to_parquet(path, index=False)
    run = folder / "runs" / "r\x1b[2J"
    common = ("--executor", "inline", "--quiet", "--out", run)
    command_line.seqtune("fit", files[0], "--task", task, *flags, *common)
    trials = run / "trials.jsonl"
    lines = [json.loads(line) for line in trials.read_text().splitlines()]
    lines += [{**lines[0], "trial": "t002", "status": "failed", "reason": NAME}]
    trials.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return run, files[0], files[1]


def commands_of(task: str, run: Path, old: Path, new: Path, *, every: bool) -> list[list[str]]:
    """The commands that read a run or data; those that take no time to compile, or every one."""
    reading = [["report", run], ["inspect", old], ["plan", old, "--task", task]]
    if task == "generate":
        reading += [["generate", run, "--length", "5", "--prompt", f"Once {NAME[:200]}"]]
    else:
        reading += [["predict", run, new]]
    if every:
        reading += [["runs", run.parent], ["evaluate", run, new]]
        reading += [["predict", run, new, "--use", "network"]] if task != "generate" else []
    with_json = [[*words, "--json"] for words in (reading if every else reading[:1])]
    spoilt = ["predict", run, new, "--use", NAME[:60]]
    refused = [["report", f"{run}{NAME[:60]}"], ["recipes", "show", NAME[:60]], spoilt]
    going_on = [["resume", run, "--trials", "2", "--budget", "9h"]] if every else []
    return [list(map(str, each)) for each in (*reading, *with_json, *refused, *going_on)]


def allowed(folder: Path) -> tuple[Path, ...]:
    places = ("/proc", "/sys", "/dev", "/usr", "/lib", "/lib64", "/etc", "/bin", "/opt")
    programs = os.environ.get("JAX_COMPILATION_CACHE_DIR", folder)
    own = (
        Path("/var/cache/fontconfig"),  # where a package that is imported looks for fonts
        folder,
        Path(programs),
        Path(__file__).parents[2],
        Path(sys.prefix),
        Path(sys.base_prefix),
    )
    return (*map(Path, places), *own, *map(Path, filter(None, sys.path)))


def check(tasks: Sequence[str], folder: Path, *, traced: bool, every: bool = False) -> Session:
    """Run commands over hostile runs of tasks; nothing may steer, lead outside or connect."""
    (folder / "secret").write_text("secret")
    commands = []
    for task in tasks:
        (folder / task).mkdir()
        commands += commands_of(task, *hostile_run(task, folder / task), every=every)
    session = run_on_terminal(commands, folder, traced=traced, seconds=3600.0)
    for words, shown in zip(commands, session.shown, strict=True):
        assert not steering(shown), (words[:1], words[-1:], steering(shown)[:3])
        assert "Traceback" not in shown, shown
        assert shown.strip(), words
    if traced:
        assert session.opened and not session.connected, session.connected
        places = allowed(folder)
        strange = {each for each in session.opened if each.is_absolute()
                   and not any(each.is_relative_to(place) for place in places)}  # fmt: skip
        assert not strange, strange
        assert not {each for each in session.opened if each.name == "secret"}
    return session


@pytest.mark.skipif(sys.platform != "linux", reason="a terminal of Linux")
def test_no_name_steers_a_terminal(tmp_path: Path) -> None:
    check(["classify"], tmp_path, traced=False)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_name_leads_out_of_the_folder_or_to_a_host(tmp_path: Path) -> None:
    check(["anomaly"], tmp_path, traced=True)
