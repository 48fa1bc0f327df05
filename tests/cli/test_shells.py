"""Real shells: completion as it is installed, and questions and Ctrl-C on a terminal."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import DATA, left_alone
from terminal_shell import PROMPT, Terminal, install

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")

ARGS = "args() { printf '<%s>' \"$@\"; echo; }\n"
STARTS = {
    "bash": (".bashrc", f"PS1='{PROMPT}'\nbind 'set enable-bracketed-paste off'\n{ARGS}"),
    "zsh": (".zshrc", f"PROMPT='{PROMPT}'\nunset zle_bracketed_paste\nunsetopt prompt_sp\n{ARGS}"),
}
TO_THE_BEGINNING = "\x01"
"""Ctrl-A."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the program, a table with names that a shell would obey, and a run."""
    install(tmp_path / "bin")
    names = '"sales (EUR)",total,$(touch pwned),\\$(touch pwned),`touch pwned`\n'
    (tmp_path / "my table.csv").write_text(names + "1,2,3,4,5\n" * 3)
    run = tmp_path / "my runs" / "air-1"
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps({"task": "forecast"}))
    return tmp_path


def environment(home: Path, **others: str) -> dict[str, str]:
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "PATH": path, "TERM": "xterm", "LANG": "C.UTF-8", **others}


def words(shell: Terminal, *parts: tuple[str, str]) -> list[str]:
    """Return the words that the shell reads.

    Args:
        parts: What is typed, and what the shell adds at a tab.
    """
    for typed, added in parts:
        shell.type(typed)
        shell.until(typed)
        shell.type("\t")
        shell.until(added)
    shell.type(f"{TO_THE_BEGINNING}args \n")
    shell.until("<seqtune>")
    return shell.until(PROMPT).strip()[1:-1].split("><")


@pytest.mark.parametrize("name", STARTS)
def test_what_is_installed_completes(name: str, home: Path) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    start, content = STARTS[name]
    (home / start).write_text(content)
    first = Terminal([name, "-i"], home, environment(home))
    first.until(PROMPT)
    first.type("seqtune --install-completion\n")
    assert f"{name} completion installed in" in first.until(PROMPT)
    first.type("exit\n")
    first.end()

    shell = Terminal([name, "-i"], home, environment(home))
    shell.until(PROMPT)
    if name == "zsh":  # the first tab of a session only loads what is installed
        shell.type("seqtune \t")
        shell.type("\x15echo loaded\n")
        shell.until("\nloaded")
        shell.until(PROMPT)
    assert words(shell, ("seqtune inspe", "ct")) == ["inspect"]
    column = ("seqtune fit 'my table.csv' --target sal", r"es\ \(EUR\)")
    assert words(shell, column) == ["fit", "my table.csv", "--target", "sales (EUR)"]
    assert words(shell, ("seqtune predict my", r"\ runs/air-1")) == ["predict", "my runs/air-1"]
    key = ("seqtune fit x.csv --task forecast --set preprocessing.cal", "endar=")
    assert words(shell, key, ("tr", "ue"))[-1] == "preprocessing.calendar=true"
    shell.type("seqtune fit 'my table.csv' --target \t\t")
    assert "touch" not in shell.until("total")
    shell.kill()
    assert not (home / "pwned").exists()


@pytest.mark.parametrize("leave", [Terminal.interrupt, lambda program: program.type("\x04")])
def test_a_question_is_left_with_130_and_nothing_written(
    leave: Callable[[Terminal], None], home: Path
) -> None:
    shutil.copy(DATA / "airline.csv", home / "airline.csv")
    with left_alone(home):
        program = Terminal(["seqtune", "fit"], home, environment(home))
        program.until("Which file? [airline.csv] ")
        program.type("\n")
        program.until("Which task? [forecast] ")
        leave(program)
        code, shown = program.end()
    assert code == 130
    assert shown.strip().removeprefix("^C").split() == ["interrupted"]


def test_tab_completes_a_file(home: Path) -> None:
    program = Terminal(["seqtune", "fit"], home, environment(home))
    program.until("Which file? [my table.csv] ")
    program.type("my t\t\n")
    assert "my table.csv" in program.until("Which task?")
    program.interrupt()
    assert program.end()[0] == 130


def test_a_dumb_terminal_is_as_wide_as_it_is(home: Path) -> None:
    terminal = environment(home, TERM="dumb", COLUMNS="40")
    program = Terminal(["seqtune", "doctor"], home, terminal)
    code, shown = program.end()
    assert code == 0 and max(map(len, shown.splitlines())) <= 40
    assert program.raw == shown.replace("\n", "\r\n")
