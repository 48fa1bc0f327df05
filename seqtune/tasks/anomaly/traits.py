"""What a detector watches for drift: the columns that it watches for anomalies."""

from __future__ import annotations

from seqtune.data.drift.sample import Samples
from seqtune.data.reading.source import Source
from seqtune.tasks._panel_traits import traits_of_panel, traits_unseen
from seqtune.tasks._values import Context
from seqtune.tasks.anomaly.new_rows import on_grid
from seqtune.tasks.anomaly.prepared import Prepared


def usual(prepared: Prepared) -> Samples:
    """Return the columns that the run was fitted on."""
    panel = prepared.panel
    return traits_of_panel(panel, panel.offsets[:-1], _period(prepared), prepared.series_moments)


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return the columns of new rows; rows that the run was fitted on are left out."""
    panel, _ = on_grid(prepared.codec, source, context)
    moments = prepared.series_moments
    return traits_unseen(prepared.panel, panel, known, _period(prepared), moments)


def _period(prepared: Prepared) -> int:
    codec = prepared.codec
    return codec.season if codec.periods else 0
