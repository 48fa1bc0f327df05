"""Whether what clients ask is still like the data that a model was fitted on."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqtune.data.reading.recipe_options import options_of
from seqtune.errors import SeqtuneError
from seqtune.serve.log import log_fault
from seqtune.serve.problem import Problem
from seqtune.serve.request_source import source_of
from seqtune.tasks._requests import RequestTable

if TYPE_CHECKING:
    from seqtune.data.drift.sample import Samples
    from seqtune.data.drift.table import DriftTable
    from seqtune.run.fitted import Fitted

MOST_REQUESTS = 256
MOST_BYTES = 1 << 16
"""So many of the last requests are looked at, none with a larger body than this."""

SECONDS_APART = 0.1
"""Of many requests a second, one is kept so often: what is looked at spans minutes."""

FEWEST_ROWS = 50
"""Of fewer rows nothing is said."""

SECONDS_KEPT = 30.0
"""So long a result is given again: whoever collects figures asks every few seconds."""


@dataclass(eq=False)
class Noted:
    """A request that was noted; it is read once.

    Args:
        rows: How many rows it has.
        table: The rows; None once they were read.
        samples: What is watched of them; None where they could not be read, or were not yet.
    """

    rows: int
    table: RequestTable | None
    samples: Samples | None = None


class RequestDrift:
    """The last requests of a model, and how far they are from its data.

    Requests are noted by the thread that answers, and measured by the one that asks.

    Args:
        run: What was fitted.
    """

    def __init__(self, run: Fitted) -> None:
        self.run = run
        self.kept: deque[Noted] = deque(maxlen=MOST_REQUESTS)
        self._last = self._measured_at = float("-inf")
        self._found: DriftTable | None = None
        self._lock = threading.Lock()

    def add(self, table: RequestTable, size: int) -> None:
        """Note the rows of a request, if none was noted just before.

        Args:
            table: The rows.
            size: Bytes of its body, which are no fewer than what is kept of it.
        """
        now = time.monotonic()
        if now - self._last >= SECONDS_APART and size <= MOST_BYTES:
            self._last = now
            self.kept.append(Noted(table.rows, table))

    def measured(self) -> DriftTable | None:
        """Return how far the last requests are from the data; None while there are too few."""
        with self._lock:
            kept = tuple(self.kept)
            is_old = time.monotonic() - self._measured_at >= SECONDS_KEPT
            if is_old and sum(each.rows for each in kept) >= FEWEST_ROWS:
                watch = self.run.predictor.watch
                try:
                    for each in kept:
                        self._read(each)
                    read = [each.samples for each in kept if each.samples is not None]
                    self._found = watch.drift_of(read)
                except Exception:  # figures of other things are still given
                    log_fault("drift")
                watch.context.notes.clear()
                self._measured_at = time.monotonic()
            return self._found

    def _read(self, noted: Noted) -> None:
        """Keep what is watched of a request instead of its rows, if they can be read."""
        if noted.table is None:
            return
        table, noted.table = noted.table, None
        with suppress(Problem, SeqtuneError):  # the client was told
            source = source_of(table, options_of(self.run.recipe))
            noted.samples = self.run.predictor.watch.samples_of(source)
