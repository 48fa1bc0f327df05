"""The program `seqtune`, also as `python -m seqtune`; Ctrl-C ends it in one line from the start."""

from __future__ import annotations

from seqtune.runtime.interrupt import leave_while_loading


def main() -> None:
    """Load the command line, and run it."""
    leave_while_loading()
    from seqtune.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
