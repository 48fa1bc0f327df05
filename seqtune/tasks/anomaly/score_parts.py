"""What a model says of rows, in a form that can be averaged, and the one score that comes of it.

Score parts are (rows, 3): the square of the level of a row by what **lasts**; whether the model
raises an **alarm**, 1 or 0; and the level of the row by that alarm, 0 without one. Averaged over
the members of an ensemble, by their weights, the first is a mean square; the second the share of
members that raise the alarm; the third by the second is what these say on average.

An alarm stands where members with at least half of the weight raise it; of two that count alike one
is enough. A mean of what all say would be thinned by a member that is deaf to what is strange for a
single row, and one loud member of many could raise it for all. Measured in
docs/notes/anomalies.md, "Threshold".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

COLUMNS = 3
"""Numbers for a row."""

MAJORITY = 0.5
"""Share of the weight that raises the alarm of an ensemble."""

ROUNDING = 1e-9


def score_parts(lasts: Floats, alarm: Floats, threshold: float) -> Floats:
    """Return what a model says of rows, (rows, 3).

    Args:
        lasts: (rows,) squares of levels, see `squared`.
        alarm: (rows,) the highest level of what is strange at once.
        threshold: Level beyond which a row is marked by the rate that the run was fitted with, so
            that no score changes with another rate.
    """
    raised = alarm > threshold
    return np.column_stack([lasts, raised, np.where(raised, alarm, 0.0)])


def squared(levels: Floats) -> Floats:
    """Return the squares of levels, which are what is averaged; those below 0 count as 0."""
    return np.square(np.maximum(levels, 0.0))


def lasting_level(parts: Floats) -> Floats:
    """Return the level of rows by what lasts, (rows,), of score parts or an average of them."""
    return np.sqrt(np.maximum(parts[:, 0], 0.0))


def combined_score(parts: Floats, threshold: float, still: npt.NDArray[np.floating]) -> Floats:
    """Return the one score of each row, a level, (rows,).

    That a channel stands still is an alarm too, whatever scores the rows.

    Args:
        parts: (rows, 3 or more), of a network or averaged over an ensemble.
        threshold: As `score_parts` took it.
        still: (rows,), how rare it is that some channel stands still for so long.

    Example:
        >>> none, alarm = [1.0, 0.0, 0.0], [1.0, 1.0, 4.1]
        >>> parts = np.array([none, alarm, [25.0, 1.0, 4.1], [1.0, 0.4, 0.4 * 9.0]])
        >>> combined_score(parts, 4.0, np.array([0.0, 8.0, 0.0, 0.0]))
        array([1., 8., 5., 1.])
    """
    lasts, share, heard = lasting_level(parts), parts[:, 1], parts[:, 2]
    stands = share >= MAJORITY - ROUNDING
    alarm = np.maximum(np.where(stands, heard / np.maximum(share, MAJORITY - ROUNDING), 0.0), still)
    return np.where(stands | (still > threshold), np.maximum(alarm, lasts), lasts)


def is_flat_line(
    scores: Floats, still: npt.NDArray[np.floating], threshold: float
) -> npt.NDArray[np.bool_]:
    """Return of which rows, (rows,), the score is that of a channel that stands still.

    Args:
        scores: (rows,), from `combined_score`.
        still: (rows,), as it was given there.
        threshold: As it was given there.
    """
    return np.asarray((still > threshold) & (still >= scores))
