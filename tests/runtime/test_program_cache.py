"""Compiled programs on disk: in whose folder, for which processor, and how many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import command_line
import pytest

from seqtune.runtime import program_cache
from seqtune.runtime.program_cache import (
    EVERY_PROGRAM,
    FLAGS,
    FOLDER,
    PACKAGES,
    VARIABLE,
    cache_bytes,
    cache_folder,
    clear_cache,
    is_private,
    open_cache,
    prune,
    variables,
    variables_below,
)

posix = pytest.mark.skipif(os.name == "nt", reason="modes and owners are those of POSIX")


@pytest.fixture(autouse=True)
def of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a cache folder of its own, and JAX has been told of none."""
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """The folder of all programs, which is not there yet."""
    return tmp_path / "cache" / "seqtune-programs"


def put(path: Path, size: int, used: float = 0.0) -> Path:
    """Write a file that was used at a time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(bytes(size))
    os.utime(path, (used, used))
    return path


# where


def test_programs_lie_below_the_users_own_folder_by_what_they_are_for(top: Path) -> None:
    folder = open_cache()
    assert cache_folder() == top
    assert folder is not None and folder.parent == top and folder.is_dir()
    assert len(folder.name) == 12 and int(folder.name, 16) >= 0
    assert open_cache() == folder
    assert variables("scratch") == {FOLDER: str(folder), **EVERY_PROGRAM}


def test_without_a_variable_it_is_the_cache_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(
        "platformdirs.user_cache_path", lambda name, appauthor: tmp_path / "mine" / name
    )
    assert cache_folder() == tmp_path / "mine" / "seqtune" / "seqtune-programs"


def test_a_home_and_a_relative_folder_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "~/mine")
    assert cache_folder() == tmp_path / "mine" / "seqtune-programs"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "here")
    assert cache_folder() == tmp_path / "here" / "seqtune-programs"


def test_switched_off_there_is_no_folder_and_programs_go_with_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert open_cache() is None and cache_folder() is None
    assert (cache_bytes(), clear_cache()) == (0, 0)
    below = {FOLDER: str(tmp_path / "scratch" / "programs"), **EVERY_PROGRAM}
    assert variables(tmp_path / "scratch") == variables_below(tmp_path / "scratch") == below


def test_on_a_machine_of_nobody_programs_go_with_the_search_though_there_is_a_cache() -> None:
    assert variables_below("/scratch")[FOLDER] == str(Path("/scratch/programs"))


# whose


@posix
@pytest.mark.parametrize("mask", [0o022, 0o002, 0o000])
def test_it_is_created_for_the_user_alone_whatever_others_usually_may(mask: int) -> None:
    before = os.umask(mask)
    try:
        folder = open_cache()
    finally:
        os.umask(before)
    assert folder is not None and is_private(folder) and is_private(folder.parent)
    assert folder.stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o720])
@pytest.mark.parametrize("level", ["top", "key"])
def test_a_folder_in_which_others_may_write_is_refused(
    tmp_path: Path, top: Path, mode: int, level: str
) -> None:
    key = open_cache()
    assert key is not None
    (top if level == "top" else key).chmod(mode)
    assert open_cache() is None
    assert variables(tmp_path / "scratch") == variables_below(tmp_path / "scratch")


@posix
@pytest.mark.parametrize("level", ["top", "key"])
def test_a_link_is_refused(tmp_path: Path, top: Path, level: str) -> None:
    key = open_cache()
    assert key is not None
    place = top if level == "top" else key
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert open_cache() is None
    assert clear_cache() == 0 or level == "key"


@posix
def test_the_folder_of_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = open_cache()
    assert folder is not None and is_private(folder)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert not is_private(folder)
    assert open_cache() is None


def test_only_a_folder_that_is_there_is_private(tmp_path: Path) -> None:
    assert not is_private(tmp_path / "none")
    assert not is_private(put(tmp_path / "file", 1))


def test_a_place_that_cannot_be_a_folder_is_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "file", 1)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    assert open_cache() is None
    assert variables(tmp_path / "scratch") == variables_below(tmp_path / "scratch")


# what for


@pytest.mark.parametrize("name", FLAGS)
def test_other_flags_are_other_programs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = set()
    for value in ("", "--xla_cpu_use_fusion_emitters=false", "other"):
        monkeypatch.setenv(name, value)
        folders.add(open_cache())
    assert len(folders) == 3


@pytest.mark.parametrize("name", PACKAGES)
def test_other_versions_are_other_programs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_cache()
    known = program_cache.version
    monkeypatch.setattr(
        program_cache, "version", lambda asked: "99.9" if asked == name else known(asked)
    )
    assert open_cache() != before


def test_another_processor_has_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_cache()
    monkeypatch.setattr(program_cache, "_processor", lambda: "flags: avx1024")
    assert open_cache() != before


def test_a_variable_that_compiles_nothing_else_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = open_cache()
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert open_cache() == before


# how many


def test_of_too_many_those_not_used_for_longest_go_until_four_fifths_are_left(top: Path) -> None:
    keys = ("a" * 12, "b" * 12)
    files = [put(top / key / f"step-{used}", 100, used) for key in keys for used in (1, 2, 3)]
    prune(top, 599)
    left = sorted(path.name for path in files if path.exists())
    assert left == ["step-2", "step-2", "step-3", "step-3"]  # 400 of at most 479


def test_what_just_fits_stays(top: Path) -> None:
    for used in (1, 2, 3):
        put(top / ("a" * 12) / f"step-{used}", 100, used)
    prune(top, 300)
    assert cache_bytes() == 300
    prune(top, 0)
    assert cache_bytes() == 0


def test_a_program_is_used_when_it_is_read_too(top: Path) -> None:
    read = put(top / ("a" * 12) / "read", 100, 1.0)
    os.utime(read, (9.0, 1.0))
    written = put(top / ("a" * 12) / "written", 100, 5.0)
    prune(top, 150)
    assert read.exists() and not written.exists()


@posix
def test_what_a_link_points_to_is_neither_counted_nor_removed(top: Path, tmp_path: Path) -> None:
    other = put(tmp_path / "other", 1000, 1.0)
    put(top / ("a" * 12) / "step", 100, 2.0)
    (top / ("a" * 12) / "link").symlink_to(other)
    assert cache_bytes() == 100
    prune(top, 0)
    assert other.exists() and cache_bytes() == 0


def test_a_program_that_another_process_removed_first_is_passed_over(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for used in (1, 2, 3):
        put(top / ("a" * 12) / f"step-{used}", 100, used)
    unlink = Path.unlink

    def removed_already(path: Path) -> None:
        unlink(path)
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "unlink", removed_already)
    prune(top, 250)
    assert cache_bytes() == 200


def test_opening_the_cache_prunes_all_of_it(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned: list[Path] = []
    monkeypatch.setattr(program_cache, "prune", pruned.append)
    open_cache()
    assert pruned == [top]


def test_clearing_leaves_nothing_and_says_how_much_it_was(top: Path) -> None:
    open_cache()
    put(top / ("a" * 12) / "step", 1500)
    put(top / ("b" * 12) / "step", 1000)
    assert cache_bytes() == clear_cache() == 2500
    assert (cache_bytes(), clear_cache()) == (0, 0)
    assert open_cache() is not None


def test_what_else_lies_there_is_neither_counted_nor_removed(top: Path) -> None:
    open_cache()
    others = [put(top / "notes.txt", 10), put(top / "mine" / "thesis", 20)]
    put(top / ("a" * 12) / "step", 1000)
    assert cache_bytes() == 1000
    prune(top, 0)
    clear_cache()
    assert all(each.exists() for each in others)


@posix
def test_a_folder_whose_parent_others_may_write_is_not_used(tmp_path: Path, top: Path) -> None:
    top.parent.mkdir(parents=True, exist_ok=True)
    top.parent.chmod(0o777)
    assert open_cache() is None


@posix
def test_a_folder_in_which_others_may_write_is_not_cleared(top: Path) -> None:
    open_cache()
    kept = put(top / ("a" * 12) / "step", 1000)
    top.chmod(0o777)
    assert clear_cache() == 0
    assert kept.exists()


def test_doctor_shows_the_cache_and_clears_it_where_it_is_told_to(top: Path) -> None:
    open_cache()
    put(top / ("a" * 12) / "step", 2_500_000)
    found = command_line.seqtune("doctor", "--json").json["cache"]
    assert found == {
        "folder": str(top), "bytes": 2_500_000, "most_bytes": program_cache.MAX_BYTES,
        "is_used": True,
    }  # fmt: skip
    done = command_line.seqtune("doctor", "--clear-cache", "--json")
    assert done.json["cache"]["bytes"] == 0
    assert done.err == f"compiled networks: deleted 2.5 MB in {top}\n"


def test_doctor_says_that_the_cache_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    found = command_line.seqtune("doctor", "--json").json["cache"]
    assert (found["folder"], found["bytes"]) == ("", 0)


# what comes of it

COMPILE = """
import json, sys
import jax, numpy as np

