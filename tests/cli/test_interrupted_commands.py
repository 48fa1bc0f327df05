"""Ctrl-C in a command that predicts: 130, one line, and no half of a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from command_line import Done, left_alone, seqtune
from terminal_shell import Terminal

TABLE = pd.DataFrame({"month": ["1961-01"], "mean": [450.0]})


class Slow:
    """A run that is interrupted while it predicts, or whose predictions are."""

    path = Path("run")
    task = SimpleNamespace(name="forecast", info=SimpleNamespace(forms=()))
    notes = ()
    listener = None

    def __init__(self, act: Any) -> None:
        self.act = act

    def predict(self, *values: Any, **named: Any) -> pd.DataFrame:
        self.act(self)
        return TABLE

    evaluate = predict

    def filled_in(self, table: Any) -> None:
        return None


def hit(run: Any) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def with_run(act: Any, *words: str) -> Done:
    with mock.patch("seqtune.run.load.load", lambda path: Slow(act)):
        return seqtune(*words, code=130)


@pytest.mark.parametrize(
    "words",
    [
        ("predict", "run"),
        ("predict", "run", "-o", "out.csv"),
        ("predict", "run", "-o", "out.parquet", "--json"),
        ("evaluate", "run", "new.csv", "-o", "out.csv"),
    ],
)
def test_one_interruption_is_one_line(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with left_alone(tmp_path):
        done = with_run(hit, *words)
    assert (done.out, done.err) == ("", "interrupted\n")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_an_interruption_while_a_file_is_written_leaves_what_was_there(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"out.{ending}").write_text("earlier")
    writers = {"csv": "to_csv", "parquet": "to_parquet"}
    place = f"pandas.DataFrame.{writers[ending]}" if ending in writers else "json.dumps"
    with left_alone(tmp_path), mock.patch(place, side_effect=KeyboardInterrupt):
        done = with_run(lambda run: None, "predict", "run", "-o", f"out.{ending}", "--force")
    assert done.err == "interrupted\n"


ON_A_TERMINAL = """
import sys, time
sys.path[:0] = {paths!r}
from unittest import mock
from seqtune.progress import Advanced
from test_interrupted_commands import Slow

def act(run):
    for done in range(1, 1000):
        run.listener(Advanced(done, 1000, "windows"))
        time.sleep(0.02)

sys.argv = ["seqtune", "predict", "run", "-o", "out.csv"]
bar = mock.patch("seqtune.report.progress_bar.PATIENCE_SECONDS", 0.1)
from seqtune.__main__ import main
with mock.patch("seqtune.run.load.load", lambda path: Slow(act)), bar:
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_a_terminal_is_given_back_as_it_was(tmp_path: Path) -> None:
    here = Path(__file__)
    paths = [str(each) for each in (here.parents[2], here.parents[1], here.parent)]
    program = ON_A_TERMINAL.format(paths=paths)
    terminal = Terminal([sys.executable, "-c", program], tmp_path, {**os.environ, "TERM": "xterm"})
    terminal.until("of 1,000 windows")
    terminal.type("\x03")
    code, shown = terminal.end()
    assert code == 130
    assert shown.strip().splitlines()[-1] == "interrupted"
    assert "Traceback" not in shown
    hidden, shown_again = terminal.raw.rfind("\x1b[?25l"), terminal.raw.rfind("\x1b[?25h")
    assert 0 <= hidden < shown_again
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_an_interruption_while_our_modules_are_loaded_is_no_traceback() -> None:
    program = """
import os, signal, sys
from seqtune.__main__ import main

class Hit:
    def find_spec(self, name, path=None, target=None):
        if name == "seqtune.cli.app":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Hit())
main()
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
