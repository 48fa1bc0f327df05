"""Peak memory and time to the first trial for a table of 10 million rows.

python benchmarks/memory.py [--series 10000] [--steps 1000] [--budget 4m]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

COMMAND = ("--task", "forecast", "--horizon", "24", "--lookback", "168")


def main() -> None:
    """Write the table, fit it, and print peak memory and when the first trial ran."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--budget", default="4m")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        write_table(table, arguments.series, arguments.steps)
        print(f"{arguments.series * arguments.steps:,} rows, {table.stat().st_size / 1e6:.0f} MB")
        out = Path(folder) / "run"
        command = [sys.executable, "-m", "seqtune", "fit", str(table), *COMMAND]
        command += ["--budget", arguments.budget, "--out", str(out)]
        measure(command)


def measure(command: list[str]) -> None:
    """Run a fit, print its progress with the time, and its peak resident memory in the end."""
    began = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell() -> None:
        for line in process.stderr or ():
            print(f"{time.monotonic() - began:6.1f} s  {line.rstrip()}")

    reader = threading.Thread(target=tell)
    reader.start()
    print((process.stdout.read() if process.stdout else "")[-3000:])
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    print(
        f"exit {os.waitstatus_to_exitcode(status)} after {time.monotonic() - began:.0f} s; "
        f"peak {usage.ru_maxrss * 1024 / 1e9:.2f} GB"
    )


def write_table(path: Path, series: int, steps: int) -> None:
    """Write hourly series with a daily season, a level and noise of their own."""
    generator = np.random.default_rng(0)
    start = np.datetime64("2024-01-01T00")
    times = np.datetime_as_string(start + np.arange(steps).astype("timedelta64[h]"))
    daily = np.sin(2 * np.pi * np.arange(steps) / 24)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,time,value\n")
        for index in range(series):
            level, size = generator.uniform(10, 1000), generator.uniform(0.1, 0.5)
            values = level * (1 + size * daily + 0.05 * generator.standard_normal(steps))
            file.writelines(
                f"s{index:05d},{time},{value:.2f}\n"
                for time, value in zip(times, values, strict=True)
            )


if __name__ == "__main__":
    main()
