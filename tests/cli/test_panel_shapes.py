"""Series of every length and kind in one table, by the real command."""

from __future__ import annotations

import numpy as np
import pandas as pd


def table(**series: list[float]) -> pd.DataFrame:
    """A row per day; every series ends on the same one."""
    days = pd.date_range("2024-01-01", periods=max(map(len, series.values())))
    return pd.concat(
        [
            pd.DataFrame({"shop": name, "date": days[len(days) - len(values) :], "sold": values})
            for name, values in series.items()
        ]
    )


def test_one_run_forecasts_rare_flat_and_new_series(fit, seqtune, here):
    rare = [float(4 * (step % 5 == 0)) for step in range(40)]
    flat = [3.0] * 40
    below = [float(step % 3 - 20) for step in range(40)]
    table(rare=rare, flat=flat, below=below).to_csv("known.csv", index=False)
    fit("known.csv", "--horizon", "3", "--out", "run")
    done = seqtune("predict", "run", "-o", "known_forecast.csv")
    note = "1 of 3 series never change: their intervals"
    assert note in " ".join(done.err.split())
    known = pd.read_csv("known_forecast.csv")
    quantiles = known.set_index("shop")[["mean", "q0.1", "q0.5", "q0.9"]]
    assert (quantiles.loc[["rare", "flat"]] >= 0).all(axis=None)
    assert (quantiles.loc["below"] < 0).any(axis=None)

    table(fresh=[5.0, 0.0, 6.0, 5.0], single=[7.0]).to_csv("new.csv", index=False)
    seqtune("predict", "run", "new.csv", "-o", "new_forecast.csv")
    new = pd.read_csv("new_forecast.csv")
    assert list(new["shop"].unique())[-2:] == ["fresh", "single"]
    assert np.isfinite(new[["mean", "q0.1", "q0.9"]].to_numpy()).all()
    assert (new.loc[new["shop"].isin(["fresh", "single"]), "q0.1"] >= 0).all()


def test_forecasts_of_times_with_an_offset_say_that_they_are_in_utc(fit, seqtune, here):
    hours = pd.date_range("2024-03-30 20:00", periods=60, freq="h", tz="Europe/Berlin")
    values = [float(step % 6) for step in range(60)]  # the clocks go forward after nine hours
    pd.DataFrame({"when": [hour.isoformat() for hour in hours], "y": values}).to_csv(
        "berlin.csv", index=False
    )
    fit("berlin.csv", "--horizon", "2", "--out", "run")
    seqtune("predict", "run", "-o", "ahead.csv")
    told = pd.read_csv("ahead.csv")["when"]
    assert told.tolist() == ["2024-04-02 07:00:00+00:00", "2024-04-02 08:00:00+00:00"]
    assert pd.Timestamp(told[0]) == hours[-1] + pd.Timedelta(hours=1)
    naive = pd.DataFrame({"when": ["2024-04-02T07:00:00", "2024-04-02T08:00:00"], "y": [0.0, 1.0]})
    naive.to_csv("naive.csv", index=False)
    done = seqtune("predict", "run", "naive.csv", "-o", "later.csv")
    assert "times of 'when' carry no offset, those of the run do: taken as UTC" in " ".join(
        done.err.split()
    )
    assert pd.read_csv("later.csv")["when"][0] == "2024-04-02 09:00:00+00:00"
