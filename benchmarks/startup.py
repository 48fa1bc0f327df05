"""Seconds until `seqtune --help` and a usage error answer, and what they load.

python benchmarks/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from _command import run

HEAVY = ("tensorflow", "jax", "keras", "keras_tuner", "pandas", "pyarrow", "statsforecast")


def main() -> None:
    """Print the median of five runs of each command, and the heavy packages it loads."""
    for arguments in (("--help",), ("fit", "--no-such-flag"), ("recipes", "list")):
        seconds = statistics.median(run(*arguments).seconds for _ in range(5))
        print(f"seqtune {' '.join(arguments):24} {seconds:.2f} s, loads {loaded(arguments)}")


def loaded(arguments: tuple[str, ...]) -> str:
    """Return which of the heavy packages a command imports."""
    code = (
        "import sys\n"
        f"sys.argv = ['seqtune', *{list(arguments)!r}]\n"
        "from seqtune.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.strip().splitlines()[-1]


if __name__ == "__main__":
    main()
