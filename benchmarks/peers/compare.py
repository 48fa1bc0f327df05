"""Run seqtune and its peers on the same files with the same budget, and score them the same way.

    python benchmarks/peers/environments.py ENVIRONMENTS
    python benchmarks/peers/compare.py FOLDER --budget 10m --environments ENVIRONMENTS -o table.md

FOLDER holds `m4_hourly/train.csv`, `m4_hourly/test.csv` and `ETTh1.csv`; `airline` is the project's
own. What is done stands in a folder beside the table (`--results`) and is not run again: an
interrupted comparison goes on where it was, and a method is repeated by removing its folder there.
A runner that has not forecast from the first cut-off after 1.3 budgets is killed, and stands in the
table as such.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from contest import Terms, hold
from methods import METHODS
from panels import PANELS, Panel
from table import provenance, table

UNITS = {"s": 1, "m": 60, "h": 3600}


def main() -> None:
    """Run what is not done yet, and write the table after each."""
    chosen = read_arguments()
    terms = Terms(chosen.budget, chosen.seed, chosen.environments)
    for name in {METHODS[key].environment for key in chosen.methods} - {None}:
        if not (chosen.environments / str(name) / "versions.json").exists():
            sys.exit(f"error: {chosen.environments} lacks {name}\nhint: environments.py makes it")
    results = (chosen.results or chosen.output.with_suffix(".results")).resolve()
    panels = {name: PANELS[name](chosen.folder) for name in chosen.data}
    for name, panel in panels.items():
        for key in chosen.methods:
            folder = place(results, name, key, terms)
            if not (folder / "result.json").exists():
                print(f"{name}, {key} …", end=" ", flush=True)
                result = hold(METHODS[key], panel, terms, folder)
                print(f"{result['status']}, {result['wall_seconds']:.0f} s", flush=True)
            chosen.output.write_text(page(panels, chosen.methods, results, terms))
    print(chosen.output.read_text())


def page(panels: dict[str, Panel], keys: list[str], results: Path, terms: Terms) -> str:
    """Return all tables, with what they were made with."""
    told: list[dict[str, Any]] = []
    parts = []
    for name, panel in panels.items():
        folders = {key: place(results, name, key, terms) for key in keys}
        parts.append(table(name, panel, folders))
        files = (folder / "result.json" for folder in folders.values())
        told += [json.loads(file.read_text()) for file in files if file.exists()]
    return "\n\n".join([provenance(told, f"{terms.budget:.0f} s", terms.seed), *parts]) + "\n"


def place(results: Path, name: str, key: str, terms: Terms) -> Path:
    """Return where the result of one method on one data set stands."""
    return results / f"{name}-{terms.budget:.0f}s-seed{terms.seed}" / key


def seconds(text: str) -> float:
    """Return a budget such as `90s`, `10m` or `2h` in seconds."""
    match = re.fullmatch(r"(\d+)([smh])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no budget: 90s, 10m and 2h are")
    return float(match[1]) * UNITS[match[2]]


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--budget", type=seconds, default="10m")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", nargs="+", choices=PANELS, default=list(PANELS))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--results", type=Path, help="default: the table, ending in .results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