heard = []
jax.monitoring.register_event_listener(lambda name, **more: heard.append(name))

def step(values):
    return jax.numpy.sin(values) * float(sys.argv[1])

found = jax.jit(step)(np.arange(5.0))
print(json.dumps([found.tolist(), sum(name.endswith("cache_hits") for name in heard)]))
"""

KEEP = """
import sys
from seqtune.runtime.program_cache import keep_programs
import jax

keep_programs()
keep_programs()
print(jax.config.jax_compilation_cache_dir)
print(jax.config.jax_persistent_cache_min_compile_time_secs)
"""


def run(script: str, *words: str, **more: str) -> str:
    """Run a script in a process of its own; return what it printed."""
    known = {
        name: value for name, value in os.environ.items() if name not in (FOLDER, *EVERY_PROGRAM)
    }
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True, text=True, timeout=120, check=True, env={**known, **more},
    )  # fmt: skip
    return done.stdout


def files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("choose", [variables, variables_below])
def test_a_second_process_finds_what_the_first_has_compiled(
    tmp_path: Path, choose: Callable[[Path], dict[str, str]]
) -> None:
    told = choose(tmp_path / "scratch")
    folder = Path(told[FOLDER])
    first, hits = json.loads(run(COMPILE, "3", **told))
    kept = files(folder)
    assert kept and hits == 0
    again, hits = json.loads(run(COMPILE, "3", **told))
    assert again == first and hits >= 1
    assert files(folder).keys() == kept.keys()
    run(COMPILE, "4", **told)
    assert len(files(folder)) > len(kept)


def test_a_process_keeps_its_programs_where_the_next_one_looks(top: Path) -> None:
    folder, seconds = run(KEEP).split()
    assert Path(folder) == open_cache() and Path(folder).parent == top
    assert float(seconds) == 0


def test_a_process_without_a_cache_keeps_its_programs_until_it_ends() -> None:
    folder = Path(run(KEEP, **{VARIABLE: "off"}).split()[0])
    assert folder.name.startswith("seqtune-programs-") and not folder.exists()


def test_a_folder_that_the_user_gave_jax_is_used(tmp_path: Path) -> None:
    assert Path(run(KEEP, **{FOLDER: str(tmp_path / "jax")}).split()[0]) == tmp_path / "jax"


def test_the_folder_that_the_user_has_given_jax_keeps_its_thresholds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "mine"))
    assert variables(tmp_path / "scratch") == {}
