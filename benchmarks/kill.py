"""End commands in every way at every stage of every task; see what is left, and go on with it.

    python benchmarks/kill.py                            # 200 ends: an hour on two idle cores
    python benchmarks/kill.py --tasks forecast --ways term int --chains 2
    python benchmarks/kill.py --only 7                   # this chain of the 20 alone, again

| way | what happens |
| --- | --- |
| kill, killgroup | SIGKILL to the main process; to it and its workers |
| term, hup, int | that signal to the main process, as a cluster or a closed terminal does |
| termgroup, intgroup | to it and its workers, as `timeout` and Ctrl-C send it |
| worker | SIGKILL to a worker: the search goes on to its next stage; where there is none, `twice` |
| stop | SIGSTOP to all for two seconds: the search goes on to its next stage |
| random | killgroup at a moment drawn evenly over the command's life |
| twice | SIGTERM, and again 0.3 s later |

A chain is one run, which is ended once in each stage: before anything is told, while the data is
read, prepared, given to the simple methods, while `resume` starts, in the search, while the
ensemble is chosen, in the refits (scoring in every second chain), and in what follows: `explain`
and `report --explain` of forecasts, `predict` or `generate` of the others. The moment is drawn
evenly over the stage. The next command on the run is a `resume`, so that every end but the last
is also followed by one; the last resume goes to the end.

An end is survived if the command ended in time with the exit code that it promises; no process, no
temporary folder and no half-written file is left (after `killgroup`, with nobody there to remove
it, the next search removes the folder); `report` and `predict` work on what is there; every trial
that was on disk is there with at least as much training, none twice; and no simple method that had
its row is run again.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _chain import Chain
from _endings import WAYS
from _samples import LASTS, SAMPLES

TASKS = ("forecast", "anomaly", "classify", "generate", "forecast")
"""Tasks of the chains, in turn; forecasting has most stages."""

WITHOUT_WORKERS = ("start", "read", "prepare", "explain", "report --explain", "use")


def main() -> None:
    """End, resume, and print a line for every end."""
    for ignored in (signal.SIGINT, signal.SIGHUP):  # as nohup and a shell's & leave them
        signal.signal(ignored, signal.SIG_DFL)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[*WAYS][:-1])
    parser.add_argument("--tasks", nargs="+", choices=SAMPLES, default=TASKS)
    parser.add_argument("--chains", type=int, default=20)
    parser.add_argument("--only", type=int, nargs="+", help="numbers of the chains to run")
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, help="a file that every end is appended to")
    parser.add_argument("--table", action="store_true", help="only draw the table of --results")
    chosen = parser.parse_args()
    if chosen.table:
        print(table([json.loads(line) for line in chosen.results.read_text().splitlines()]))
        return
    done: list[dict[str, Any]] = []
    lasts: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for number in chosen.only or range(chosen.chains):
            task = chosen.tasks[number % len(chosen.tasks)]
            known = lasts.setdefault(task, dict(LASTS))
            chain = begin(chosen, Path(name) / f"chain{number}", number, task, known)
            for place, stage in enumerate(chain.sample.stages):
                way = chosen.ways[(number + place + number // 10) % len(chosen.ways)]
                if way == "worker" and (chain.workers == 1 or stage in WITHOUT_WORKERS):
                    way = "twice"
                end = chain.end(way, stage)
                if place == len(chain.sample.stages) - 1:
                    end.faults += chain.finish()
                done.append(end.to_dict())
                print(f"{len(done):3d}  {end}", flush=True)
                if chosen.results:
                    with chosen.results.open("a") as file:
                        file.write(json.dumps(done[-1]) + "\n")
    print(table(done))
    sys.exit(any(end["faults"] for end in done))


def begin(
    chosen: argparse.Namespace, folder: Path, number: int, task: str, lasts: dict[str, float]
) -> Chain:
    """Return a chain that was not ended yet."""
    is_refitted = number // len(chosen.tasks) % 2 == 0
    workers = chosen.workers if number < len(chosen.tasks) else 1
    draw = random.Random(f"{chosen.seed} {number}")
    return Chain(number, task, folder, is_refitted, chosen.trials, workers, lasts, draw)


def table(ends: Sequence[dict[str, Any]]) -> str:
    """Return what was survived, by way and stage and by task, as Markdown."""
    stages = [stage for stage in LASTS if any(end["stage"] == stage for end in ends)]
    lines = [f"| | {' | '.join(stages)} | all | longest |", "| --- " * (len(stages) + 3) + "|"]
    for key, kinds in (("way", WAYS), ("task", SAMPLES)):
        for kind in kinds:
            own = [end for end in ends if end[key] == kind]
            cells = [survived([end for end in own if end["stage"] == stage]) for stage in stages]
            longest = max((end["seconds"] for end in own), default=0.0)
            if own:
                lines.append(
                    f"| {kind} | {' | '.join(cells)} | {survived(own)} | {longest:.1f} s |"
                )
    return "\n".join([*lines, f"\n{survived(ends)} ends were survived"])


def survived(ends: Sequence[dict[str, Any]]) -> str:
    """Return how many of some ends were survived."""
    return f"{sum(not end['faults'] for end in ends)}/{len(ends)}" if ends else ""


if __name__ == "__main__":
    main()
