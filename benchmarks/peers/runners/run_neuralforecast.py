"""NeuralForecast: its automatic models, and a plain LSTM with its defaults.

The automatic ones search as they do by default (Ray, at random), for as long as 60 % of the budget
lasts (`time_budget`) instead of ten trials, and each training, the last one included, ends after
30 % of it (`max_time`): by itself the training of the best configuration after the search heeds no
budget. Series are padded at their start (`start_padding_enabled`), without which a trial whose
window is longer than the shortest series fails: with a horizon of 48, the longest window is 3,072.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from job import Fit, Fitted, Job, run
from neuralforecast import NeuralForecast
from neuralforecast.auto import AutoGRU, AutoLSTM, AutoNHITS
from neuralforecast.models import LSTM

NAMES = {"series": "unique_id", "time": "ds", "value": "y"}
QUIET = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
SEARCH_SHARE, TRAINING_SHARE = 0.6, 0.3
MAX_TRIALS = 1_000


def fit_lstm(job: Job, train: pd.DataFrame) -> Fitted:
    """Train an LSTM with the default 1,000 steps, or as many as the budget allows."""
    limit = {"seconds": max(1, int(0.9 * job.left))}
    model = LSTM(h=job.horizon, random_seed=job.seed + 1, max_time=limit, **QUIET)
    engine = fit(job, train, model, 0)
    return fitted(engine, f"{engine.models[0].train_trajectories[-1][0] + 1} steps")


def automatic(model: Any) -> Fit:
    """Return how an automatic model is fitted.

    Args:
        model: Its class.
    """

    def fit_automatic(job: Job, train: pd.DataFrame) -> Fitted:
        limit = {"seconds": max(1, int(TRAINING_SHARE * job.budget))}
        config = model.get_default_config(h=job.horizon, backend="ray")
        config |= {"start_padding_enabled": True, "max_time": limit, **QUIET}
        search = int(SEARCH_SHARE * job.left)
        automatic = model(h=job.horizon, config=config, num_samples=MAX_TRIALS, time_budget=search)
        engine = fit(job, train, automatic, job.horizon)
        trials = engine.models[0].results
        judged = sum("loss" in (trial.metrics or {}) for trial in trials)
        return fitted(engine, f"{judged} trials judged, {trials.num_errors} failed")

    return fit_automatic


def fit(job: Job, train: pd.DataFrame, model: Any, held_out: int) -> NeuralForecast:
    """Fit a model, the last steps of each series being its validation part."""
    engine = NeuralForecast(models=[model], freq=1 if job.numbered else job.frequency)
    engine.fit(train.rename(columns=NAMES), val_size=held_out)
    return engine


def fitted(engine: NeuralForecast, detail: str) -> Fitted:
    """Return a model that forecasts any history without being trained again."""

    def forecast(history: pd.DataFrame) -> pd.DataFrame:
        ahead = engine.predict(df=history.rename(columns=NAMES))
        name = str(engine.models[0])
        return pd.DataFrame(ahead.rename(columns={"unique_id": "series", name: "value"}))

    return Fitted(forecast, detail)


METHODS: dict[str, Fit] = {
    "autolstm": automatic(AutoLSTM),
    "autogru": automatic(AutoGRU),
    "autonhits": automatic(AutoNHITS),
    "lstm": fit_lstm,
}

if __name__ == "__main__":
    run(METHODS)
