"""Run every command over hostile data and runs of every task, on a terminal, under strace.

    python benchmarks/terminal.py                 # ten minutes
    python benchmarks/terminal.py --tasks anomaly

Columns, series, labels, texts, reasons and names of files hold escape sequences, addresses, paths
that lead outside and enormous numbers. Nothing may reach the terminal but what seqtune draws, no
host may be called, and no file be opened but those of the run, the packages, the system and the
temporary folder. `tests/cli/test_hostile_terminal.py` does the quick part.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))
sys.path.insert(0, str(TESTS / "cli"))

from test_hostile_terminal import SESSIONS, check  # noqa: E402


def main() -> None:
    """Check the tasks one by one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", nargs="+", default=list(SESSIONS), choices=SESSIONS)
    chosen = parser.parse_args()
    traced = shutil.which("strace") is not None
    for task in chosen.tasks:
        with tempfile.TemporaryDirectory() as name:
            session = check([task], Path(name), traced=traced, every=True)
        files = f", {len(set(session.opened))} files opened" if traced else ", not traced"
        print(f"{task}: {len(session.shown)} commands{files}; nothing steers or connects")


if __name__ == "__main__":
    main()
