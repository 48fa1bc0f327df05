"""Whether what was written predicts what the run does: one figure for the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import ExportError
from seqtune.run.export_summary import Agreement
from seqtune.run.predictor import Predictor
from seqtune.tasks._abilities import Rehearses
from seqtune.tasks._values import HELD_OUT_PARTS, Part

Floats = npt.NDArray[np.float64]

LIMIT = 1e-5
"""The largest difference that is taken for rounding: float32 has 7 digits, and a network rounds at
each step, Keras and ONNX Runtime in another order."""

LEAST_SPREAD = 1e-3
"""A scale is at least this share of the largest prediction: numbers that hardly differ have no
spread to measure by."""

ENOUGH = 5_000
"""Where the test part has more examples, the smaller of both parts is compared."""


def part_to_compare(prepared: Any) -> Part:
    """Return which held-out part is predicted by both: the test part, or the smaller one."""
    sizes = {part: len(prepared.encoded(part)) for part in HELD_OUT_PARTS}
    if 0 < sizes["test"] <= ENOUGH:
        return "test"
    filled = [part for part in HELD_OUT_PARTS if sizes[part]]
    return min(filled, key=lambda part: sizes[part], default="test")


def made_by(predictor: Predictor, row: str, part: Part) -> list[Floats]:
    """Return what two predictors of a row are compared by.

    Args:
        predictor: One of both.
        row: The row of its leaderboard.
        part: Which rows are predicted.

    Returns:
        The predictions, and what the task's models do besides.
    """
    encoded = predictor.prepared.encoded(part)
    made = [np.asarray(predictor.predictions(row, encoded), np.float64)]
    if isinstance(predictor.task, Rehearses):
        context = predictor.context
        made.append(predictor.task.rehearse(predictor.prepared, predictor, context, row))
    return made


def compare(predictor: Predictor, row: str, part: Part, found: Sequence[Floats]) -> Agreement:
    """Hold what was written against the run.

    Args:
        predictor: The run's.
        row: The row of its leaderboard.
        part: Which rows were predicted.
        found: What `made_by` returned of what was written.

    Raises:
        ExportError: They are not the same.
    """
    expected = made_by(predictor, row, part)
    encoded = predictor.prepared.encoded(part)
    largest = max(difference(*each) for each in zip(expected, found, strict=True))
    comparison = Agreement(part, len(encoded), predictor.task.counted(encoded), largest, LIMIT)
    if not comparison.difference <= LIMIT:
        raise ExportError(
            f"what was written of {row} does not predict as the run does: on the {part} part the "
            f"largest difference is {comparison.difference:.1e} of the predictions' scale, "
            f"expected at most {LIMIT:.0e}",
            f"export another row: seqtune export {predictor.name} --use NAME -o FILE",
        )
    return comparison


def difference(expected: Floats, found: Floats) -> float:
    """Return the largest difference of two arrays of predictions, as a share of their scale.

    The scale is the distance from the lowest to the highest of the expected predictions, or a
    thousandth of the largest one by size, whichever is more.

    Returns:
        0 where they are equal; infinity where they have other shapes, or one is not finite where
        the other is.

    Example:
        >>> difference(np.array([1.0, 3.0]), np.array([1.0, 3.5]))
        0.25
    """
    expected, found = np.asarray(expected, np.float64), np.asarray(found, np.float64)
    if expected.shape != found.shape:
        return float("inf")
    is_equal = (expected == found) | (np.isnan(expected) & np.isnan(found))
    if is_equal.all():
        return 0.0
    finite = expected[np.isfinite(expected)]
    if not finite.size or not np.isfinite(expected[~is_equal]).all():
        return float("inf")
    largest = float(np.abs(expected[~is_equal] - found[~is_equal]).max())
    scale = max(float(np.ptp(finite)), LEAST_SPREAD * float(np.abs(finite).max()))
    if not np.isfinite(largest) or scale == 0:
        return float("inf")
    return largest / scale
