"""The same trials on both backends: trials per minute, and seconds to the first trial's end.

python benchmarks/backends.py data/airline.csv
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECIPES = ("forecast/quick", "forecast/default", "forecast/thorough")
BACKENDS = ("jax", "tensorflow")


def main() -> None:
    """Fit with every recipe on both backends, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    chosen = parser.parse_args()
    print("recipe              backend     trials/minute  first trial after  training share")
    for recipe in RECIPES:
        for backend in BACKENDS:
            print(measure(chosen, recipe, backend), flush=True)


def measure(chosen: argparse.Namespace, recipe: str, backend: str) -> str:
    """Fit once with one worker, and return a line of the table."""
    overrides = [word for each in chosen.overrides for word in ("--set", each)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        began = time.monotonic()
        process = subprocess.Popen(
            [
                sys.executable, "-m", "seqtune", "fit", str(chosen.data), "--task", "forecast",
                "--recipe", recipe, "--backend", backend, "--workers", "1", "--budget", "20m",
                "--trials", str(chosen.trials), "--out", str(out), "--set", "refit=false",
                "--set", "search.stopping=none", *overrides,
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"},
        )  # fmt: skip
        first = None
        assert process.stderr is not None
        for line in process.stderr:
            if first is None and line.startswith("trial "):
                first = time.monotonic() - began
        if process.wait():
            raise SystemExit(f"{recipe} on {backend} failed")
        record = json.loads((out / "run.json").read_text())
    search = record["seconds"]["search"]
    training = sum(work["training"] for work in record["workers"])
    return (
        f"{recipe:18s}  {backend:10s}  {60 * chosen.trials / search:13.1f}  "
        f"{first or float('nan'):17.1f}  {training / search:14.0%}"
    )


if __name__ == "__main__":
    main()
