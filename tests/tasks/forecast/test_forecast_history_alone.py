"""What is forecast of a series depends on its history, not on how that was given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pandas as pd
import pytest
from command_line import TINY

from seqtune.data.reading.source import Source
from seqtune.registry import baselines
from seqtune.runtime.network import KerasNetwork
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.schema import ARCHITECTURES
from seqtune.tasks.forecast.task import TASK

TOLERANCE = 1e-6

LAST = {"a": "2024-02-03", "b": "2024-01-30", "c": "2024-01-26"}


def one_more(tiny: Any) -> pd.DataFrame:
    """Return the row after the last of one series."""
    row = {"shop": "b", "day": pd.Timestamp(LAST["b"]) + pd.Timedelta(days=1), "sales": 31.0}
    return pd.DataFrame([row | {"visitors": 70.0, "price": 2.0, "region": "y"}])


def ahead(day: str, shop: str) -> pd.DataFrame:
    """Return the prices of the days after one."""
    days = pd.date_range(day, periods=5, freq="D")[2 if shop == "b" else 1 :]
    region = "y" if shop == "b" else "x"
    return pd.DataFrame({"shop": shop, "day": days, "price": 3.0, "region": region})


def forecasts(tiny: Any, rows: pd.DataFrame, forward: Any) -> np.ndarray:
    """Forecast series b from new rows, (horizon, levels)."""
    context = Context(tiny.recipe, "run")
    encoded = TASK.encode(tiny.prepared, Source.from_frame(rows), context)
    panel = encoded.coded.panel
    (window,) = np.flatnonzero(np.array(panel.series)[encoded.windows.series] == "b")
    return np.asarray(forward(encoded)[window])


def both(tiny: Any, forward: Any) -> tuple[np.ndarray, np.ndarray]:
    """Forecast it from the one row that is new, and from all rows of all series."""
    new = [one_more(tiny), ahead(LAST["b"], "b")]
    others = [ahead(LAST[shop], shop) for shop in "ac"]
    alone = pd.concat(new, ignore_index=True)
    every = pd.concat([tiny.frame, *new, *others], ignore_index=True)
    return forecasts(tiny, alone, forward), forecasts(tiny, every, forward)


@pytest.mark.parametrize(
    ("architecture", "scaling"),
    [
        *((name, "window") for name in sorted(ARCHITECTURES)),
        *(("segment", scaling) for scaling in ("level", "revin", "series")),
    ],
)
def test_a_row_alone_and_among_all_rows_give_the_same(
    tiny: Any, prepare: Callable[..., Any], architecture: str, scaling: str
) -> None:
    asked = f"network.architecture={architecture}", f"preprocessing.scaling={scaling}"
    ready = prepare(tiny.frame, [*tiny.overrides, *asked])
    network = TASK.build(ready.prepared, ready.values)
    draw = np.random.default_rng(0)
    weights = network.get_weights()
    network.set_weights([each + draw.normal(0, 0.1, each.shape) for each in weights])

    def forward(encoded: Any) -> Any:
        return TASK.forward(KerasNetwork(network), ready.prepared, encoded, ready.values)

    alone, among = both(ready, forward)
    assert np.ptp(alone) > 0
    np.testing.assert_allclose(alone, among, rtol=0, atol=TOLERANCE * np.abs(alone).max())


@pytest.mark.parametrize("method", sorted(baselines("forecast")))
def test_so_do_the_simple_methods(tiny: Any, method: str) -> None:
    alone, among = both(tiny, lambda encoded: TASK.by_method(tiny.prepared, encoded, method, 0))
    np.testing.assert_allclose(alone, among, rtol=TOLERANCE)


def test_rows_that_are_only_counted_are_not_counted_twice(tmp_path: Path) -> None:
    step = np.arange(60)
    draw = np.random.default_rng(0)
    old = pd.DataFrame({"y": np.round(20 + 5 * np.sin(step) + draw.normal(0, 1, 60), 2)})
    new = pd.DataFrame({"y": [21.5]})
    old.to_csv(tmp_path / "old.csv", index=False)
    new.to_csv(tmp_path / "new.csv", index=False)
    pd.concat([old, new]).to_csv(tmp_path / "all.csv", index=False)
    run = tmp_path / "run"
    flags = ("--horizon", 3, "--out", run, *TINY)
    command_line.seqtune("fit", tmp_path / "old.csv", "--task", "forecast", *flags)
    for use in ("network", "seasonal_naive"):
        alone, among = (
            command_line.seqtune("predict", run, tmp_path / name, "--use", use)
            for name in ("new.csv", "all.csv")
        )
        assert "none is taken twice" in among.err and "twice" not in alone.err
        pd.testing.assert_frame_equal(alone.table, among.table, rtol=TOLERANCE)
        assert alone.table.iloc[0, 0] == 61
