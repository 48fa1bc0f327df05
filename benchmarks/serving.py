"""Load on `seqtune serve`: requests per second, latency, and whether each answer is the right one.

    python benchmarks/serving.py runs/airline-forecast-1 --requests 20000
    python benchmarks/serving.py airline.zip --soak 10m --bad 0.1

It starts the server as a user does, in a process of its own, and sends single rows over 32
connections. What must come back is what `seqtune.load(...).predict` says of the same rows, one
request at a time; figures may differ by 1e-6 of their size. A soak also reads the memory of the
server at its start and its end. Exit code 1: an answer was wrong, or a status was 500 or 0.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from _http_load import Outcome, Shot, load, request_bytes

import seqtune
from seqtune.recipe.duration import seconds
from seqtune.serve.served_model import ServedModel

CLOSE = 1e-6
"""Share of its size by which a figure may differ: batches of other sizes add up otherwise."""

WARM = 2_000
"""Requests before the first one that is measured."""

BAD = (
    b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'[{"a": 1}]', b'[{"a": 1, "a": 2}]',
    b'[{"a": NaN}]', b'[{"a": 1e400}]', b"null", b'"text"', b'[{"=cmd()": "../../etc/passwd"}]',
    b"[" + b"9" * 5_000 + b"]", b'["\\ud800"]',
)  # fmt: skip
"""Bodies that are refused."""


def main() -> int:
    """Run the benchmark and print its figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", help="A run, or a bundle.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--different", type=int, default=200, help="Different requests.")
    parser.add_argument("--rows", type=int, default=1, help="Rows of a request, the last ones.")
    parser.add_argument("--soak", help="Send requests for so long instead, such as 10m.")
    parser.add_argument("--bad", type=float, default=0.0, help="Share of requests that are bad.")
    parser.add_argument("--use", help="Leaderboard row that predicts.")
    parser.add_argument("--flags", default="", help="Further flags of `seqtune serve`.")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    shots = list(expected_shots(asked.model, asked.use, asked.different, asked.rows))
    words = [*(["--use", asked.use] if asked.use else []), *shlex.split(asked.flags)]
    server, port = start(asked.model, words)
    try:
        figures = measure(asked, shots, port, server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        figures_of_end = {"exit_code": server.wait(60)}
    print(json.dumps({**figures, **figures_of_end}, indent=1))
    statuses = figures["statuses"]
    return int(bool(figures["wrong"] or statuses.get("500") or statuses.get("0")))


def expected_shots(model: str, use: str | None, different: int, rows: int) -> Iterator[Shot]:
    """Yield requests with what must come back; see `varied`."""
    run = seqtune.load(model)
    served = ServedModel("bench", run, use)
    example = list(served.form.example)[-rows:]
    numbers = [each.name for each in served.form.columns if each.kind == "number"]
    draw = random.Random(0)
    for _ in range(different):
        asked = varied(example, numbers, draw)
        table = run.predict(pd.DataFrame(asked), use=served.row)
        wanted = json.loads(table.to_json(orient="records", date_format="iso", double_precision=15))
        request = request_bytes("/predict", json.dumps(asked).encode(), "application/json")
        yield Shot(request, answers(wanted))


def varied(
    rows: Sequence[Mapping[str, Any]], numbers: Sequence[str], draw: random.Random
) -> list[dict[str, Any]]:
    """Return rows with other numbers, and words in another order."""
    made = []
    for row in rows:
        cells = dict(row)
        for name, value in row.items():
            if name in numbers and value is not None:
                cells[name] = round(value * draw.uniform(0.8, 1.2) + draw.uniform(-0.1, 0.1), 4)
            elif isinstance(value, str) and " " in value and not re.match(r"\d{4}-", value):
                words = value.split(" ")
                draw.shuffle(words)
                cells[name] = " ".join(words)
        made.append(cells)
    return made


def answers(wanted: Sequence[Mapping[str, Any]]) -> Callable[[int, bytes], bool]:
    """Return what checks an answer; equal bytes are parsed once."""
    known: set[bytes] = set()

    def check(status: int, body: bytes) -> bool:
        if status != 200 or body in known:
            return status == 200
        found = json.loads(body)["predictions"]
        is_right = len(found) == len(wanted) and all(map(_agree, found, wanted))
        if is_right and len(known) < 64:
            known.add(body)
        return is_right

    return check


def _agree(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return found.keys() == wanted.keys() and all(
        _equal(found[name], wanted[name]) for name in wanted
    )


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        return math.isclose(found, wanted, rel_tol=CLOSE, abs_tol=CLOSE)
    if isinstance(wanted, str) and re.match(r"\d{4}-\d\d-\d\dT", wanted):
        return str(found)[:19] == wanted[:19]
    return bool(found == wanted)


def bad_shots() -> list[Shot]:
    """Return requests that must be refused, and not by a fault of the server."""

    def is_refused(status: int, body: bytes) -> bool:
        return 400 <= status < 500 and b"Traceback" not in body and b"error" in body

    bodies = [body for body in BAD if body]
    shots = [
        Shot(request_bytes("/predict", each, "application/json"), is_refused) for each in bodies
    ]
    shots.append(Shot(request_bytes("/predict", b"x", "text/html"), is_refused))
    shots.append(Shot(request_bytes("/nothing", b"[]", "application/json"), is_refused))
    return shots


def start(model: str, words: Sequence[str]) -> tuple[subprocess.Popen[str], int]:
    """Start the server on a free port; return it when it is ready, and the port."""
    command = [sys.executable, "-m", "seqtune", "serve", model, "--port", "0", *words]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"http://[\d.]+:(\d+)", line):
            break
    else:
        raise SystemExit(f"the server did not start: exit code {server.wait()}")
    port = int(found[1])
    ready = b"GET /health/ready HTTP/1.1\r\nHost: bench\r\n\r\n"
    shots = iter([Shot(ready, lambda status, body: status == 200)])
    asyncio.run(load("127.0.0.1", port, lambda: next(shots, None), 1))
    return server, port


def measure(asked: Any, shots: Sequence[Shot], port: int, pid: int) -> dict[str, Any]:
    """Send the load and return its figures."""
    draw, bad = random.Random(1), bad_shots()
    until = time.monotonic() + seconds(asked.soak) if asked.soak else math.inf
    left = math.inf if asked.soak else asked.requests

    def next_shot() -> Shot | None:
        nonlocal left
        left -= 1
        if left < 0 or time.monotonic() > until:
            return None
        return draw.choice(bad if draw.random() < asked.bad else shots)

    warm = iter([draw.choice(bad if draw.random() < asked.bad else shots) for _ in range(WARM)])
    asyncio.run(load("127.0.0.1", port, lambda: next(warm, None), asked.connections))
    before, began = memory(pid), cpu_seconds(pid)
    outcome: Outcome = asyncio.run(load("127.0.0.1", port, next_shot, asked.connections))
    after, cpu = memory(pid), cpu_seconds(pid) - began
    return {
        "requests": len(outcome.seconds),
        "requests_per_second": round(len(outcome.seconds) / outcome.took, 1),
        "p50_ms": round(1000 * outcome.percentile(0.5), 2),
        "p99_ms": round(1000 * outcome.percentile(0.99), 2),
        "server_cpu_ms_per_request": round(1000 * cpu / max(1, len(outcome.seconds)), 3),
        "wrong": outcome.wrong,
        "first_wrong": outcome.first_wrong,
        "statuses": {str(status): count for status, count in sorted(outcome.statuses.items())},
        "memory_mb": [round(before / 1e6, 1), round(after / 1e6, 1)],
        "memory_growth": round(after / before - 1, 4),
    }


def memory(pid: int) -> int:
    """Return the resident memory of a process and its children in bytes."""
    total = 0
    for each in (pid, *_children(pid)):
        status = Path(f"/proc/{each}/status").read_text(encoding="ascii")
        total += int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]
    return total


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have taken."""
    ticks = 0
    for each in (pid, *_children(pid)):
        text = Path(f"/proc/{each}/stat").read_text(encoding="utf-8")
        ticks += sum(map(int, text.rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in path.read_text(encoding="ascii").split()]


if __name__ == "__main__":
    sys.exit(main())
