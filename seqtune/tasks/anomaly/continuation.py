"""New rows of a series with those before them that the run knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seqtune.tasks.anomaly.panels import Rows
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.segment import Segment


def continued(prepared: Prepared, new: Rows, series: int) -> Segment:
    """Return the new rows of one series to be scored, with the run's rows before them as context.

    Rows of the run at or after the first new one are not looked at: the file may be the one that
    the run was fitted on. Rows between that nobody knows are not observed.

    Args:
        prepared: The run's data.
        new: The new rows.
        series: Number of the series among the new ones.
    """
    panel = new.panel
    own = new.segment(series, int(panel.offsets[series]), int(panel.offsets[series + 1]), 0)
    history = prepared.panel
    name = panel.series[series]
    if name not in history.series:
        return own
    old = history.series.index(name)
    begin, end = int(history.offsets[old]), int(history.offsets[old + 1])
    start = int(history.starts[old])
    step = own.step
    if panel.grid.snap == "rows":  # rows that are only counted follow those of the run
        step = start + end - begin
    known = min(end - begin, step - start)
    gap = step - start - known
    context = prepared.codec.context + prepared.codec.bridge
    if known <= 0 or gap >= context:
        return replace(own, step=step)
    still = own.flat_line.reach(prepared.codec.threshold) if own.flat_line is not None else 0
    longest = max(context, still) - gap
    before = prepared.rows.segment(old, begin + known, begin + known, min(known, longest))
    carried = np.repeat(before.values[-1:], gap, axis=0)
    return replace(
        own,
        values=np.concatenate([before.values, carried, own.values]),
        observed=np.concatenate(
            [before.observed, np.zeros((gap, own.observed.shape[1]), np.bool_), own.observed]
        ),
        first=len(before.values) + gap,
        step=step - gap - len(before.values),
    )
