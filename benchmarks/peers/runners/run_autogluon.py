"""AutoGluon-TimeSeries: its preset `high_quality` without what is pre-trained, and DeepAR alone.

Pre-trained models (Chronos, Toto) would have to be downloaded, and nobody can tell whether they
have seen the data. AutoGluon wants timestamps: steps that are numbered become hours. Of its models,
those that are fitted to one series each are fitted anew at every cut-off.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor
from job import Fit, Fitted, Job, run

PRE_TRAINED = ["Chronos", "Chronos2", "Toto", "Toto2"]
FORECAST_SHARE = 0.05
"""Of the budget, kept for the first forecast."""


def fit_ensemble(job: Job, train: pd.DataFrame) -> Fitted:
    """Fit the preset's models and their weighted ensemble."""
    return fit(job, train, presets="high_quality", excluded_model_types=PRE_TRAINED)


def fit_deepar(job: Job, train: pd.DataFrame) -> Fitted:
    """Fit DeepAR with its defaults."""
    return fit(job, train, hyperparameters={"DeepAR": {}}, enable_ensemble=False)


def fit(job: Job, train: pd.DataFrame, **choices: Any) -> Fitted:
    """Fit what the choices name within the budget."""
    predictor = TimeSeriesPredictor(
        prediction_length=job.horizon,
        freq="h" if job.numbered else job.frequency,
        eval_metric="MASE",
        eval_metric_seasonal_period=job.seasons[0],
        path="autogluon",
    )
    limit = job.left - FORECAST_SHARE * job.budget
    predictor.fit(framed(job, train), time_limit=limit, random_seed=job.seed, **choices)

    def forecast(history: pd.DataFrame) -> pd.DataFrame:
        ahead = predictor.predict(framed(job, history), random_seed=job.seed)
        ahead = ahead.reset_index().rename(columns={"item_id": "series", "mean": "value"})
        return pd.DataFrame(ahead.sort_values(["series", "timestamp"]))

    best = predictor.model_best
    names = [name for name in predictor.model_names() if name != best]
    return Fitted(forecast, f"{best}, out of {', '.join(names)}" if names else best)


def framed(job: Job, table: pd.DataFrame) -> TimeSeriesDataFrame:
    """Return a table in AutoGluon's form."""
    rows = table.copy()
    if job.numbered:
        rows["time"] = pd.Timestamp("2000-01-01") + pd.to_timedelta(rows["time"], unit="h")
    rows = rows.rename(columns={"value": "target"})
    return TimeSeriesDataFrame.from_data_frame(rows, id_column="series", timestamp_column="time")


METHODS: dict[str, Fit] = {"ensemble": fit_ensemble, "deepar": fit_deepar}

if __name__ == "__main__":
    run(METHODS)
