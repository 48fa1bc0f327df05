"""Rows of a panel with their scales and labels, from which segments are cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel
from seqtune.data.reading.source import Source
from seqtune.progress import Listener
from seqtune.tasks.anomaly.flat_line import FlatLine
from seqtune.tasks.anomaly.roles import Roles, infer_roles
from seqtune.tasks.anomaly.scales import Scales
from seqtune.tasks.anomaly.schema import Schema
from seqtune.tasks.anomaly.segment import Segment
from seqtune.tasks.anomaly.settle import refuse_short


@dataclass(frozen=True)
class Rows:
    """A panel whose series are scaled.

    Args:
        panel: The rows.
        scales: Centre and unit of each series.
        labels: (rows,) int8, 0 or 1, -1 where there is no label.
        flat_line: For how long channels of each series may keep one value; None where nobody asks.
    """

    panel: Panel
    scales: Scales
    labels: npt.NDArray[np.int8]
    flat_line: FlatLine | None = None

    def segment(self, series: int, begin: int, end: int, context: int) -> Segment:
        """Return rows of one series to be scored, with rows before them.

        Args:
            series: Number of the series.
            begin: Absolute row of the first one.
            end: Absolute row after the last one.
            context: Rows before the first one, as far as the series has them.
        """
        panel = self.panel
        origin = int(panel.offsets[series])
        start = max(origin, begin - context)
        return Segment(
            values=np.asarray(panel.target[start:end]),
            observed=np.asarray(panel.observed[start:end]),
            first=begin - start,
            step=int(panel.starts[series]) + start - origin,
            center=self.scales.center[series],
            spread=self.scales.spread[series],
            series=series,
            flat_line=self.flat_line.of(series) if self.flat_line is not None else None,
        )


def take_labels(panel: Panel) -> tuple[Panel, npt.NDArray[np.int8]]:
    """Take the labels, which were carried like a covariate, out of a panel.

    Args:
        panel: With no covariate, or with the labels as the only one.

    Returns:
        The panel without it, and (rows,) int8: 1 where any of the rows at that time was labelled 1,
        0 elsewhere, -1 where nothing is known.
    """
    if not panel.past_names:
        return panel, np.full(panel.rows, -1, np.int8)
    column = panel.past[:, 0]
    labels = np.where(np.isnan(column), -1, column > 0).astype(np.int8)
    notes = tuple(note for note in panel.notes if f"'{panel.past_names[0]}'" not in note)
    return replace(panel, past_names=(), past=panel.past[:, :0], notes=notes), labels


def read_panel(
    source: Source, values: Schema, listener: Listener
) -> tuple[Roles, Panel, npt.NDArray[np.int8]]:
    """Read the roles of the columns, the rows on their grid, and the labels of the rows.

    Args:
        source: The table.
        values: The recipe's values.
        listener: Hears of every guess.

    Returns:
        The roles, the panel, and (rows,) 0 or 1, -1 where nothing is known.

    Raises:
        DataError: Anomalies cannot be looked for in the data as it is; says why.
    """
    roles = infer_roles(source, values.data, listener)
    panel, labels = take_labels(
        build_panel(
            source,
            roles.of_panel(),
            frequency=values.data.frequency,
            duplicates=values.data.duplicates,
        )
    )
    refuse_short(str(source.path), np.diff(panel.offsets))
    return roles, panel, labels
