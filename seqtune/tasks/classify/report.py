"""What a classifier shows of its own: what it takes for what, and its worst mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.drawing.part import ReportPart
from seqtune.metrics.classify import confusion
from seqtune.tasks.classify.report_confusion import ConfusionReport
from seqtune.tasks.classify.report_mistakes import (
    MistakesReport,
    count_mistakes,
    worst_mistakes,
)

Floats = npt.NDArray[np.float64]

KINDS = {ConfusionReport.kind: ConfusionReport}
"""What `chart.json` may hold."""


def answers(
    name: str,
    labels: Sequence[str],
    probabilities: Floats,
    targets: Floats,
    where: Callable[[int], str],
    text: Callable[[int], str],
    *,
    is_multi: bool,
) -> tuple[ReportPart, ...]:
    """Return what is shown of answers to cases whose labels are known.

    Args:
        name: The leaderboard row that gave them.
        labels: (classes,), names of the classes.
        probabilities: (cases, classes).
        targets: (cases, classes), 0 or 1.
        where: From the number of a case to where it stands.
        text: From the number of a case to its text; empty for a series.
        is_multi: Whether a case may have any number of labels.
    """
    counts = confusion(probabilities, targets, is_multi=is_multi)
    worst = worst_mistakes(probabilities, targets, labels, where, text, is_multi=is_multi)
    total = count_mistakes(probabilities, targets, is_multi=is_multi)
    return ConfusionReport(labels, counts, f"Answers of {name}"), MistakesReport(worst, total)
