"""Nats per step of one search on chorales: sets of notes, by quarter note, with the usual parts.

    python benchmarks/chorales.py FOLDER --budget 10m

FOLDER holds jsb-chorales-quarter.json (Boulanger-Lewandowski et al., arXiv 1206.6392), whose parts
are for training, validation and test. Nothing sees the test part before the winner is scored on it,
once. The published figures are nats per step, too, without the ends of pieces, which count here.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from _command import run

DATA = "jsb-chorales-quarter.json"


def main() -> None:
    """Fit, and print the scores of every row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help=f"holds {DATA}")
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", help="run folder to leave")
    parser.add_argument("--set", action="append", default=[], help="as in seqtune fit")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = asked.keep or str(Path(folder) / "run")
        flags = ["--budget", asked.budget, "--seed", asked.seed, "--out", out, "--json"]
        for each in asked.set:
            flags += ["--set", each]
        done = run("fit", str(asked.folder / DATA), "--task", "generate", *flags)
        if done.code:
            raise SystemExit(done.stderr)
        report = json.loads(done.stdout)
    print(f"{done.seconds:.0f} s in all, winner {report['winner']}")
    print(f"{'nats per step':28} validation   test")
    for row in report["leaderboard"]:
        test = row["test"].get("nats_per_step")
        shown = "     -" if test is None else f"{test:6.3f}"
        validation = row["validation"]["nats_per_step"]
        print(f"{row['name']:28} {validation:10.3f} {shown}  {row['detail']}")


if __name__ == "__main__":
    main()
