"""One search of language models by the real command, and the scores of every row."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from _command import run


def parser(summary: str) -> argparse.ArgumentParser:
    """Return a parser of what such a search can be asked; what is read is not among it."""
    made = argparse.ArgumentParser(description=summary.splitlines()[0])
    made.add_argument("--budget", default="10m")
    made.add_argument("--seed", default="0")
    made.add_argument("--keep", help="run folder to leave")
    made.add_argument("--set", action="append", default=[], help="as in seqtune fit")
    return made


def search(asked: argparse.Namespace, data: Path, metric: str, *flags: str) -> None:
    """Fit, and print the scores of every row.

    Args:
        asked: From `parser`.
        data: What is read.
        metric: The one that is printed.
        flags: Further flags of `seqtune fit`.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = asked.keep or str(Path(folder) / "run")
        given = ["--budget", asked.budget, "--seed", asked.seed, "--out", out, "--json", *flags]
        for each in asked.set:
            given += ["--set", each]
        done = run("fit", str(data), "--task", "generate", *given)
        if done.code:
            raise SystemExit(done.stderr)
        report = json.loads(done.stdout)
    print(f"{done.seconds:.0f} s in all, winner {report['winner']}")
    print(f"{metric.replace('_', ' '):28} validation   test")
    for row in report["leaderboard"]:
        test = row["test"].get(metric)
        shown = "     -" if test is None else f"{test:6.3f}"
        print(f"{row['name']:28} {row['validation'][metric]:10.3f} {shown}  {row['detail']}")
