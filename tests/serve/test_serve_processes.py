"""Several processes that share a port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent

PARENT = """
import socket, sys
sys.path[:0] = {path!r}
from light_servers import serve_pid
from seqtune.errors import SeqtuneError
from seqtune.serve.processes import Work, serve_by_processes

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    work = Work(serve_pid, ({fault!r},))
    try:
        serve_by_processes(work, listener, 2, lambda line: print(line, flush=True))
    except SeqtuneError as error:
        print(error.message, flush=True)
        sys.exit(1)
"""


def start(fault: str = "") -> subprocess.Popen[str]:
    code = PARENT.format(path=[str(HERE), str(HERE.parents[1])], fault=fault)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", code], text=True, **pipes)  # type: ignore[call-overload]


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    process = start()
    yield process
    process.kill()
    process.communicate()


def pids(port: int, count: int) -> set[int]:
    """Return the processes that answer, once there are so many."""
    found: set[int] = set()
    deadline = time.monotonic() + 60
    while len(found) < count:
        assert time.monotonic() < deadline, found
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            found.add(int(client.recv(100)))
    return found


def test_processes_share_a_port_are_replaced_and_end_together(
    parent: subprocess.Popen[str],
) -> None:
    assert parent.stdout is not None
    port = int(parent.stdout.readline())
    first, second = pids(port, 2)
    os.kill(first, signal.SIGKILL)
    assert parent.stdout.readline() == f"process {first} died (exit code -9): replaced\n"
    assert second in pids(port, 2)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(30) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_process_that_cannot_begin_ends_all_in_one_line() -> None:
    process = start("no run at x")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.splitlines()[1:] == ["a process could not load its models"]
    assert "error: no run at x" in err.splitlines() and "Traceback" not in err
