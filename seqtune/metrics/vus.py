"""VUS-PR: how well scores rank anomalies, tolerant of flags a little before or after an event.

The volume under the surface of precision, recall and the length of the buffer around each event.

Source:
    Paparrizos, Boniol, Palpanas, Tsay, Elmore and Franklin 2022, "Volume under the surface: a new
    accuracy evaluation measure for time-series anomaly detection", PVLDB 15(11); in the
    form of the benchmark TSB-AD (Liu and Paparrizos 2024, NeurIPS).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.metrics.labelled_events import Floats, Ints, Mask, as_mask, count_within, runs

THRESHOLDS = 250
"""Scores at which the curve is evaluated, evenly spaced over the ranks: as in TSB-AD, so that the
figures agree."""

FAR = np.iinfo(np.int64).max // 4


def vus_pr(
    labels: npt.ArrayLike,
    scores: Floats,
    window: int,
    offsets: Ints | None = None,
    thresholds: int | None = THRESHOLDS,
    stride: int = 1,
) -> float:
    """Volume under the surface of precision, recall and buffer length; 0 to 1.

    The mean of the range-AUC-PR over the windows l = 0, 1, …, `window`. For each l:

    - A row at the distance d from an event, 1 <= d <= l // 2, gets the soft label
      sqrt(1 - d / l); a row within an event, or near two of them, gets 1, any other 0.
    - At a threshold, with TP the sum of the soft labels of the flagged rows and B the part of it
      that lies outside the events: precision TP / flagged rows, recall
      min(TP / (P + B / 2), 1) * E. P is the number of labelled rows, E the existence reward: the
      share of the events, each with its buffers and those that touch taken together, that have
      a flagged row.
    - The area is the average precision, `sum_k (R_k - R_(k-1)) P_k`.

    Rows that were not scored (NaN) are left out as `labelled_events` tells. Several series share
    one curve; buffers end where a series does.

    Args:
        labels: (rows,), 0 or 1.
        scores: (rows,), higher is stranger; NaN where a row was not scored.
        window: The longest buffer on both sides of an event together, in rows, 0 or more;
            customarily the `dominant_window`.
        offsets: (series + 1,), the series' first rows, and the end; None is one series.
        thresholds: How many scores are taken as thresholds, evenly spaced by rank; None takes
            every distinct score.
        stride: Rows between two buffer lengths; above 1 for a quick figure that is close.

    Returns:
        The volume; NaN where no scored row is labelled.

    Raises:
        ValueError: The window is below 0, or labels and scores differ in length.

    Example:
        >>> labels = [0, 0, 0, 1, 0, 0]
        >>> vus_pr(labels, np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0]), window=0)
        1.0
        >>> round(vus_pr(labels, np.array([0.0, 0.0, 0.0, 0.5, 1.0, 0.0]), window=2), 3)
        0.592
    """
    is_anomaly, scored = as_mask(labels), ~np.isnan(scores)
    if len(is_anomaly) != len(scored):
        raise ValueError(f"found {len(is_anomaly)} labels for {len(scored)} scores")
    if window < 0:
        raise ValueError(f"a window of {window} rows is below 0")
    if not (is_anomaly & scored).any():
        return float("nan")
    surface = _Surface.of(is_anomaly, scores, scored, window, offsets, thresholds)
    existence, reach = np.empty(0), -1
    areas = []
    for length in range(0, window + 1, stride):
        if length // 2 != reach:  # the reach of the buffers is often that of the next as well
            reach = length // 2
            existence = surface.existence(reach)
        areas.append(surface.area(length, existence))
    return float(np.mean(areas))


@dataclass(frozen=True)
class _Surface:
    """The scored rows, counted once for all buffer lengths.

    Args:
        steps: (rows,), int64: the first threshold, counted from the highest, that flags a row.
        flagged: (thresholds,), int64, rows flagged at each.
        inside: (thresholds,), int64, labelled rows flagged at each.
        places: (rows,), int64, ascending, with more than `window` rows between two series.
        events: (events, 2), int64, the first and the last place of each.
        buffer: (buffer rows,), int64, steps of the rows near an event, the nearest first.
        nearest: (buffer rows,), int64, distance to the nearest event.
        second: (buffer rows,), int64, distance to the next nearest event.
    """

    steps: Ints
    flagged: Ints
    inside: Ints
    places: Ints
    events: Ints
    buffer: Ints
    nearest: Ints
    second: Ints

    @classmethod
    def of(
        cls,
        is_anomaly: Mask,
        scores: Floats,
        scored: Mask,
        window: int,
        offsets: Ints | None,
        thresholds: int | None,
    ) -> _Surface:
        places = np.arange(len(scores), dtype=np.int64)
        if offsets is not None:
            series = np.searchsorted(offsets, places, side="right")
            places += series * 2 * (window + 1)
        events = runs(is_anomaly, offsets)
        events = places[events[count_within(scored, events) > 0]]
        steps, flagged = _steps(scores[scored], thresholds)
        places, is_anomaly = places[scored], is_anomaly[scored]
        inside = np.cumsum(np.bincount(steps[is_anomaly], minlength=len(flagged)))
        nearest, second = _distances(places, events)
        near = np.flatnonzero(~is_anomaly & (nearest <= window // 2))
        near = near[np.argsort(nearest[near], kind="stable")]
        return cls(steps, flagged, inside, places, events, steps[near], nearest[near], second[near])

    def existence(self, reach: int) -> Floats:
        """Return the share of the events, with buffers, that are flagged: (thresholds,)."""
        apart = self.events[1:, 0] - self.events[:-1, 1] > 2 * reach
        begins = self.events[np.append(True, apart), 0] - reach
        ends = self.events[np.append(apart, True), 1] + reach
        borders = np.empty(2 * len(begins), np.int64)
        borders[0::2] = np.searchsorted(self.places, begins)
        borders[1::2] = np.searchsorted(self.places, ends, side="right")
        padded = np.append(self.steps, len(self.flagged))  # lets the last range end the rows
        first = np.minimum.reduceat(padded, borders)[0::2]
        return np.asarray(np.cumsum(np.bincount(first, minlength=len(self.flagged))) / len(begins))

    def area(self, length: int, existence: Floats) -> float:
        """Return the range-AUC-PR of one buffer length."""
        count = int(np.searchsorted(self.nearest, length // 2, side="right"))
        soft = np.sqrt(1.0 - self.nearest[:count] / max(length, 1))
        # Two buffers add up to 1 or more: each has at least sqrt(1 / 2).
        soft[self.second[:count] <= length // 2] = 1.0
        by_step = np.bincount(self.buffer[:count], soft, minlength=len(self.flagged))
        outside = np.cumsum(by_step)
        found = self.inside + outside
        recall = np.minimum(found / (self.inside[-1] + outside / 2.0), 1.0) * existence
        return float(np.diff(recall, prepend=0.0) @ (found / self.flagged))


def _steps(scores: Floats, thresholds: int | None) -> tuple[Ints, Ints]:
    """Return which threshold first flags each row, and how many rows each flags."""
    ranked = np.sort(scores)
    count = len(scores) if thresholds is None else thresholds
    ranks = np.linspace(0, len(scores) - 1, count).astype(np.int64)
    levels = np.unique(ranked[len(scores) - 1 - ranks])  # ascending
    # The lowest score is the last threshold, so that every row is flagged by one.
    steps = len(levels) - np.searchsorted(levels, scores, side="right")
    return steps.astype(np.int64), np.cumsum(np.bincount(steps, minlength=len(levels)))


def _distances(places: Ints, events: Ints) -> tuple[Ints, Ints]:
    """Return how far each row is from the nearest and from the next nearest event."""
    far = np.array([FAR, FAR])
    begins = np.concatenate([events[:, 0], far])
    ends = np.concatenate([-far, events[:, 1]])
    behind = np.searchsorted(events[:, 0], places, side="right")  # events begun so far
    ahead = behind  # the first event that begins later
    distances = np.stack(
        [
            np.maximum(places - ends[behind + 1], 0),
            places - ends[behind],
            begins[ahead] - places,
            begins[ahead + 1] - places,
        ]
    )
    distances.partition(1, axis=0)
    return distances[0], distances[1]
