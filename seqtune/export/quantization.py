"""Networks with weights of fewer bits, and what that costs in the task's metric."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from seqtune.drawing.wording import percent
from seqtune.errors import ExportError
from seqtune.export.checked import Checked, checked_contents
from seqtune.export.comparison import difference, part_to_compare
from seqtune.export.onnx.int8 import with_int8_weights
from seqtune.export.rehearsal import rehearse
from seqtune.files import write_bytes
from seqtune.run.export_summary import Agreement, QuantizationLoss
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run

INT8 = "int8"

MOST_LOST = 0.01
"""The largest share of the metric that may be lost."""


@contextmanager
def contents_of(
    run: Run, row: Row, quantize: str | None = None, *, allow_loss: bool = False
) -> Iterator[tuple[Checked, QuantizationLoss | None]]:
    """Convert a row in a temporary folder, with weights of fewer bits where that is asked for.

    The networks are converted and compared as they are first, so that what is lost is lost by
    fewer bits.

    Args:
        run: A complete run.
        row: A row of its leaderboard.
        quantize: "int8" for weights of eight bits; None for those of the run.
        allow_loss: Whether more than `MOST_LOST` of the metric may be lost.

    Raises:
        ExportError: A network cannot be converted, does not predict the same, or loses too much.
        MissingExtra: ONNX or its runtime is not installed.
    """
    with checked_contents(run, row) as checked:
        if quantize is None:
            yield checked, None
            return
        files = sorted((checked.folder / "models").glob("*.onnx"))
        before = _bytes(files)
        for file in files:
            write_bytes(file, with_int8_weights(file.read_bytes()))
        loss = _loss(run, row, checked.folder, before, _bytes(files))
        if not loss.share <= MOST_LOST and not allow_loss:
            raise ExportError(
                f"with weights of eight bits, {row.name} loses {percent(loss.share)} of its "
                f"{loss.metric} on the validation part ({loss.before:.4g} becomes "
                f"{loss.after:.4g}), expected at most {MOST_LOST:.0%}",
                "export it without --quantize, or with --allow-loss",
            )
        yield replace(checked, comparison=_compared(run, row, checked)), loss


def _bytes(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)


def _loss(run: Run, row: Row, folder: Path, before: int, after: int) -> QuantizationLoss:
    """Return what the validation part's metric was, and is with what is in a folder."""
    predictor = run.predictor
    encoded = predictor.prepared.encoded("validation")
    metric = predictor.prepared.metric
    was, is_now = (
        predictor.task.score(predictor.prepared, encoded, predictions)[metric]
        for predictions in (
            predictor.predictions(row.name, encoded),
            rehearse(folder, row.name, "validation").made[0],
        )
    )
    share = lost(was, is_now, predictor.board.direction)
    return QuantizationLoss(INT8, metric, was, is_now, share, before, after)


def lost(before: float, after: float, direction: str) -> float:
    """Return what is lost of a metric, as a share of it; 0 where it became better.

    Args:
        before: The figure.
        after: What it became.
        direction: "min" where lower is better, "max" where higher is.

    Example:
        >>> lost(0.80, 0.76, "max"), lost(2.0, 1.9, "min")
        (0.05, 0.0)
    """
    worse = after - before if direction == "min" else before - after
    if worse <= 0:
        return 0.0
    return round(worse / abs(before), 12) if before else math.inf


def _compared(run: Run, row: Row, checked: Checked) -> Agreement:
    """Return how far the predictions are from the run's now; nothing limits that."""
    predictor, part = run.predictor, part_to_compare(run.prepared)
    expected = predictor.predictions(row.name, predictor.prepared.encoded(part))
    found = rehearse(checked.folder, row.name, part).made[0]
    return replace(checked.comparison, difference=difference(expected, found), limit=None)
