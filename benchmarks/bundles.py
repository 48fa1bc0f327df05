"""What a bundle costs beside its run: bytes, the first answer, memory, and many predictions.

    python benchmarks/bundles.py runs/airline-forecast-1
    python benchmarks/bundles.py runs/m4-hourly --rows FILE

Each time is that of a process of its own, as a user starts it: "first answer" from the start of
Python to the written prediction, "again" another prediction in the same process. Modules have their
bytecode, as those of an installed package have. The least of several is given, as nothing but the
machine makes a time longer. Predictions are compared number
by number: `difference` is the largest, as a share of the largest number.
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
from typing import Any

import numpy as np
import pandas as pd

import seqtune

ONE = """
import json, sys, time
import seqtune
model, data, out = sys.argv[1], sys.argv[2] or None, sys.argv[3]
opened = seqtune.load(model)
made = opened.predict(data)
made.to_csv(out, index=False)
print("written", flush=True)
loaded = [name for name in ("keras", "jax", "tensorflow") if name in sys.modules]
status = open("/proc/self/status").read()  # ru_maxrss counts the process that it was forked from
resident = int(status.partition("VmHWM:")[2].split()[0])
began = time.perf_counter()
opened.predict(data)
print(json.dumps([time.perf_counter() - began, resident, loaded]))
"""


def main() -> None:
    """Export a run, and print a line for it and one for its bundle."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--rows", default="", help="New rows; default: go on with the run's data.")
    parser.add_argument("--use", help="Leaderboard row that is exported.")
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle.zip"
        exported = seqtune.load(chosen.run).export(bundle, use=chosen.use)
        print(f"{exported.row}: {exported.seconds:.1f}s to export, {exported.comparison}")
        print("           MB      first answer s    again s    resident MB    loads")
        tables = [measure(model, chosen, Path(folder)) for model in (chosen.run, bundle)]
    print(f"difference {difference(*tables):.1e}")


def measure(model: Path, chosen: Any, folder: Path) -> pd.DataFrame:
    """Print the least times of a run or a bundle; return its predictions."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    out, firsts, others = folder / "predictions.csv", list[float](), list[float]()
    for _ in range(chosen.times):
        words = [sys.executable, "-c", ONE, str(model), chosen.rows, str(out)]
        began = time.perf_counter()
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            is_written = process.stdout.readline() == "written\n"
            firsts.append(time.perf_counter() - began)
            said = process.stdout.read()
        if not is_written or process.returncode:
            raise SystemExit(f"{model} predicted nothing: exit code {process.returncode}")
        again, resident, loaded = json.loads(said.splitlines()[-1])
        others.append(again)
    files = [model] if model.is_file() else [each for each in model.rglob("*") if each.is_file()]
    size = sum(file.stat().st_size for file in files) / 1e6
    what = "bundle" if model.is_file() else "run"
    print(
        f"{what:8} {size:6.2f}  {min(firsts):14.2f} {min(others):12.3f} {resident / 1024:12.0f}"
        f"        {' '.join(loaded) or 'none'}"
    )
    return pd.read_csv(out)


def difference(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Return the largest difference of two tables of predictions, as a share of the largest one."""
    numbers = [each.select_dtypes("number").to_numpy(float) for each in (one, other)]
    return float(np.abs(numbers[0] - numbers[1]).max() / np.abs(numbers[0]).max())


if __name__ == "__main__":
    main()
