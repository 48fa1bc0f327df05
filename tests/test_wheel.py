"""A wheel, unpacked elsewhere, is whole: it finds its recipes without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from seqtune.recipe import catalogue

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel of this checkout, built and unpacked in another place."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    words += ("--disable-pip-version-check", "--wheel-dir", str(folder), str(ROOT))
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True)
    (wheel,) = folder.glob("seqtune-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.fixture
def run(unpacked, tmp_path):
    """Run a command of the unpacked wheel, outside the checkout."""

    def command(*words):
        return subprocess.run(
            [sys.executable, "-m", "seqtune", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(unpacked)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    return command


def test_the_wheel_holds_every_module_and_recipe(unpacked):
    for pattern in ("seqtune/**/*.py", "recipes/**/*.yaml"):
        for path in ROOT.glob(pattern):
            name = path.relative_to(ROOT)
            inside = name if name.parts[0] == "seqtune" else Path("seqtune") / name
            assert (unpacked / inside).read_bytes() == path.read_bytes()
    assert (unpacked / "seqtune" / "py.typed").exists()
    assert {path.name for path in unpacked.iterdir() if path.suffix != ".dist-info"} == {"seqtune"}


def test_the_wheel_is_what_runs(run, unpacked):
    script = "import seqtune; print(seqtune.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=unpacked.parent,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(done.stdout.strip()) == unpacked / "seqtune" / "__init__.py"
    assert run("--version").startswith("seqtune 0.1.0")


def test_the_wheel_finds_its_recipes(run):
    names = [line.split()[0] for line in run("recipes", "list").splitlines()]
    assert names == list(catalogue.names())
    assert {"classify/quick", "forecast/quick"} <= set(names)
    assert run("recipes", "show", "forecast/default").startswith("task: forecast\n")
