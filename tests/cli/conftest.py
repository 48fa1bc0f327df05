"""The command as a user types it, run in this process, and a few fitted runs to share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import command_line
import pandas as pd
import pytest
from command_line import DATA, SHOPS_ROLES, TINY, Done
from explaining import explained

Command = Callable[..., Done]


@pytest.fixture(scope="session")
def seqtune() -> Command:
    """Run a command line, errors and exit code as the shell would see them."""
    return command_line.seqtune


@pytest.fixture(scope="session")
def fit(seqtune: Command) -> Command:
    """Run `fit --task forecast` with a tiny search."""

    def run(data: object, *words: object, code: int | None = 0) -> Done:
        return seqtune("fit", data, "--task", "forecast", *TINY, *words, code=code)

    return run


@pytest.fixture(scope="session")
def refused(seqtune: Command) -> Callable[..., tuple[str, str]]:
    """Run a command line that must fail in two lines, and return the error and the hint."""

    def run(*words: object) -> tuple[str, str]:
        done = seqtune(*words, code=1)
        assert done.out == ""
        *before, error, hint = done.err.splitlines()
        assert error.startswith("error: ") and hint.startswith("hint: "), done.err
        assert not [line for line in before if line.startswith(("error:", "hint:", "Trace"))]
        return error.removeprefix("error: "), hint.removeprefix("hint: ")

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the command is run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def airline(seqtune: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the monthly sample: two networks, refitted on all rows."""
    out = tmp_path_factory.mktemp("airline") / "run"
    words = [*TINY, "--trials", "2", "--set", "refit=true", "--set", "network.units=[4,6]"]
    words += ["--set", "preprocessing.calendar=true"]
    with explained():
        seqtune("fit", DATA / "airline.csv", "--task", "forecast", *words, "--out", out)
    return out


@pytest.fixture(scope="session")
def shops(fit: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the last rows of the sample of several series with covariates and gaps."""
    folder = tmp_path_factory.mktemp("shops")
    table = pd.read_csv(DATA / "shops.csv")
    table[table["date"] >= "2024-09-01"].to_csv(folder / "shops.csv", index=False)
    with explained():
        fit(folder / "shops.csv", *SHOPS_ROLES, "--out", folder / "run")
    return folder / "run"
