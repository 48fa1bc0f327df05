"""Methods of statsforecast, which have no use for a budget: they end when they end.

MSTL takes all seasons, the others the shortest. Later histories are forecast by the models as they
were fitted (`forward`).
"""

from __future__ import annotations

import pandas as pd
from job import Fit, Fitted, Job, cores, run
from statsforecast import StatsForecast
from statsforecast.models import MSTL, AutoETS, SeasonalNaive


def fit_mstl(job: Job, train: pd.DataFrame) -> Fitted:
    """Fit MSTL, the trend by ETS, which is its default."""
    return fit(job, train, MSTL(season_length=list(job.seasons)))


def fit_ets(job: Job, train: pd.DataFrame) -> Fitted:
    """Fit the best exponential smoothing of each series."""
    return fit(job, train, AutoETS(season_length=job.seasons[0]))


def fit_seasonal_naive(job: Job, train: pd.DataFrame) -> Fitted:
    """Take the last season."""
    return fit(job, train, SeasonalNaive(season_length=job.seasons[0]))


def fit(job: Job, train: pd.DataFrame, model: object) -> Fitted:
    """Fit one model to each series."""
    names = {"series": "unique_id", "time": "ds", "value": "y"}
    frequency = 1 if job.numbered else job.frequency
    engine = StatsForecast(models=[model], freq=frequency, n_jobs=cores())
    engine.fit(train.rename(columns=names))
    models = dict(zip(engine.uids, engine.fitted_[:, 0], strict=True))

    def forecast(history: pd.DataFrame) -> pd.DataFrame:
        parts = []
        for name, values in history.groupby("series")["value"]:
            ahead = models[name].forward(y=values.to_numpy(), h=job.horizon)["mean"]
            parts.append(pd.DataFrame({"series": name, "value": ahead}))
        return pd.concat(parts)

    return Fitted(forecast, f"{len(models)} series, one model each")


METHODS: dict[str, Fit] = {
    "mstl": fit_mstl,
    "autoets": fit_ets,
    "seasonal_naive": fit_seasonal_naive,
}

if __name__ == "__main__":
    run(METHODS)
