"""Resident memory of a worker that trains one network after the other: does it stay the same?

python benchmarks/worker_memory.py [--backend jax] [--trials 50] [--steps 60]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from seqtune.runtime import backend as backends

EARLY = 5
"""Trials after which a worker has seen what it needs."""


def main() -> None:
    """Print resident memory after every few trials, and how much the last is above the fifth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="jax")
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    backends.activate(arguments.backend)
    with tempfile.TemporaryDirectory() as folder:
        sizes, seconds = measure(Path(folder), arguments.backend, arguments.trials, arguments.steps)
    print("trials  resident MB")
    for trials in sorted({1, *range(EARLY, len(sizes) + 1, EARLY), len(sizes)}):
        print(f"{trials:6}  {sizes[trials - 1] / 1e6:11.0f}")
    early, late = median(sizes[EARLY - 1 : EARLY + 2]), median(sizes[-3:])
    print(f"after {len(sizes)} trials {late / early - 1:+.1%}; {seconds:.0f} s of training")


def measure(folder: Path, backend: str, trials: int, steps: int) -> tuple[list[int], float]:
    """Run trials in one worker; return its resident bytes after each, and the seconds in all."""
    from _jobs import AIRLINE, jobs, prepare, shares

    from seqtune.progress import Event, TrialStarted
    from seqtune.search.executor._dispatcher import WorkerSpec
    from seqtune.search.executor.processes import Processes

    sizes: list[int] = []

    def hear(event: Event) -> None:
        """Look when the next trial begins: the worker has tidied up after the last one."""
        if isinstance(event, TrialStarted):
            sizes.append(resident_bytes(executor.pids()[0]))

    _, recipe = prepare(AIRLINE, folder, ())
    executor = Processes(WorkerSpec("forecast", backend), folder, shares(1, 1), hear)
    began = time.monotonic()
    try:
        for job in jobs(recipe, trials + 1, steps):
            executor.submit(job)
            while not (outcomes := executor.wait(0.05)) and len(sizes) <= trials:
                pass
            for outcome in outcomes:
                if outcome.reason:
                    print(f"{job.trial}: {outcome.reason}")
    finally:
        executor.close()
    return sizes[1:], time.monotonic() - began


def resident_bytes(pid: int) -> int:
    """Return the memory of a process that is in RAM and its own (Linux)."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return int(fields["VmRSS"].split()[0]) * 1024


if __name__ == "__main__":
    main()
