"""What is removed from an environment of a bundle: only what its packages do without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seqtune.export import slim as module
from seqtune.export.dockerfile import dockerfile
from seqtune.export.slim import STILL, UNUSED, refusal, slim


def put(site: Path, *names: str) -> None:
    for name in names:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(b"x" * 100)


def names(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Which packages still work; all do, unless a test says otherwise."""
    found = dict.fromkeys(UNUSED, True)
    monkeypatch.setattr(module, "_works", found.__getitem__)
    return found


def test_it_removes_what_is_unused_and_nothing_else(tmp_path: Path, works: Any) -> None:
    keeps = ("numpy/core.py", "numpy/testing/x.py", "pandas/core/tests.py", "pyarrow/lib.so",
             "pyarrow/libarrow_python.so.2600", "pyarrow/libarrow_substrait.so.2600",
             "scipy/tests/t.py", "onnxruntime/capi/onnxruntime_pybind11_state.so")  # fmt: skip
    goes = ("numpy/ma/tests/t.py", "pandas/tests/io/t.py", "pyarrow/include/arrow/a.h",
            "pyarrow/libarrow_python.so", "pyarrow/libarrow_python.so.2600.1.0",
            "onnxruntime/capi/libonnxruntime.so.1.32.0")  # fmt: skip
    put(tmp_path, *keeps, *goes)
    assert slim(tmp_path) == 100 * len(goes)
    assert names(tmp_path) == sorted(keeps)
    assert slim(tmp_path) == 0 and names(tmp_path) == sorted(keeps)


def test_a_package_that_fails_without_it_gets_all_of_it_back(tmp_path: Path, works: Any) -> None:
    put(tmp_path, "pyarrow/tests/t.py", "pyarrow/libarrow_s3.so", "pandas/tests/t.py")
    works["pyarrow"] = False
    assert slim(tmp_path) == 100
    assert names(tmp_path) == ["pyarrow/libarrow_s3.so", "pyarrow/tests/t.py"]


def test_whoever_interrupts_it_has_all_of_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(package: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_works", interrupted)
    put(tmp_path, "pandas/tests/t.py")
    with pytest.raises(KeyboardInterrupt):
        slim(tmp_path)
    assert names(tmp_path) == ["pandas/tests/t.py"]


def test_what_trains_and_what_is_no_environment_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "it has Keras" in refusal([])  # that of the tests
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert "no virtual environment" in refusal([]) and not refusal(["--system"])
    monkeypatch.setattr(sys, "prefix", "/venv")
    assert not refusal([]) and "found '-v', expected" in refusal(["-v"])


@pytest.mark.parametrize("package", sorted(STILL))
def test_what_packages_must_be_able_to_do_is_what_they_can(package: str) -> None:
    pytest.importorskip(package)
    assert module._works(package)


def test_it_is_a_command_that_says_why_it_does_nothing() -> None:
    command = [sys.executable, "-m", "seqtune.export.slim"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr.startswith("error: this environment trains")


def test_the_image_is_slim() -> None:
    assert "python -m seqtune.export.slim --system" in dockerfile("airline.zip")
