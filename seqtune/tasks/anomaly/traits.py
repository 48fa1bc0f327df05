"""What a detector watches for drift: the columns that it watches for anomalies."""

from __future__ import annotations

import numpy as np

from seqtune.data.drift.sample import Samples
from seqtune.data.reading.source import Source
from seqtune.tasks._newer_rows import unseen_steps
from seqtune.tasks._panel_traits import traits_of_panel
from seqtune.tasks._values import Context
from seqtune.tasks.anomaly.newer import panel_of
from seqtune.tasks.anomaly.prepared import Prepared


def usual(prepared: Prepared) -> Samples:
    """Return the columns that the run was fitted on."""
    panel = prepared.panel
    return traits_of_panel(panel, panel.offsets[:-1], _period(prepared), prepared.series_moments)


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return the columns of new rows; rows that the run was fitted on are left out."""
    codec = prepared.codec
    panel = panel_of(codec, source, context)
    unseen = unseen_steps(prepared.panel, panel, known)
    first = panel.offsets[1:] - (np.maximum(unseen, 0) if (unseen > 0).any() else panel.lengths)
    return traits_of_panel(panel, first, _period(prepared), prepared.series_moments)


def _period(prepared: Prepared) -> int:
    codec = prepared.codec
    return codec.season if codec.periods else 0
