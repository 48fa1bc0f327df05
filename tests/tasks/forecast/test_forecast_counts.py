"""Sparse counts: recognised, compared by a loss that is defined, given out as whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import TINY, seqtune

from seqtune.metrics.forecast import weighted_scaled_quantile_loss
from seqtune.tasks.forecast.counts import all_levels, mean_of, rounded
from seqtune.tasks.forecast.settle import settle_lookback

FLAGS = ("data.target=sold", "data.series=item", "horizon=3", "seasonality=7")


def sales(zeros: float = 0.8, items: int = 3) -> pd.DataFrame:
    """Return days of items of which most sell nothing; on every seventh day, one more."""
    draw = np.random.default_rng(0)
    parts = []
    for item in range(items):
        sold = draw.poisson(2, 90) * (draw.random(90) > zeros)
        sold[np.arange(90) % 7 == 5] += 1
        day = pd.date_range("2024-01-01", periods=90)
        parts.append(pd.DataFrame({"item": f"i{item}", "day": day, "sold": sold}))
    return pd.concat(parts, ignore_index=True)


def test_sparse_counts_are_recognised_by_their_zeros(prepare: Callable[..., Any]) -> None:
    sparse = prepare(sales(), FLAGS).prepared
    assert sparse.codec.counts and sparse.metric == "weighted_scaled_quantile_loss"
    assert sparse.codec.given == (0.1, 0.5, 0.9) and set(sparse.codec.levels) > {0.1, 0.5, 0.9}
    dense = prepare(sales(zeros=0.2), FLAGS).prepared
    assert not dense.codec.counts and dense.metric == "mase"
    assert dense.codec.levels == (0.1, 0.5, 0.9)


@pytest.mark.parametrize("spoil", [0.5, -1.0])
def test_halves_and_values_below_zero_are_no_counts(
    prepare: Callable[..., Any], spoil: float
) -> None:
    frame = sales().astype({"sold": float})
    frame.loc[4, "sold"] = spoil
    assert not prepare(frame, FLAGS).prepared.codec.counts


def test_the_recipe_decides(prepare: Callable[..., Any]) -> None:
    assert not prepare(sales(), (*FLAGS, "data.counts=false")).prepared.codec.counts
    assert prepare(sales(zeros=0.2), (*FLAGS, "data.counts=true")).prepared.codec.counts


def test_levels_asked_for_are_among_all() -> None:
    assert all_levels((0.05, 0.5))[:2] == (0.05, 0.15)
    assert all_levels((0.5, 0.97))[-2:] == (0.97, 0.99)
    assert len(all_levels((0.05, 0.5))) == 12


def test_the_mean_of_quantiles_by_hand() -> None:
    # borders between the levels: 0.3, 0.7
    mean = mean_of(np.array([[[0.0, 1.0, 4.0]]]), (0.1, 0.5, 0.9))
    np.testing.assert_allclose(mean, [[0.3 * 0 + 0.4 * 1 + 0.3 * 4]])


def test_rounded_quantiles_ascend() -> None:
    assert rounded(np.array([[[0.0, 0.49, 0.5, 1.6]]])).tolist() == [[[0.0, 0.0, 1.0, 2.0]]]


def test_the_weighted_loss_by_hand() -> None:
    actual = np.array([[1.0, 0.0], [4.0, np.nan]])
    quantiles = np.array([[[0.0, 1.0], [0.0, 1.0]], [[1.0, 2.0], [9.0, 9.0]]])
    # level 0.5: |1 - 0| and |0 - 0|, then |4 - 1|; level 0.9, doubled: 0 and 2 * 0.1, 2 * 0.9 * 2
    first = ((1 + 0) / 2 + (0 + 0.2) / 2) / 2
    second = (3 + 3.6) / 2
    loss = weighted_scaled_quantile_loss(actual, quantiles, (0.5, 0.9), np.array([0.5, 1.5]))
    np.testing.assert_allclose(loss, (first + second) / 2.0)


def test_a_series_in_which_nothing_happens_does_not_divide_by_zero() -> None:
    nothing = np.zeros((2, 3))
    quantiles = np.zeros((2, 3, 1))
    for scale in (np.zeros(2), np.array([0.0, 2.0])):
        assert weighted_scaled_quantile_loss(nothing, quantiles, (0.5,), scale) == 0.0


def test_a_history_of_sparse_counts_holds_eight_seasons() -> None:
    assert settle_lookback("auto", (7,), 14, 400, sparse=True)[0] == 56
    assert settle_lookback("auto", (7,), 14, 400)[0] == 14
    assert settle_lookback("auto", (7,), 14, 40, sparse=True)[0] == 20  # half of the rows


def test_a_run_gives_out_whole_numbers_and_a_mean(tmp_path: Path) -> None:
    frame = sales()
    frame.to_csv(tmp_path / "sales.csv", index=False)
    run = tmp_path / "run"
    words = ("--target", "sold", "--series", "item", "--horizon", "7", "--out", run)
    methods = "baselines.methods=[naive,empirical,tsb]"
    more = ("--set", methods, "--set", "seasonality=7", "--json")
    fitted = seqtune(
        *("fit", tmp_path / "sales.csv", "--task", "forecast", *words, *TINY),
        *more,
    )
    assert fitted.json["metric"] == "weighted_scaled_quantile_loss"
    assert "sparse counts" in fitted.err and "data.counts=false" in fitted.err
    report = " ".join(seqtune("report", run).out.split())
    assert "by WSQL on the validation part" in report and "sparse counts are compared by" in report
    for use in ("network", "empirical", "tsb", "naive"):
        table = seqtune("predict", run, "--use", use).table
        assert list(table.columns) == ["item", "day", "mean", "q0.1", "q0.5", "q0.9"]
        quantiles = table[["q0.1", "q0.5", "q0.9"]].to_numpy()
        assert (quantiles % 1 == 0).all() and quantiles.min() >= 0
        assert (np.diff(quantiles, axis=1) >= 0).all()
    table = seqtune("predict", run, "--use", "empirical").table
    assert table["q0.9"].max() <= frame.sold.max()
    assert 0 < table["mean"].mean() < 2
    is_sixth = pd.to_datetime(table.day).dt.dayofweek == 5  # the days of one more
    assert table["mean"][is_sixth].mean() > 1.0 > table["mean"][~is_sixth].mean()
