"""The examples of docs/design.md: a package outside that holds them, found through entry points."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import DATA, TINY

ROOT = Path(__file__).parents[1]
PLACES = {
    "smoothing": "seqtune.cells",
    "skipping": "seqtune.architectures",
    "last_mean": "seqtune.baselines.forecast",
}


@pytest.fixture
def package(tmp_path):
    """A folder for `PYTHONPATH` with the examples and their entry points in it."""
    blocks = re.findall(
        r"`(?:\w+: )?(\w+)`:\n\n```python\n(.*?)```",
        (ROOT / "docs" / "design.md").read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    assert {name for name, _ in blocks} == set(PLACES)
    for name, code in blocks:
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    information = tmp_path / "examples-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: examples\nVersion: 1.0\n")
    points = [f"[{group}]\n{name} = {name}\n" for name, group in PLACES.items()]
    (information / "entry_points.txt").write_text("\n".join(points))
    return tmp_path


def test_the_examples_are_searched_and_scored_like_what_is_shipped(package, tmp_path):
    flags = (
        *("--set", "network.cell=smoothing", "--set", "network.architecture=skipping"),
        *("--set", "network.skipping.stride=3", "--set", "baselines.methods=[naive,last_mean]"),
    )
    command = [sys.executable, "-m", "seqtune", "fit", str(DATA / "airline.csv")]
    done = subprocess.run(
        [*command, "--task", "forecast", "--out", str(tmp_path / "run"), *TINY, *flags],
        env={**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "skipping-smoothing-t001" in done.stdout
    assert "last_mean" in done.stdout


def test_the_task_is_that_of_the_tests():
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    code = (ROOT / "tests" / "outside" / "regress" / "task.py").read_text(encoding="utf-8")
    shown = page.partition("```python\nclass ")[2].partition("```")[0]
    assert f"class {shown}" in code
