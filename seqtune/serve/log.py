"""What the server says of its own faults."""

from __future__ import annotations

import sys
import traceback

from seqtune.errors import literal


def log_fault(name: str) -> None:
    """Write a fault of ours to stderr; what it quotes cannot steer a terminal, or forge a line."""
    for line in traceback.format_exc().splitlines():
        print(literal(f"{name}: {line}"), file=sys.stderr)  # noqa: T201
