"""What the server counts, in the text format of Prometheus.

Source:
    https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqtune.data.drift.table import DriftTable

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Histogram:
    """How often a figure was at most so large.

    Args:
        bounds: The upper ends of its buckets, rising.

    Example:
        >>> seconds = Histogram((0.1, 1.0))
        >>> seconds.add(0.5)
        >>> seconds.counts, seconds.total
        ([0, 1, 0], 0.5)
    """

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count a figure."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def lines(self, name: str, labels: Mapping[str, str]) -> Iterator[str]:
        """Yield its lines."""
        so_far = 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            so_far += count
            yield _line(f"{name}_bucket", {**labels, "le": bound}, so_far)
        yield _line(f"{name}_sum", labels, round(self.total, 6))
        yield _line(f"{name}_count", labels, so_far)


class ServerMetrics:
    """Counters of one process.

    Example:
        >>> metrics = ServerMetrics()
        >>> metrics.count("airline", 200, 0.012)
        >>> 'seqtune_requests_total{model="airline",status="200"} 1' in metrics.text()
        True
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds: dict[str, Histogram] = {}
        self.sizes: dict[str, Histogram] = {}
        self.queues: dict[str, Callable[[], int]] = {}
        self.drifts: dict[str, Callable[[], DriftTable | None]] = {}

    def count(self, model: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self.requests[model, status] += 1
        if model not in self.seconds:
            self.seconds[model] = Histogram(SECONDS)
        self.seconds[model].add(seconds)

    def count_batch(self, model: str, size: int) -> None:
        """Count a batch that is predicted."""
        if model not in self.sizes:
            self.sizes[model] = Histogram(SIZES)
        self.sizes[model].add(size)

    def text(self) -> str:
        """Return all of them as Prometheus reads them."""
        return "\n".join([*self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        yield from _head("seqtune_requests_total", "counter", "Requests that were answered.")
        for (model, status), count in sorted(self.requests.items()):
            labels = {"model": model, "status": str(status)}
            yield _line("seqtune_requests_total", labels, count)
        name = "seqtune_request_seconds"
        yield from _head(name, "histogram", "Seconds from the request to its answer.")
        for model, found in sorted(self.seconds.items()):
            yield from found.lines(name, {"model": model})
        name = "seqtune_batch_requests"
        yield from _head(name, "histogram", "Requests that were predicted at once.")
        for model, found in sorted(self.sizes.items()):
            yield from found.lines(name, {"model": model})
        yield from _head("seqtune_waiting_requests", "gauge", "Requests that wait.")
        for model, length in sorted(self.queues.items()):
            yield _line("seqtune_waiting_requests", {"model": model}, length())
        yield from self._drift_lines()
        yield from _head("seqtune_process_info", "gauge", "The process that answers.")
        yield _line("seqtune_process_info", {"pid": str(os.getpid())}, 1)
        if resident := resident_bytes():
            name = "process_resident_memory_bytes"
            yield from _head(name, "gauge", "Resident memory in bytes.")
            yield _line(name, {}, resident)

    def _drift_lines(self) -> Iterator[str]:
        """Yield how far requests are from the data of each model; see `Finding.size`."""
        found = {model: measured() for model, measured in sorted(self.drifts.items())}
        tables = {model: table for model, table in found.items() if table is not None}
        name = "seqtune_drift"
        yield from _head(name, "gauge", "How far requests are from the data, by trait and measure.")
        for model, table in tables.items():
            for each in table.findings:
                labels = {"model": model, "trait": each.name, "measure": each.measure}
                yield _line(name, labels, round(each.size, 6))
        name = "seqtune_drift_flagged"
        yield from _head(name, "gauge", "Traits that have drifted more than by chance.")
        for model, table in tables.items():
            yield _line(name, {"model": model}, len(table.flagged))


def resident_bytes() -> int:
    """Return the memory of this process in bytes; 0 where it is not known."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _head(name: str, kind: str, help: str) -> tuple[str, str]:
    return f"# HELP {name} {help}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
