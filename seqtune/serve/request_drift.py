"""Whether what clients ask is still like the data that a model was fitted on."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from seqtune.data.reading.recipe_options import options_of
from seqtune.serve.log import log_fault
from seqtune.serve.problem import Problem
from seqtune.serve.request_source import source_of
from seqtune.tasks._requests import RequestTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqtune.data.drift.table import DriftTable
    from seqtune.data.reading.source import Source
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


class RequestDrift:
    """The last requests of a model, and how far they are from its data.

    Requests are noted by the thread that answers, and measured by the one that asks.

    Args:
        run: What was fitted.
    """

    def __init__(self, run: Fitted) -> None:
        self.run = run
        self.kept: deque[RequestTable] = deque(maxlen=MOST_REQUESTS)
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
            self.kept.append(table)

    def measured(self) -> DriftTable | None:
        """Return how far the last requests are from the data; None while there are too few."""
        with self._lock:
            tables = tuple(self.kept)
            is_old = time.monotonic() - self._measured_at >= SECONDS_KEPT
            if is_old and sum(table.rows for table in tables) >= FEWEST_ROWS:
                watch = self.run.predictor.watch
                try:
                    self._found = watch.drift_of(self._sources(tables))
                except Exception:  # figures of other things are still given
                    log_fault("drift")
                watch.context.notes.clear()
                self._measured_at = time.monotonic()
            return self._found

    def _sources(self, tables: tuple[RequestTable, ...]) -> Iterator[Source]:
        options = options_of(self.run.recipe)
        for table in tables:
            try:
                yield source_of(table, options)
            except Problem:
                continue  # the client was told
