"""When the command began: the budget counts from here, imports included."""

from __future__ import annotations

import time

STARTED = time.monotonic()
"""Value of `time.monotonic()` when the command line was loaded."""
