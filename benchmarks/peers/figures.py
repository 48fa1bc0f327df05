"""Scores of forecasts in the common format, the same for every method."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from panels import Floats, Panel

from seqtune.metrics.forecast import mase, owa, seasonal_scale, smape


def figures(panel: Panel, forecasts: Path) -> dict[str, float]:
    """Return sMAPE and MASE, and OWA and the standardised MSE and MAE where the panel has them.

    Every series at every cut-off counts once. MASE is scaled by the rows before the first cut-off.

    Args:
        panel: What was to be forecast.
        forecasts: A CSV with the columns cutoff, series, step, value.

    Raises:
        ValueError: A forecast is absent or not finite.
    """
    actual = np.concatenate([panel.actual(cutoff) for cutoff in panel.cutoffs])
    mean = read(panel, forecasts)  # (cut-offs * series, horizon)
    known = panel.history(panel.cutoffs[0]).groupby("series")["value"]
    scale = known.agg(lambda each: seasonal_scale(each.to_numpy(np.float64), panel.seasons[0]))
    scales = np.tile(scale.to_numpy(np.float64), len(panel.cutoffs)).astype(np.float64)
    found = {"sMAPE": smape(actual, mean), "MASE": mase(actual, mean, scales)}
    if panel.naive is not None:
        found["OWA"] = owa(found["sMAPE"], found["MASE"], *panel.naive)
    if panel.deviation is not None:
        error = (actual - mean) / np.tile(panel.deviation, len(panel.cutoffs))[:, None]
        found["MSE"] = float(np.mean(error**2))
        found["MAE"] = float(np.mean(np.abs(error)))
    return found


def read(panel: Panel, forecasts: Path) -> Floats:
    """Return forecasts as (cut-offs * series, horizon), in the order of `Panel.actual`."""
    table = pd.read_csv(forecasts, dtype={"series": str})
    table = table.sort_values(["cutoff", "series", "step"], kind="stable")
    names = sorted(panel.table["series"].unique())
    expected = pd.MultiIndex.from_product(
        [range(len(panel.cutoffs)), names, range(1, panel.horizon + 1)]
    )
    if not pd.MultiIndex.from_frame(table[["cutoff", "series", "step"]]).equals(expected):
        raise ValueError(f"{len(table)} forecasts, not the {len(expected)} that were asked for")
    values = table["value"].to_numpy(np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"{(~np.isfinite(values)).sum()} of {len(values)} are not finite")
    return values.reshape(-1, panel.horizon)
