"""Nats per character of one search on a text, its last tenth held out: the figure nanoGPT gives.

    python benchmarks/shakespeare.py tinyshakespeare.txt --budget 10m

The text is read character by character. Its last 10 % are the test part, which nothing sees before
the winner is scored on it, once; 2 % before it are the validation part.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from _command import run


def main() -> None:
    """Fit, and print the scores of every row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", help="a text file, such as tinyshakespeare.txt")
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", help="run folder to leave")
    parser.add_argument("--set", action="append", default=[], help="as in seqtune fit")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = asked.keep or str(Path(folder) / "run")
        flags = ["--recipe", "generate/characters", "--budget", asked.budget, "--seed", asked.seed]
        flags += ["--set", "validation.share=0.02", "--set", "test.share=0.1"]
        for each in asked.set:
            flags += ["--set", each]
        done = run("fit", asked.text, "--task", "generate", *flags, "--out", out, "--json")
        if done.code:
            raise SystemExit(done.stderr)
        report = json.loads(done.stdout)
    print(f"{done.seconds:.0f} s in all, winner {report['winner']}")
    for row in report["leaderboard"]:
        test = row["test"].get("nats_per_character")
        shown = "     -" if test is None else f"{test:6.3f}"
        validation = row["validation"]["nats_per_character"]
        print(f"{row['name']:24} validation {validation:6.3f}  test {shown}  {row['detail']}")


if __name__ == "__main__":
    main()
