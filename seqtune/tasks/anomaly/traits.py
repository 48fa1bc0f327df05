"""What a detector watches for drift: the columns that it watches for anomalies."""

from __future__ import annotations

from seqtune.data.drift.sample import Samples
from seqtune.data.reading.source import Source
from seqtune.tasks._newer_rows import unseen_steps
from seqtune.tasks._panel_traits import traits_of_panel, usual_of_series
from seqtune.tasks._values import Context
from seqtune.tasks.anomaly.newer import panel_of
from seqtune.tasks.anomaly.prepared import Prepared


def usual(prepared: Prepared) -> Samples:
    """Return the columns that the run was fitted on."""
    panel, codec = prepared.panel, prepared.codec
    period = codec.season if codec.periods else 0
    return traits_of_panel(
        panel, panel.offsets[:-1], period, codec.center, codec.spread, is_one=len(codec.series) == 1
    )


def new(prepared: Prepared, source: Source, context: Context) -> Samples:
    """Return the columns of new rows; rows that the run was fitted on are left out."""
    codec = prepared.codec
    panel = panel_of(codec, source, context)
    unseen = unseen_steps(prepared.panel, panel, 0.0)
    first = panel.offsets[1:] - (unseen if (unseen > 0).any() else panel.lengths)
    center, spread = (
        usual_of_series(codec.series, panel.series, each) for each in (codec.center, codec.spread)
    )
    period = codec.season if codec.periods else 0
    return traits_of_panel(panel, first, period, center, spread, is_one=len(codec.series) == 1)
