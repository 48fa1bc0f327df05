"""Whether data can be forecast, and what would be taken for what; loads no backend."""

from __future__ import annotations

from typing import cast

import numpy as np

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.seasonality import find_periods
from seqtune.data.reading.source import Source
from seqtune.progress import Assumption, Assumptions
from seqtune.recipe.load import Recipe
from seqtune.tasks._panels import found_frequency, found_seasonality
from seqtune.tasks.forecast.roles import infer_roles
from seqtune.tasks.forecast.schema import Schema
from seqtune.tasks.forecast.settle import settle_horizon


def suggest(source: Source, recipe: Recipe) -> list[Assumption]:
    """Return what a forecast would take for each role, frequency, seasons and horizon.

    Args:
        source: The table.
        recipe: What the user has settled already.

    Raises:
        DataError: The data cannot be forecast as it is; says why.
    """
    assumptions = Assumptions()
    values = cast(Schema, recipe.values)
    roles = infer_roles(source, values.data, assumptions)
    panel = build_panel(
        source, roles, frequency=values.data.frequency, duplicates=values.data.duplicates
    )
    assumptions.append(found_frequency(panel))
    periods = find_periods(panel, rows_end=panel.offsets[1:])
    assumptions.append(found_seasonality(periods))
    settle_horizon(values.horizon, periods, np.diff(panel.offsets), assumptions)
    return assumptions
