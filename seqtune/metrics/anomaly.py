"""Anomaly metrics: formula, unit and source of each, but for the VUS-PR (see `vus`).

Labels are 0 or 1 per row, scores higher where a row is stranger, flags 1 where a score is beyond
the threshold. There is no point adjustment: a flag counts for its own row and event alone. What
rows that were not scored do to a metric is told in `labelled_events`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.metrics.labelled_events import Floats, Ints, Mask, as_mask, count_within, runs


def auc_pr(labels: npt.ArrayLike, scores: Floats) -> float:
    """Area under the curve of precision over recall, by rows, as average precision; 0 to 1.

    `sum_k (R_k - R_(k-1)) P_k` over the distinct scores from the highest down, with the rows of
    at least that score flagged. Constant scores, like random ones, get the share of labelled
    rows.

    Args:
        labels: (rows,), 0 or 1.
        scores: (rows,), higher is stranger; NaN where a row was not scored.

    Returns:
        The area; NaN where no scored row is labelled.

    Example:
        >>> auc_pr([0, 1, 0, 1], np.array([0.1, 0.9, 0.5, 0.4]))
        0.8333333333333333

    Source:
        Davis and Goadrich 2006, "The relationship between precision-recall and ROC curves",
        ICML; in the form of scikit-learn's `average_precision_score`.
    """
    is_anomaly = as_mask(labels)
    scored = ~np.isnan(scores)
    order = np.argsort(-scores[scored], kind="stable")
    found = np.cumsum(is_anomaly[scored][order])
    if not len(found) or found[-1] == 0:
        return float("nan")
    ranked = scores[scored][order]
    last = np.append(ranked[1:] != ranked[:-1], True)  # of the rows of one score
    precision = found[last] / (np.flatnonzero(last) + 1)
    gained = np.diff(found[last], prepend=0) / found[-1]
    return float(gained @ precision)


def event_recall(
    labels: npt.ArrayLike,
    flags: npt.ArrayLike,
    scored: Mask | None = None,
    offsets: Ints | None = None,
) -> float:
    """Share of the labelled events that have at least one flagged row; 0 to 1.

    Args:
        labels: (rows,), 0 or 1.
        flags: (rows,), 0 or 1.
        scored: (rows,), False where a row was not scored; None where all were.
        offsets: (series + 1,), the series' first rows, and the end; None is one series.

    Returns:
        The share; NaN where there is no event with a scored row.

    Example:
        >>> event_recall([1, 1, 0, 1], [0, 1, 0, 0])
        0.5

    Source:
        Tatbul et al. 2018, "Precision and recall for time series", NeurIPS: the existence
        reward, averaged over the events.
    """
    events, flagged = _scored_events(labels, flags, scored, offsets)
    return float((count_within(flagged, events) > 0).mean()) if len(events) else float("nan")


def false_events_per_1000(
    labels: npt.ArrayLike,
    flags: npt.ArrayLike,
    scored: Mask | None = None,
    offsets: Ints | None = None,
) -> float:
    """False events per 1,000 scored rows: runs of flagged rows, none of which is labelled.

    Args:
        labels: (rows,), 0 or 1.
        flags: (rows,), 0 or 1; a gap of rows without a flag divides one event from the next.
        scored: (rows,), False where a row was not scored; None where all were.
        offsets: (series + 1,), the series' first rows, and the end; None is one series.

    Returns:
        The number; NaN where no row was scored.

    Example:
        >>> false_events_per_1000([0, 0, 0, 1], [1, 1, 0, 1])
        250.0
    """
    is_anomaly, flagged, known = _checked(labels, flags, scored)
    if not known.any():
        return float("nan")
    alarms = runs(flagged, offsets)
    is_false = count_within(is_anomaly & known, alarms) == 0
    return float(1000.0 * is_false.sum() / known.sum())


def detection_delay(
    labels: npt.ArrayLike,
    flags: npt.ArrayLike,
    scored: Mask | None = None,
    offsets: Ints | None = None,
) -> float:
    """Mean number of rows from the start of a found event to its first flag; 0 is at once.

    Args:
        labels: (rows,), 0 or 1.
        flags: (rows,), 0 or 1.
        scored: (rows,), False where a row was not scored; None where all were. The count starts
            at the event's first row, scored or not.
        offsets: (series + 1,), the series' first rows, and the end; None is one series.

    Returns:
        The delay in rows; NaN where no event was found.

    Example:
        >>> detection_delay([1, 1, 1, 0, 1], [0, 0, 1, 0, 1])
        1.0
    """
    events, flagged = _scored_events(labels, flags, scored, offsets)
    found = events[count_within(flagged, events) > 0]
    if not len(found):
        return float("nan")
    where = np.flatnonzero(flagged)
    first = where[np.searchsorted(where, found[:, 0])]
    return float((first - found[:, 0]).mean())


def _scored_events(
    labels: npt.ArrayLike, flags: npt.ArrayLike, scored: Mask | None, offsets: Ints | None
) -> tuple[Ints, Mask]:
    """Return the events that have a scored row, (events, 2), and the flags of scored rows."""
    is_anomaly, flagged, known = _checked(labels, flags, scored)
    events = runs(is_anomaly, offsets)
    return events[count_within(known, events) > 0], flagged


def _checked(
    labels: npt.ArrayLike, flags: npt.ArrayLike, scored: Mask | None
) -> tuple[Mask, Mask, Mask]:
    is_anomaly, flagged = as_mask(labels), as_mask(flags)
    known = np.ones(len(flagged), np.bool_) if scored is None else scored
    if not len(is_anomaly) == len(flagged) == len(known):
        raise ValueError(
            f"found {len(is_anomaly)} labels, {len(flagged)} flags and {len(known)} rows"
        )
    return is_anomaly, flagged & known, known
