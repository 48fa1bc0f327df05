"""The commands of README.md: every one is known, and all but the long ones are really run."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from command_line import DATA, TINY, parse, seqtune

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def fenced():
    """The command lines of the fenced blocks, in their order; `\\` continues a line."""
    blocks = README.split("```")[1::2]
    commands = "\n".join(block for block in blocks if block.split("\n")[0] in ("", "sh", "console"))
    pieces = re.split(r"\n|&&", commands.replace("\\\n", " "))
    return [piece.strip() for piece in pieces if piece.strip().startswith("seqtune ")]


def inline():
    """The command lines in the running text."""
    text = " ".join(" ".join(README.split("```")[::2]).split())
    return re.findall(r"`(seqtune [^`]+)`", text)


def test_the_readme_shows_every_kind_of_command():
    used = {line.split()[1] for line in fenced()}
    assert used >= {"fit", "plan", "predict", "evaluate", "report", "runs", "inspect", "recipes"}


@pytest.mark.parametrize("line", [*fenced(), *inline()])
def test_every_command_of_the_readme_is_known(line):
    assert parse(line)[0] == line.split()[1]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with the samples in it, and with the new rows that the README speaks of."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("*.py"))
    table = pd.read_csv(DATA / "shops.csv").tail(730)
    table["date"] = (pd.to_datetime(table["date"]) + pd.Timedelta(days=730)).dt.date
    table.head(60).to_csv(tmp_path / "new.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_of_the_readme_run_one_after_the_other(checkout):
    for line in fenced():
        words = parse(line)
        tiny = TINY if words[0] == "fit" else ()  # the last flag of a name holds
        done = seqtune(*words, *tiny)
        assert done.out or "-o" in words, line
        for flag, written in pairwise(words):
            assert flag != "-o" or (checkout / written).stat().st_size, line
