"""Whether data can be watched for anomalies, and what would be taken for what."""

from __future__ import annotations

from typing import cast

from seqtune.data.panel.seasonality import find_periods
from seqtune.data.reading.source import Source
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks._panels import found_frequency, found_seasonality
from seqtune.tasks.anomaly.panels import read_panel
from seqtune.tasks.anomaly.roles import TELLING_NAMES, label_columns
from seqtune.tasks.anomaly.schema import Schema


def is_meant(source: Source) -> bool:
    """Say whether a column of 0 and 1 is named as known anomalies are."""
    suited, _ = label_columns(source, source.names)
    return any(name.lower() in TELLING_NAMES for name in suited)


def suggest(source: Source, recipe: Recipe) -> list[Assumption]:
    """Return what a detector would take for each role, frequency and seasons.

    Args:
        source: The table.
        recipe: What the user has settled already.

    Raises:
        DataError: Anomalies cannot be looked for in the data as it is; says why.
    """
    assumptions = Assumptions()
    values = cast(Schema, recipe.values)
    _, panel, _ = read_panel(source, values, assumptions)
    assumptions.append(found_frequency(panel))
    periods = find_periods(panel, rows_end=panel.offsets[1:])
    assumptions.append(found_seasonality(periods))
    return assumptions
