"""What native code logs while it is loaded: noise is dropped, everything else comes through."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest


def said(code: str) -> tuple[int, str, str]:
    """Run code in a process of its own; exit code, stdout and stderr."""
    whole = f"import os, sys\nfrom seqtune.runtime.stderr_filter import filtered_stderr\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", whole], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_only_the_lines_of_a_pattern_are_dropped() -> None:
    code = """
with filtered_stderr("^noise|^I0"):
    os.write(2, b"noise 1\\nkept: noise\\nI0 log\\n")
    os.write(2, "E0 \\u00e9rror\\n".encode())
    os.system("echo from a child >&2")
    os.write(2, b"no end of line")
os.write(2, b"\\nnoise afterwards\\n")
"""
    expected = "kept: noise\nE0 érror\nfrom a child\nno end of line\nnoise afterwards\n"
    assert said(code) == (0, "", expected)


def test_what_python_writes_is_not_sieved() -> None:
    code = """
print("before", file=sys.stderr)
with filtered_stderr("noise"):
    print("noise of our own", file=sys.stderr)
    print("noise", flush=True)
assert sys.stderr is sys.__stderr__
print("after", file=sys.stderr)
"""
    assert said(code) == (0, "noise\n", "before\nnoise of our own\nafter\n")


def test_an_error_inside_gives_stderr_back() -> None:
    code = """
try:
    with filtered_stderr("noise"):
        os.write(2, b"noise\\nno memory\\n")
        raise ImportError("cannot be loaded")
except ImportError as error:
    print(error)
os.write(2, b"noise afterwards\\n")
"""
    assert said(code) == (0, "cannot be loaded\n", "no memory\nnoise afterwards\n")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes die otherwise here")
def test_what_a_crash_leaves_behind_comes_through() -> None:
    code = """
with filtered_stderr("noise"):
    os.write(2, b"noise\\nF0000 this processor lacks AVX\\n")
    os.abort()
"""
    left, out, errors = said(code)
    assert (left, out, errors) == (-signal.SIGABRT, "", "F0000 this processor lacks AVX\n")


def test_a_child_that_keeps_stderr_open_is_not_waited_for() -> None:
    code = """
import subprocess, time, seqtune.runtime.stderr_filter
seqtune.runtime.stderr_filter._END_SECONDS = 0.05
with filtered_stderr("noise"):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
child.communicate(b"\\n")
print("done")
"""
    assert said(code) == (0, "done\n", "")
