"""What a model says of rows, in a form that can be averaged, and the one score that comes of it.

Score parts are (rows, 5):

- the square of the level of a row by what **lasts**;
- whether the model raises an **alarm**, 1 or 0;
- the level of the row by that alarm, 0 without one;
- the logarithm of 1 + the level by what lasts, the first figure in another form;
- whether the model has a **voice** in alarms, 1 or 0: a network has, a simple method has not.

Averaged over the members of an ensemble, by their weights, the first is a mean square, by which
networks are joined. Where a simple method is among the members, the mean logarithm counts instead:
levels of networks are often in the hundreds, and no other member would be heard. The others become
the share of members that raise the alarm, by which the third is divided, and the share with a
voice.

An alarm stands where members with at least half of the voices raise it; of two that count alike one
is enough. A mean of what all say would be thinned by a member that is deaf to what is strange for a
single row, and one loud member of many could raise it for all. Measured in
docs/notes/anomalies.md, "Threshold" and "Simple methods beside the network".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SQUARE, RAISED, HEARD, LOGARITHM, VOICE = range(5)
COLUMNS = 5
"""Numbers for a row."""

MAJORITY = 0.5
"""Share of the voices that raises the alarm of an ensemble."""

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
    heard, voice = np.where(raised, alarm, 0.0), np.ones(len(lasts))
    return np.column_stack([lasts, raised, heard, np.log1p(np.sqrt(lasts)), voice])


def parts_without_voice(levels: Floats) -> Floats:
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
    lasts = np.maximum(level(lasting_level(parts)), 0.0)
    found[:, SQUARE], found[:, LOGARITHM] = np.square(lasts), np.log1p(lasts)
    raised = parts[:, RAISED]
    heard = level(parts[:, HEARD] / np.where(raised > ROUNDING, raised, 1.0))
    found[:, HEARD] = raised * np.maximum(heard, 0.0)
    return found


def squared(levels: Floats) -> Floats:
    """Return the squares of levels, which are what is averaged; those below 0 count as 0."""
    return np.square(np.maximum(levels, 0.0))


def lasting_level(parts: Floats) -> Floats:
    """Return the level of rows by what lasts, (rows,), of score parts or an average of them."""
    level = np.sqrt(np.maximum(parts[:, SQUARE], 0.0))
    is_mixed = parts[:, VOICE] < 1.0 - ROUNDING
    return np.where(is_mixed, np.expm1(np.maximum(parts[:, LOGARITHM], 0.0)), level)


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
    lasts, raised, heard = lasting_level(parts), parts[:, RAISED], parts[:, HEARD]
    needed = MAJORITY * parts[:, VOICE] - ROUNDING
    stands = (raised >= needed) & (raised > ROUNDING)
    alarm = np.maximum(np.where(stands, heard / np.where(stands, raised, 1.0), 0.0), still)
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


def is_alarm(scores: Floats, parts: Floats) -> npt.NDArray[np.bool_]:
    """Return of which rows, (rows,), the score is that of an alarm, and not what lasts.

    Args:
        scores: (rows,), from `combined_score`.
        parts: As they were given there.
    """
    return np.asarray(scores > lasting_level(parts))


def expected_of(parts: Floats, usual: Floats) -> Floats:
    """Return what those members that have a voice expected, (rows, channels).

    Args:
        parts: (rows, 5 + channels), score parts and what was expected, of a model or averaged.
        usual: (rows, channels), what a simple method expects of each row.
    """
    voice, mean = parts[:, VOICE, None], parts[:, COLUMNS:]
    is_mixed = (voice > ROUNDING) & (voice < 1.0 - ROUNDING)
    own = (mean - (1.0 - voice) * usual) / np.where(is_mixed, voice, 1.0)
    return np.where(is_mixed, own, mean)
