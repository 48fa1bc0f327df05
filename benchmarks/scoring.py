"""Rows per second of one core, and peak memory, of `seqtune predict` on long tables with anomalies.

    python benchmarks/scoring.py [--rows 100000 1000000 5000000] [--channels 1 3]

A detector of the first configuration that a search tries is trained for a few steps, which is
enough for its speed, and scores tables of minutes; so do the simple methods, on the last. The rate
is rows by seconds of processor time, start-up left out: that of scoring a hundred rows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from _command import run

TRAINING_ROWS = 6_000
FLAGS = ("--trials", "1", "--budget", "9h", "--workers", "1", "--executor", "inline", "--quiet")
QUICK = (
    "--set",
    "training.steps=50",
    "--set",
    "training.steps_per_epoch=50",
    "--set",
    "refit=false",
)
METHODS = (
    "moving_z_score",
    "seasonal_residual",
    "moving_deviation",
    "k_means",
    "isolation_forest",
    "sub_pca",
)


@dataclass(frozen=True)
class Cost:
    """What one command took.

    Args:
        wall: Seconds from start to end.
        processor: Seconds of processor time.
        peak_bytes: Largest resident memory.
    """

    wall: float
    processor: float
    peak_bytes: int


def main() -> None:
    """Train and score, and print a row for each table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    parser.add_argument("--channels", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--methods", action="store_true", help="the simple methods, too")
    chosen = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print("| channels | rows | file | scored by | wall | rows per second | peak |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for channels in chosen.channels:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), channels, chosen.rows, METHODS if chosen.methods else ())


def measure(folder: Path, channels: int, rows: list[int], methods: tuple[str, ...]) -> None:
    """Train on one table, and score the others."""
    known = write_table(folder / "known.csv", TRAINING_ROWS, channels, "2020-01-01")
    done = run("fit", str(known), "--task", "anomaly", *FLAGS, *QUICK, "--out", str(folder / "run"))
    if done.code:
        raise SystemExit(done.stderr)
    few = write_table(folder / "few.csv", 100, channels, "2021-01-01")
    start = score(folder, few)
    for count in rows:
        table = write_table(folder / "new.csv", count, channels, "2021-01-01")
        for method in ("", *(methods if count == rows[-1] else ())):
            cost = score(folder, table, method)
            rate = count / max(cost.processor - start.processor, 1e-9)
            print(
                f"| {channels} | {count:,} | {table.stat().st_size / 1e6:.0f} MB "
                f"| {method or 'network'} | {cost.wall:.1f} s | {rate:,.0f} "
                f"| {cost.peak_bytes / 1e9:.2f} GB |",
                flush=True,
            )


def score(folder: Path, table: Path, method: str = "") -> Cost:
    """Score one table, and return what that took."""
    out = folder / "scored.csv"
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "seqtune", "predict", str(folder / "run"), str(table)]
    command += ["-o", str(out), *(["--use", method] if method else [])]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def write_table(path: Path, rows: int, channels: int, start: str) -> Path:
    """Write minutes of channels with a season of an hour and noise."""
    draw, row = np.random.default_rng(0), np.arange(rows)
    columns = {"time": pd.date_range(start, periods=rows, freq="min").strftime("%Y-%m-%d %H:%M:%S")}
    table = pd.DataFrame(columns)
    for channel in range(channels):
        wave = 10 * np.sin(2 * np.pi * row / 60 + channel)
        table[f"c{channel}"] = (wave + draw.normal(size=rows) + 20 * channel).round(4)
    table.to_csv(path, index=False)
    return path


if __name__ == "__main__":
    main()
