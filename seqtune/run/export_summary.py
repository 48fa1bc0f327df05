"""What an export came to, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seqtune.files import finite


@dataclass(frozen=True)
class Agreement:
    """How what was written predicts, beside the run, on the same rows.

    Args:
        part: Which rows of the run's data: "validation" or "test".
        examples: How many examples both predicted.
        unit: What an example is called: "windows", "cases".
        difference: The largest difference of two predictions, as a share of their scale.
        limit: What it may be at most; None where nothing limits it.
    """

    part: str
    examples: int
    unit: str
    difference: float
    limit: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "part": self.part,
            self.unit: self.examples,
            "difference": self.difference,
            "limit": self.limit,
        }


@dataclass(frozen=True)
class QuantizationLoss:
    """What weights of fewer bits cost, measured on the validation part.

    Args:
        kind: What the weights became: "int8".
        metric: The metric that selects.
        before: Its figure with the run's weights.
        after: Its figure with what was written.
        share: What is lost of it, as a share; 0 where it became better.
        bytes_before: Size of the networks with the run's weights.
        bytes_after: Their size as they were written.
    """

    kind: str
    metric: str
    before: float
    after: float
    share: float
    bytes_before: int
    bytes_after: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            name: finite(value) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class ExportSummary:
    """What an export wrote.

    Args:
        path: The file, or the folder.
        format: Its form, such as "bundle".
        run: The run folder that it comes from.
        task: What was learnt.
        row: The row of the leaderboard that it holds.
        bytes: Its size.
        seconds: Wall time that it took.
        comparison: How exactly it predicts what the run does; None where nothing can be compared.
        notes: What the user should know of it.
        quantized: What weights of fewer bits cost; None for the run's own.
        new_data: What stands for new rows in a command that predicts; empty where it needs none.
    """

    path: Path
    format: str
    run: str
    task: str
    row: str
    bytes: int
    seconds: float
    comparison: Agreement | None = None
    notes: tuple[str, ...] = ()
    quantized: QuantizationLoss | None = None
    new_data: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `export --json`."""
        return {
            "output": str(self.path),
            "format": self.format,
            "run": self.run,
            "task": self.task,
            "row": self.row,
            "bytes": self.bytes,
            "seconds": self.seconds,
            "compared": None if self.comparison is None else self.comparison.to_dict(),
            "quantized": None if self.quantized is None else self.quantized.to_dict(),
            "notes": list(self.notes),
        }
