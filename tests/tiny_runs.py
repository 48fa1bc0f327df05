"""A small run of every task, fitted in a moment, and how it is used."""

from __future__ import annotations

import hashlib
import re
import shutil
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pandas as pd
import pytest
from command_line import (
    DATA,
    TINY,
    TINY_ANOMALY,
    TINY_CLASSIFY,
    TINY_GENERATE,
    TINY_TAG,
    TINY_TRANSLATE,
    weekly,
)
from filelock import FileLock

from seqtune.errors import SeqtuneError
from seqtune.run.row_choice import NETWORK
from seqtune.run.run import Run

SESSION = re.compile(r"pytest-\d+")
"""What pytest calls the folder of a session."""


def hours(rows: int, start: str) -> pd.DataFrame:
    """Hours of two channels with a daily season."""
    times = pd.date_range(start, periods=rows, freq="h")
    angle = np.asarray(times.hour) * 2 * np.pi / 24
    noise = np.random.default_rng(0).normal(0, 0.05, (rows, 2))
    load, heat = np.sin(angle) + noise[:, 0], np.cos(angle) + noise[:, 1]
    return pd.DataFrame({"time": times, "load": load, "heat": heat})


def reviews(rows: int, first: int = 0) -> pd.DataFrame:
    """Texts of three classes, none like another."""
    said = ("good film", "a bad film here", "fine")
    text = [f"{said[row % 3]} number {row}" for row in range(first, first + rows)]
    label = [f"l{row % 3}" for row in range(first, first + rows)]
    return pd.DataFrame({"text": text, "label": label})


def numerals(begin: int, end: int) -> pd.DataFrame:
    """Whole numbers in digits, and as English says them one by one."""
    said = ("nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    source = [str(number) for number in range(begin, end)]
    target = [" ".join(said[int(digit)] for digit in number) for number in source]
    return pd.DataFrame({"source": source, "target": target})


def flights(begin: int, end: int) -> pd.DataFrame:
    """Requests of six tokens, a row each, with the places they name; none is like another."""
    towns = (("Denver",), ("New", "York"), ("Boston",))
    rows: list[tuple[int, str, str]] = []
    for number in range(begin, end):
        town = towns[number % 3]
        tokens = ["flight", str(number), "to", *town, *["please", "now"][: 3 - len(town)]]
        tags = ["O"] * 3 + ["B-town", "I-town"][: len(town)] + ["O"] * (3 - len(town))
        rows += [(number, *each) for each in zip(tokens, tags, strict=True)]
    return pd.DataFrame(rows, columns=["sentence", "token", "tag"])


def tales(begin: int, end: int) -> str:
    """Return a part of the sample of tales."""
    return (DATA / "tales.txt").read_text(encoding="utf-8")[begin:end]


@dataclass(frozen=True)
class Sample:
    """Data to fit a task on, rows that come after them, and a search of a moment.

    Args:
        flags: Of `fit`.
        rows: A table or a text to be fitted on.
        new: What was never seen.
        name: Of the files.
    """

    flags: tuple[str, ...]
    rows: Any
    new: Any
    name: str = "data.csv"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both, and return the files."""
        paths = folder / self.name, folder / f"new-{self.name}"
        for path, content in zip(paths, (self.rows, self.new), strict=True):
            if isinstance(content, str):
                path.write_text(content, encoding="utf-8")
            else:
                content.to_csv(path, index=False)
        return paths

    def fit(self, task: str, folder: Path, *words: str) -> tuple[Path, Path]:
        """Write both and fit; return the run folder and the file of what was never seen.

        The same search is run once in a session of tests, whichever process asks first.
        """
        paths = self.write(folder)
        flags = (*self.flags, *words, "--executor", "inline", "--quiet")
        asked = repr((task, self.name, list(map(str, flags)))).encode() + paths[0].read_bytes()
        kept = session_of(folder) / f"kept-{hashlib.sha256(asked).hexdigest()[:16]}"
        with FileLock(f"{kept}.lock"):
            if not (kept / "run").is_dir():
                kept.mkdir(exist_ok=True)
                data = shutil.copyfile(paths[0], kept / self.name)
                command_line.seqtune("fit", data, "--task", task, *flags, "--out", kept / "run")
        shutil.copytree(kept / "run", folder / "run")
        return folder / "run", paths[1]


def session_of(folder: Path) -> Path:
    """Return the folder that all processes of a session of tests share."""
    return next((each for each in folder.parents if SESSION.fullmatch(each.name)), folder)


SAMPLES = {
    "forecast": Sample((*TINY, "--horizon", "7"), weekly(140), weekly(160)),
    "classify": Sample(TINY_CLASSIFY, reviews(30), reviews(9, 30)),
    "anomaly": Sample(
        (*TINY_ANOMALY, "--lookback", "8"), hours(300, "2024-01-01"), hours(30, "2024-01-13 12:00")
    ),
    "translate": Sample(
        (*TINY_TRANSLATE, "--set", "data.kind=text"), numerals(10, 70), numerals(70, 79)
    ),
    "tag": Sample(TINY_TAG, flights(1, 41), flights(41, 50)),
    "generate": Sample(TINY_GENERATE, tales(0, 20_000), tales(20_000, 22_000), "tales.txt"),
}  # fmt: skip


@dataclass(frozen=True)
class Victim:
    """A run folder that is attacked, and what its network is asked.

    Args:
        task: Its task.
        folder: The run folder.
        new: Rows that it predicts.
    """

    task: str
    folder: Path
    new: Path

    def copy(self, folder: Path) -> Victim:
        """Return a copy of the run in another folder."""
        return replace(self, folder=Path(shutil.copytree(self.folder, folder)))

    def use(self) -> Any:
        """Let the network predict, or write."""
        if self.task == "generate":
            return Run(self.folder).generate("Once", 5, temperature=0.5, use=NETWORK)
        return Run(self.folder).predict(str(self.new), use=NETWORK)

    def fault(self) -> str:
        """Let the network predict, which must be refused in one line, and return that."""
        with warnings.catch_warnings(), pytest.raises(SeqtuneError) as refused:
            warnings.simplefilter("ignore")
            self.use()
        message, hint = refused.value.message, refused.value.hint
        assert (message + hint).isprintable() and hint and len(message) < 700, message
        return message

    def refused(self, *commands: str) -> str:
        """Run commands that each must refuse the run in two lines, and return the last error."""
        from hostile import refuse

        use: tuple[object, ...] = ("predict", self.folder, self.new)
        if self.task == "generate":
            use = ("generate", self.folder, "--prompt", "Once", "--length", "5")
        error = ""
        for command in commands or ("predict",):
            words = (*use, "--use", NETWORK) if command == "predict" else (command, self.folder)
            error = refuse(str(words[0]), self.folder, *words[2:])
        return error
