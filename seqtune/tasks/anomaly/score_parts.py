"""What a model says of rows, in a form that can be averaged, and the one score that comes of it.

The parts are (rows, 3): the square of the level by what **lasts**; whether the model raises an
**alarm**, 1 or 0; and the level of that alarm, 0 without one. Averaged over the members of an
ensemble, by their weights, the first is a mean square; the second the share of members that raise
the alarm; the third by the second is what these say on average.

An alarm counts where members with at least half of the weight raise it. A mean of what all say
would be thinned by a member that is deaf to what is strange for a single row, and one loud member
of many could raise it for all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PARTS = 3
"""Numbers of each row."""

MAJORITY = 0.5 - 1e-9
"""Share of the weight that raises the alarm of an ensemble, but for rounding."""


def score_parts(lasting: Floats, alarm: Floats, threshold: float) -> Floats:
    """Return the parts of the score of rows, (rows, 3).

    Args:
        lasting: (rows,) mean squares of levels; see `squared`.
        alarm: (rows,) the highest level of what is strange at once.
        threshold: Level beyond which a row is marked by the rate that the run was fitted with, so
            that no score changes with another rate.
    """
    raised = alarm > threshold
    return np.column_stack([lasting, raised, np.where(raised, alarm, 0.0)])


def squared(levels: Floats) -> Floats:
    """Return the squares of levels, which are what is averaged; those below 0 count as 0."""
    return np.square(np.maximum(levels, 0.0))


def combined_score(parts: Floats, threshold: float, flat: npt.NDArray[np.floating]) -> Floats:
    """Return the one level of each row, (rows,).

    A flat line is an alarm too, whatever scores the rows.

    Args:
        parts: (rows, 3 or more), of a model or averaged over an ensemble.
        threshold: As `score_parts` took it.
        flat: (rows,) level of the flat line that a row is in.

    Example:
        >>> none, alarm = [1.0, 0.0, 0.0], [1.0, 1.0, 4.1]
        >>> parts = np.array([none, alarm, [25.0, 1.0, 4.1], [1.0, 0.4, 0.4 * 9.0]])
        >>> combined_score(parts, 4.0, np.array([0.0, 8.0, 0.0, 0.0]))
        array([1., 8., 5., 1.])
    """
    lasting, share, heard = np.sqrt(np.maximum(parts[:, 0], 0.0)), parts[:, 1], parts[:, 2]
    is_alarm = share >= MAJORITY
    alarm = np.where(is_alarm, heard / np.maximum(share, MAJORITY), 0.0)
    alarm = np.maximum(alarm, np.where(flat > threshold, flat, 0.0))
    return np.maximum(lasting, alarm)


def is_flat_line(
    scores: Floats, flat: npt.NDArray[np.floating], threshold: float
) -> npt.NDArray[np.bool_]:
    """Return of which rows, (rows,), the score is that of a flat line.

    Args:
        scores: (rows,), from `combined_score`.
        flat: (rows,), as it was given there.
        threshold: As it was given there.
    """
    return np.asarray((flat > threshold) & (flat >= scores))
