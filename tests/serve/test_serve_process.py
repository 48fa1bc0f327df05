"""The command as a process: it starts, answers, and ends as it should."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import command_line
import pytest


@contextlib.contextmanager
def serving(*words: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server on a free port; give the process and its address."""
    command = [sys.executable, "-m", "seqtune", "serve", *map(str, words), "--port", "0"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        found = next(
            (match for line in process.stderr if (match := re.search(r"http://[\d.]+:\d+", line))),
            None,
        )
        assert found is not None, process.wait()
        yield process, found[0]
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def post(address: str, body: bytes) -> tuple[int, bytes]:
    request = urllib.request.Request(
        f"{address}/predict", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, answer.read()


ROWS = b'[{"date": "2024-05-20", "y": 27.5}]'


def test_a_request_that_runs_when_the_server_is_ended_is_answered(forecast_run: Path) -> None:
    with serving(forecast_run, "--use", "network", "--max-wait", "3s") as (process, address):
        answers: list[tuple[int, bytes]] = []
        client = threading.Thread(target=lambda: answers.append(post(address, ROWS)))
        client.start()
        deadline = time.monotonic() + 20  # until the request waits for others
        while b'waiting_requests{model="run"} 1' not in metrics(address):
            assert time.monotonic() < deadline
        process.send_signal(signal.SIGTERM)
        client.join(30)
        assert process.wait(30) == 0
        ((status, body),) = answers
        assert status == 200 and len(json.loads(body)["predictions"]) == 7
        with pytest.raises(OSError, match="refused"):
            post(address, ROWS)


def metrics(address: str) -> bytes:
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
        return bytes(answer.read())


def test_a_taken_port_is_said_in_one_line_with_a_hint(forecast_run: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = command_line.seqtune("serve", forecast_run, "--port", port, code=1)
    assert done.err.splitlines() == [
        f"error: port {port} of 127.0.0.1 is taken by another process",
        f"hint: --port {port + 1}",
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere",), 1, "nowhere"),
        (("nowhere", "--host", "256.1.1.1"), 1, "cannot listen on 256.1.1.1"),
        (("a/run", "b/run"), 2, "would both be served as run"),
        (("nowhere", "--max-wait", "soon"), 2, "--max-wait soon: expected a duration"),
        (("nowhere", "--token", "no.txt"), 2, "--token no.txt cannot be read"),
        (("nowhere", "--max-batch", "0"), 2, "--max-batch"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_served_is_refused_before_it_listens(
    words: tuple[str, ...], code: int, said: str
) -> None:
    flags = () if "--port" in words else ("--port", "0")
    done = command_line.seqtune("serve", *words, *flags, code=code)
    assert said in done.err and "Traceback" not in done.err


def test_without_its_packages_the_command_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = command_line.seqtune("serve", "nowhere", code=1)
    assert "hint: pip install 'seqtune[serve]'" in done.err
