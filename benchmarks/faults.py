"""Fail the disk at every call of a small search, one at a time, and see what is left.

    python benchmarks/faults.py                    # every call with every error: an hour
    python benchmarks/faults.py --every 4 --calls fsync replace

`open`, `write`, `fsync`, `replace`, `mkdir` and `unlink` below the run folder fail with "no space
left on device", "input/output error" and "too many open files". A round is good if the command
ends by itself, in two lines where it fails; the run is reported, predicts and is gone on with; no
half-written file is left; and no trial is lost. `tests/run/test_faulty_disk.py` draws a few.
"""

from __future__ import annotations

import argparse
import errno
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import command_line
from command_line import TINY, weekly
from faulty_disk import CALLS, FaultyDisk
from faulty_runs import FAULTS, one_fault

from seqtune.search import patience


def main() -> None:
    """Fail, resume, and print a line for every round that is not good."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", nargs="+", default=list(CALLS), choices=CALLS)
    parser.add_argument("--every", type=int, default=1, help="calls from one fault to the next")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    chosen = parser.parse_args()
    patience.PAUSE_SECONDS = 0.01
    began, bad, done = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = count(folder / "whole")
        print(", ".join(f"{number} x {call}" for call, number in calls.items()), flush=True)
        places = [
            (call, first, FAULTS[(first // chosen.every + shift) % len(FAULTS)])
            for shift in range(len(FAULTS) if chosen.every == 1 else 1)
            for call in chosen.calls
            for first in range(1, calls[call] + 1, chosen.every)
        ]
        for number, (call, first, error) in enumerate(places):
            if time.monotonic() - began > chosen.seconds:
                break
            place = folder / f"round{number}"
            place.mkdir()
            faults = one_fault(place, call, first, error)
            done, bad = done + 1, bad + bool(faults)
            if faults:
                print(f"{call} {first} {errno.errorcode[error]}: {'; '.join(faults)}", flush=True)
    print(f"{done - bad} of {done} rounds of {len(places)} were good")
    sys.exit(bad > 0)


def count(folder: Path) -> dict[str, int]:
    """Return how often each call is made in a search that nothing disturbs."""
    folder.mkdir()
    weekly(60).to_csv(folder / "sales.csv", index=False)
    disk = FaultyDisk((folder / "run",))
    words = ("fit", folder / "sales.csv", "--task", "forecast", *TINY, "--out", folder / "run")
    with disk.inserted():
        command_line.seqtune(*words, "--quiet")
    return disk.calls


if __name__ == "__main__":
    main()
