"""A run that tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import TINY, seqtune, weekly


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one trial; who changes it copies it first."""
    folder = tmp_path_factory.mktemp("finished")
    weekly(60).to_csv(folder / "sales.csv", index=False)
    out = folder / "runs" / "one"
    words = ("fit", folder / "sales.csv", "--task", "forecast", *TINY, "--quiet", "--out", out)
    seqtune(*words)
    return out
