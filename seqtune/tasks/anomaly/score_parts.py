"""What a model says of rows, in a form that can be averaged, and the one score that comes of it.

Score parts are (rows, 5):

- the square of the level of a row by what **lasts**;
- whether the model raises an **alarm**, 1 or 0;
- the level of the row by that alarm, 0 without one;
- the logarithm of 1 + the level of the row, by what lasts or by the alarm;
- whether the model is a **network**, 1, or a simple method, 0.

Averaged over networks, by their weights, the first is a mean square, by which they are joined; the
second the share of them that raise the alarm, by which the third is divided. An alarm stands where
networks with at least half of the weight raise it; of two that count alike one is enough. A mean of
what all say would be thinned by a network that is deaf to what is strange for a single row, and one
loud network of many could raise it for all. Measured in docs/notes/anomalies.md, "Threshold".

Where a simple method is among the members, the mean logarithm counts alone: levels are often in the
hundreds, and in a mean of squares no other member would be heard. Measured in
docs/notes/anomalies.md, "Simple methods beside the network".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SQUARE, RAISED, HEARD, LOGARITHM, NETWORK = range(5)
COLUMNS = 5
"""Numbers for a row."""

MAJORITY = 0.5
"""Share of the weight that raises the alarm of an ensemble of networks."""

ROUNDING = 1e-9


def score_parts(lasts: Floats, alarm: Floats, threshold: float) -> Floats:
    """Return what a network says of rows, (rows, 5).

    Args:
        lasts: (rows,) squares of levels, see `squared`.
        alarm: (rows,) the highest level of what is strange at once.
        threshold: Level beyond which a row is marked by the rate that the run was fitted with, so
            that no score changes with another rate.
    """
    raised = alarm > threshold
    heard = np.where(raised, alarm, 0.0)
    level = np.maximum(np.sqrt(lasts), heard)
    return np.column_stack([lasts, raised, heard, np.log1p(level), np.ones(len(lasts))])


def parts_of_method(levels: Floats) -> Floats:
    """Return what a simple method says of rows, (rows, 5).

    Args:
        levels: (rows,), NaN where it has none.
    """
    lasts, nothing = squared(levels), np.zeros(len(levels))
    return np.column_stack([lasts, nothing, nothing, np.log1p(np.sqrt(lasts)), nothing])


def counted(parts: Floats, level: Callable[[Floats], Floats]) -> Floats:
    """Return score parts, or an average of them, whose levels are those of the joined score.

    Args:
        parts: (rows, 5 or more).
        level: From joined scores, (rows,), to their levels, in the same order.
    """
    found = np.array(parts)
    found[:, SQUARE] = squared(level(lasting_level(parts)))
    heard = squared(level(alarm_level(parts))) ** 0.5
    found[:, HEARD] = parts[:, RAISED] * heard
    found[:, LOGARITHM] = np.log1p(np.maximum(found[:, SQUARE] ** 0.5, heard))
    return found


def squared(levels: Floats) -> Floats:
    """Return the squares of levels, which are what is averaged; those below 0 count as 0."""
    return np.square(np.maximum(levels, 0.0))


def lasting_level(parts: Floats) -> Floats:
    """Return the level of rows by what lasts, (rows,), of score parts or an average of them.

    Beside simple methods all that is said counts as lasting.
    """
    level = np.sqrt(np.maximum(parts[:, SQUARE], 0.0))
    return np.where(_is_mixed(parts), np.expm1(np.maximum(parts[:, LOGARITHM], 0.0)), level)


def alarm_level(parts: Floats) -> Floats:
    """Return the level of rows by alarms that stand, (rows,), 0 without one."""
    raised = parts[:, RAISED]
    stands = (raised >= MAJORITY - ROUNDING) & ~_is_mixed(parts)
    return np.where(stands, parts[:, HEARD] / np.where(stands, raised, 1.0), 0.0)


def _is_mixed(parts: Floats) -> npt.NDArray[np.bool_]:
    """Return whether a simple method is among those that say rows, (rows,)."""
    return np.asarray(parts[:, NETWORK] < 1.0 - ROUNDING)


def combined_score(parts: Floats, threshold: float, still: npt.NDArray[np.floating]) -> Floats:
    """Return the one score of each row, a level, (rows,).

    That a channel stands still is an alarm too, whatever scores the rows.

    Args:
        parts: (rows, 5 or more), of a network or averaged over an ensemble.
        threshold: As `score_parts` took it.
        still: (rows,), how rare it is that some channel stands still for so long.

    Example:
        >>> one, two = np.array([1.0, 1.0, 25.0, 1.0]), np.array([0.0, 4.1, 4.1, 0.0])
        >>> parts = score_parts(one, two, 4.0)
        >>> combined_score(parts, 4.0, np.array([0.0, 8.0, 0.0, 0.0]))
        array([1., 8., 5., 1.])
    """
    scores = np.maximum(lasting_level(parts), alarm_level(parts))
    return np.where(still > threshold, np.maximum(scores, still), scores)


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


def expected_of(parts: Floats, usual: Floats) -> Floats:
    """Return what those members that are networks expected, (rows, channels).

    Args:
        parts: (rows, 5 + channels), score parts and what was expected, of a model or averaged.
        usual: (rows, channels), what a simple method expects of each row.
    """
    share, mean = parts[:, NETWORK, None], parts[:, COLUMNS:]
    is_mixed = (share > ROUNDING) & (share < 1.0 - ROUNDING)
    own = (mean - (1.0 - share) * usual) / np.where(is_mixed, share, 1.0)
    return np.where(is_mixed, own, mean)
