"""What is done in the first minute, by whoever has never run seqtune before, and by who has.

    python benchmarks/first_minute.py -o now.json [--runs 3] [--budget 60s] [--data FILE …]
    python benchmarks/first_minute.py --regret before.json now.json

Each run is a process of its own. The first begins with an empty cache of programs, the second with
what the first left. "score" is when the first validation score came, in seconds after the process
was started; "share" is training steps in the search's time, over all workers. Last, two runs at the
same time on the machine, each with a cache of its own.

Regret is the best validation score so far over the best that any of the runs in the files found on
that data, less one: 0.05 is five per cent worse. Its mean over data sets and runs is printed for
moments after the start.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
SETS = {
    "airline": (),
    "power": (),
    "shops": ("--target", "sales", "--future", "promotion"),
}
MOMENTS = (10.0, 20.0, 30.0, 45.0, 60.0)

CHILD = """
import json, sys, time
began = float(sys.argv[1])
import seqtune
heard = []
def hear(event):
    name = type(event).__name__
    if name == "EpochEnded":
        heard.append(["epoch", time.time() - began, event.score])
    elif name == "TrialEnded":
        heard.append([event.status, time.time() - began, event.score])
run = seqtune.fit(sys.argv[2], "forecast", listener=hear, **json.loads(sys.argv[3]))
summary = run.summary
json.dump({
    "heard": heard,
    "total": time.time() - began,
    "search": summary.seconds["search"],
    "training": sum(worker["training"] for worker in summary.workers),
    "workers": len(summary.workers),
    "trials": dict(summary.trials),
    "winner": summary.leaderboard.winner.test if summary.leaderboard.winner else {},
}, open(sys.argv[4], "w"))
"""

Figures = dict[str, Any]


def main() -> None:
    """Measure, or compare what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="*", default=list(SETS))
    parser.add_argument("--budget", default="60s")
    parser.add_argument("--short", default="20s", help="budget of the short runs")
    parser.add_argument("--beside", default="45s", help="budget of each of two runs at once")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", action="store_true", help="with an empty cache alone")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--regret", nargs="+", type=Path)
    chosen = parser.parse_args()
    if chosen.regret:
        compare([json.loads(path.read_text()) for path in chosen.regret], chosen.regret)
        return
    found: list[Figures] = []
    print("data      run     trained  share  score   seconds")
    for name in chosen.data:
        for seed in range(chosen.runs):
            kinds = ("first",) if chosen.once else ("first", "second")
            found += first_and_second(name, chosen.budget, seed, kinds)
        with tempfile.TemporaryDirectory() as cache:
            found.append(finish(begin(name, chosen.short, 0, cache), name, "short", 0))
            show([found[-1]])
    found += at_once(chosen.data[0], chosen.beside)
    show_medians(found)
    if chosen.output:
        chosen.output.write_text(json.dumps(found), encoding="utf-8")


def first_and_second(name: str, budget: str, seed: int, kinds: Sequence[str]) -> list[Figures]:
    """Run once with an empty cache, and once with what that left."""
    found = []
    with tempfile.TemporaryDirectory() as cache:
        for kind in kinds:
            found.append(finish(begin(name, budget, seed, cache), name, kind, seed))
            show(found[-1:])
    return found


def at_once(name: str, budget: str) -> list[Figures]:
    """Run two fits at the same time."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        running = [begin(name, budget, seed, cache) for seed, cache in enumerate((one, two))]
        found = [finish(each, name, "beside", seed) for seed, each in enumerate(running)]
    show(found)
    return found


def begin(name: str, budget: str, seed: int, cache: str) -> tuple[subprocess.Popen[str], Path]:
    """Start a fit in a process of its own."""
    folder = Path(tempfile.mkdtemp())
    flags = list(SETS.get(name, ()))
    options: dict[str, Any] = {"budget": budget, "seed": seed, "out": str(folder / "run")}
    for flag, value in zip(flags[::2], flags[1::2], strict=True):
        options[flag[2:]] = [value] if flag == "--future" else value
    path = str(DATA / f"{name}.csv") if name in SETS else name
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(time.time()), path, json.dumps(options),
         str(folder / "figures.json")],
        env={**os.environ, "SEQTUNE_CACHE": cache},
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    return process, folder / "figures.json"


def finish(running: tuple[subprocess.Popen[str], Path], name: str, kind: str, seed: int) -> Figures:
    """Wait for a fit, and return its figures."""
    process, file = running
    process.wait()
    figures: Figures = json.loads(file.read_text())
    return {**figures, "data": name, "kind": kind, "seed": seed}


def show(found: Sequence[Figures]) -> None:
    """Print a line for each run."""
    for each in found:
        trained, share, score = summary_of(each)
        print(
            f"{each['data']:9} {each['kind']:7} {trained:7.0f}  {share:5.0%}  {score:5.1f}  "
            f"{each['total']:8.1f}",
            flush=True,
        )


def summary_of(each: Figures) -> tuple[float, float, float]:
    """Return networks trained to their end, the share in training, and the first score."""
    share = each["training"] / max(each["search"] * each["workers"], 1e-9)
    first = min((when for _, when, score in each["heard"] if score is not None), default=math.inf)
    return each["trials"]["completed"], share, first


def show_medians(found: Sequence[Figures]) -> None:
    """Print the median of each kind of run on each data set."""
    print("\nmedians")
    for key in dict.fromkeys((each["data"], each["kind"]) for each in found):
        those = [summary_of(each) for each in found if (each["data"], each["kind"]) == key]
        trained, share, score = (statistics.median(column) for column in zip(*those, strict=True))
        print(f"{key[0]:9} {key[1]:7} {trained:7.0f}  {share:5.0%}  {score:5.1f}")


def compare(files: Sequence[Sequence[Figures]], paths: Sequence[Path]) -> None:
    """Print the mean regret of each file's first runs, and of its second ones."""
    best: dict[str, float] = {}
    for each in (each for file in files for each in file):
        scores = [score for _, _, score in each["heard"] if score is not None]
        best[each["data"]] = min([best.get(each["data"], math.inf), *scores])
    print(f"{'regret after':24}" + "".join(f"{moment:>7.0f} s" for moment in MOMENTS))
    for path, file in zip(paths, files, strict=True):
        for kind in ("first", "second"):
            those = [each for each in file if each["kind"] == kind]
            if not those:
                continue
            figures = [[regret(each, best, moment) for each in those] for moment in MOMENTS]
            means = [statistics.mean(each) for each in figures]
            print(f"{path.stem:16}{kind:8}" + "".join(f"{mean:9.3f}" for mean in means))


def regret(each: Figures, best: dict[str, float], moment: float) -> float:
    """Return how much worse the best score by a moment is; 1 where there is none yet."""
    scores = [score for _, when, score in each["heard"] if score is not None and when <= moment]
    return min(scores, default=math.inf) / best[each["data"]] - 1.0 if scores else 1.0


if __name__ == "__main__":
    main()
