"""What is released: whole without the checkout, and the same bytes from the same files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

import seqtune
from seqtune.recipe import catalogue

ROOT = Path(__file__).parents[1]
RELEASED = (
    "seqtune",
    "recipes",
    "data",
    "docs",
    "website",
    "examples",
    "benchmarks",
    "tests",
    ".ci",
)
"""Folders that the source distribution has."""


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


def build(checkout, folder):
    """Build the wheel and the source distribution of a checkout; return what was written."""
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(words, cwd=checkout, check=True, capture_output=True)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The files that a release has, by name."""
    return build(ROOT, tmp_path_factory.mktemp("released"))


def test_the_same_files_at_another_place_and_time_build_the_same_bytes(released, tmp_path):
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".git", ".venv", "build", "runs")
    shutil.copytree(ROOT, copy, ignore=ignored)
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    again = build(copy, tmp_path / "again")
    assert (
        set(again)
        == set(released)
        == {
            f"seqtune-{seqtune.__version__}-py3-none-any.whl",
            f"seqtune-{seqtune.__version__}.tar.gz",
        }
    )
    for name, path in again.items():
        assert path.read_bytes() == released[name].read_bytes(), name


def test_the_source_distribution_is_enough_to_run_the_tests_and_build_the_site(released):
    (name,) = (name for name in released if name.endswith(".gz"))
    with tarfile.open(released[name]) as archive:
        inside = {member.partition("/")[2] for member in archive.getnames()}
    kept = {
        path.relative_to(ROOT).as_posix()
        for folder in RELEASED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert kept <= inside
    for name in ("LICENSE", "README.md", "CITATION.cff", "Dockerfile", "zensical.toml"):
        assert name in inside


def test_checkers_of_releases_have_nothing_to_say(released):
    files = [str(path) for path in released.values()]
    wheels = [file for file in files if file.endswith(".whl")]
    for words in (["twine", "check", "--strict", *files], ["check_wheel_contents", *wheels]):
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_version_is_in_one_place_and_the_citation_has_the_same(unpacked):
    assert 'dynamic = ["version"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (information,) = unpacked.glob("*.dist-info")
    metadata = (information / "METADATA").read_text(encoding="utf-8")
    assert f"\nVersion: {seqtune.__version__}\n" in metadata
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (seqtune.__version__, "Apache-2.0")
    assert f"## [{seqtune.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_whole_and_goes_along(unpacked):
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    (information,) = unpacked.glob("*.dist-info")
    assert (information / "licenses" / "LICENSE").read_text(encoding="utf-8") == text
    assert "License-Expression: Apache-2.0" in (information / "METADATA").read_text("utf-8")
    sections = re.findall(r"^   (\d)\. ([A-Z]\w+)", text, flags=re.M)
    assert [number for number, _ in sections] == [str(number) for number in range(1, 10)]
    assert "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text


def test_the_container_runs_the_first_command_of_the_readme():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (entry,) = re.findall(r'^ENTRYPOINT \["(.*)"\]$', lines, flags=re.M)
    (words,) = re.findall(r"^CMD \[(.*)\]$", lines, flags=re.M)
    first = re.search(r"pip install \. && (seqtune .*)", (ROOT / "README.md").read_text("utf-8"))
    assert " ".join([entry, *re.findall(r'"([^"]*)"', words)]) == first[1]
    copied = re.findall(r"^COPY (?:--chown=\w+ )?(.*) \S+$", lines, flags=re.M)
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists() and f"!{name}" in allowed, name
