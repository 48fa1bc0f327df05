"""Keeping a native library's log lines off stderr while it is loaded.

TensorFlow logs while its shared objects are mapped, before it has read how much it is to log, so
that no variable silences those lines. They are written to the file descriptor, not through
Python. A process of its own filters them, so that what a crash leaves behind still comes through.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PROGRAM = """
import re, sys
dropped = re.compile(sys.argv[1].encode())
for line in sys.stdin.buffer:
    if not dropped.search(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""

_END_SECONDS = 2.0
"""How long the filter may take to end; a process that inherited the pipe can hold it open."""


@contextmanager
def filtered_stderr(pattern: str) -> Iterator[None]:
    """Drop what native code writes to stderr, line by line, where a pattern is found in it.

    What Python code writes meanwhile goes straight to stderr.

    Args:
        pattern: A regular expression.
    """
    if not sys.executable:
        yield
        return
    words = [sys.executable, "-I", "-S", "-c", _PROGRAM, pattern]
    # in a session of its own, Ctrl-C does not end it before the process that it serves
    filtering = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
    assert filtering.stdin is not None
    try:
        with _python_writes_to_a_copy(), filtering.stdin as pipe, _native_writes_to(pipe.fileno()):
            yield
    finally:
        with suppress(subprocess.TimeoutExpired):
            filtering.wait(_END_SECONDS)


@contextmanager
def _native_writes_to(target: int) -> Iterator[None]:
    """Let file descriptor 2 be another one for a while."""
    kept = os.dup(2)
    os.dup2(target, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _python_writes_to_a_copy() -> Iterator[None]:
    """Let `sys.stderr` write to where file descriptor 2 points now, wherever it points later."""
    original = sys.__stderr__
    if original is None or sys.stderr is not original:
        yield
        return
    original.flush()
    with os.fdopen(os.dup(2), "w", 1, original.encoding, original.errors) as copy:
        sys.stderr = copy
        try:
            yield
        finally:
            sys.stderr = original
