"""Where little was held out, networks are averaged with the best simple method."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pandas as pd
import pytest
from command_line import TINY

from seqtune.errors import RecipeError
from seqtune.run.run import Run

HORIZON, ROWS = 6, 96
NETWORKS = ("t001", "t002")


def table(rows: int, start: str = "2015-01-01") -> pd.DataFrame:
    """Months that grow and swing, rounded so that no method is without an error."""
    month = np.arange(rows)
    noise = np.random.default_rng(1).normal(0, 3, rows)
    value = 100 + month + 20 * np.sin(2 * np.pi * month / 12) + noise
    times = pd.date_range(start, periods=rows, freq="MS")
    return pd.DataFrame({"month": times, "sold": value.round(1)})


def fit(folder: Path, data: pd.DataFrame, *words: str) -> Path:
    """Fit two small networks and two simple methods, and return the run folder."""
    data.to_csv(folder / "data.csv", index=False)
    flags = (*TINY, "--trials", "2", "--set", "network.units=[4,6]", "--horizon", str(HORIZON))
    own = ("--set", "network.segment.length=2", "--executor", "inline", "--lookback", "12")
    out = ("--quiet", "--out", folder / "run")
    command_line.seqtune(
        "fit", folder / "data.csv", "--task", "forecast", *flags, *own, *words, *out
    )
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit(tmp_path_factory.mktemp("blend"), table(ROWS))


def board_of(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "leaderboard.json").read_text(encoding="utf-8")))


def weights_of(run: Path) -> dict[str, float]:
    return {each.method or each.trial: each.weight for each in Run(run).predictor.members["blend"]}


def test_networks_and_method_count_by_the_inverse_squares_of_their_errors(run: Path) -> None:
    opened = Run(run)
    weights = weights_of(run)
    method = board_of(run)["best_baseline"]
    share = weights.pop(method)
    assert set(weights) <= set(NETWORKS)
    assert sum(weights.values()) == pytest.approx(1.0 - share)
    task, prepared = opened.task, opened.prepared
    made = {name: np.load(run / "trials" / f"{name}.npy") for name in weights}
    ratio = {name: weight / (1.0 - share) for name, weight in weights.items()}
    networks = sum(ratio[name] * made[name] for name in weights)
    error = task.score(prepared, prepared.encoded("validation"), networks)["mase"]
    (other,) = (row for row in board_of(run)["leaderboard"] if row["name"] == method)
    ours, theirs = error**-2, other["validation"]["mase"] ** -2
    assert share == pytest.approx(theirs / (ours + theirs), rel=1e-6)
    assert 0.05 < share < 0.95


def test_what_is_scored_and_forecast_is_the_mean_of_both(run: Path) -> None:
    opened = Run(run)
    weights, forecasts = weights_of(run), opened.predict(use="blend")
    rows = {row["name"].rsplit("-")[-1]: row["name"] for row in board_of(run)["leaderboard"]}
    parts = {name: opened.predict(use=rows.get(name, name)) for name in weights}
    assert len(forecasts) == HORIZON
    mean = sum(weight * parts[name]["q0.5"] for name, weight in weights.items())
    np.testing.assert_allclose(forecasts["q0.5"], mean, rtol=1e-9)
    assert (forecasts["q0.1"] < forecasts["q0.5"]).all()
    assert (forecasts["q0.5"] < forecasts["q0.9"]).all()


def test_it_forecasts_new_rows_and_is_evaluated(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    table(ROWS + 2 * HORIZON).to_csv(path, index=False)
    opened = Run(run)
    first = opened.predict(str(path), use="blend")["month"].iloc[0]
    assert first == pd.Timestamp("2024-01-01")
    opened.evaluate(str(path))
    assert opened.evaluation is not None
    assert {"blend", board_of(run)["best_baseline"]} <= opened.evaluation.scores.keys()


def test_networks_that_are_better_by_less_than_half_do_not_stand_before_it(run: Path) -> None:
    board = board_of(run)
    scores = {row["name"]: row["validation"]["mase"] for row in board["leaderboard"]}
    assert board["margin"] == scores[board["best_network"]]
    names = [row["name"] for row in board["leaderboard"] if row["kind"] != "baseline"]
    assert names[0] == "blend"


def test_where_much_was_held_out_networks_stay_by_themselves(tmp_path: Path) -> None:
    long = [table(ROWS).assign(shop=f"s{number}") for number in range(12)]
    run = fit(tmp_path, pd.concat(long), "--series", "shop")
    opened = Run(run)
    assert not opened.task.hedges(opened.prepared)
    assert opened.prepared.horizons_held_out >= 10
    board = board_of(run)
    scores = {row["name"]: row["validation"]["mase"] for row in board["leaderboard"]}
    assert board["margin"] == pytest.approx(0.05 * scores[board["best_network"]])
    assert "blend" not in scores
    assert not list((run / "trials").glob("baseline_*_validation.npy"))


def test_unless_it_is_wanted_no_method_is_kept_or_blended(tmp_path: Path) -> None:
    run = fit(tmp_path, table(ROWS), "--set", "baselines.blend=false")
    assert not list((run / "trials").glob("baseline_*_validation.npy"))
    assert "blend" not in [row["name"] for row in board_of(run)["leaderboard"]]


def test_a_method_that_there_is_not_is_refused(run: Path) -> None:
    opened = Run(run)
    (method,) = [each for each in opened.predictor.members["blend"] if each.method]
    object.__setattr__(method, "method", "oracle")
    with pytest.raises(RecipeError, match="oracle"):
        opened.predict(use="blend")


def test_a_method_that_is_no_naive_one_is_blended_where_there_is_one(tmp_path: Path) -> None:
    run = fit(tmp_path, table(ROWS), "--set", "baselines.methods=[seasonal_naive,theta,naive]")
    assert 0.0 < weights_of(run)["theta"] < 1.0
    kept = {path.name for path in (run / "trials").glob("baseline_*") if "tested" not in path.name}
    assert kept == {"baseline_theta_validation.npy", "baseline_theta_test.npy"}


def test_it_is_told_how_many_windows_are_done(run: Path) -> None:
    opened = Run(run)
    heard = command_line.advances(opened, lambda: opened.predict(use="blend"))
    assert [each.done for each in heard] == list(range(1, len(weights_of(run)) + 1))
    assert {each.unit for each in heard} == {"windows"}
