"""Darts: its recurrent models with their default sizes, trained for as long as the budget lasts.

Darts searches nothing and has no default length of history: it is two horizons here, or two seasons
where they are longer. Values are scaled to between 0 and 1 per series, as its guides do. The last
horizon of each series is held out; training ends when 85 % of the budget is spent, and the epoch
whose loss there is least is kept. Where time ends before the first epoch does, the network stands
as it is then.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import BlockRNNModel, RNNModel
from job import Fit, Fitted, Job, run
from pytorch_lightning.callbacks import Timer

TRAINING_SHARE = 0.85
MAX_EPOCHS = 100_000


def fit_rnn(job: Job, train: pd.DataFrame) -> Fitted:
    """Train an LSTM that is fed its own forecasts, one layer of 25 units."""
    sizes = {"input_chunk_length": lookback(job), "training_length": lookback(job) + job.horizon}
    return fit(job, train, RNNModel, sizes)


def fit_block_rnn(job: Job, train: pd.DataFrame) -> Fitted:
    """Train an LSTM that forecasts all steps at once, one layer of 25 units."""
    sizes = {"input_chunk_length": lookback(job), "output_chunk_length": job.horizon}
    return fit(job, train, BlockRNNModel, sizes)


def lookback(job: Job) -> int:
    """Return how many steps of history the network reads."""
    return 2 * max(job.horizon, job.seasons[0])


def fit(job: Job, train: pd.DataFrame, kind: Any, sizes: dict[str, int]) -> Fitted:
    """Train one network on all series."""
    scaler = Scaler()
    known = scaler.fit_transform(framed(job, train))
    timer = Timer(duration={"seconds": max(1, int(job.left - (1 - TRAINING_SHARE) * job.budget))})
    model = kind(
        model="LSTM",
        n_epochs=MAX_EPOCHS,
        random_state=job.seed,
        save_checkpoints=True,
        force_reset=True,
        model_name="network",
        work_dir="darts",
        pl_trainer_kwargs={
            "callbacks": [timer],
            "accelerator": "cpu",
            "enable_progress_bar": False,
        },
        **sizes,
    )
    reach = max(sizes.values()) + job.horizon
    validation = [series[-reach:] for series in known]
    model.fit([series[: -job.horizon] for series in known], val_series=validation)
    steps, epochs = model.trainer.global_step, model.epochs_trained
    if epochs:
        model = kind.load_from_checkpoint("network", work_dir="darts", best=True)

    def forecast(history: pd.DataFrame) -> pd.DataFrame:
        scaled = scaler.transform(framed(job, history))
        ahead = scaler.inverse_transform(model.predict(job.horizon, series=scaled))
        names = sorted(history["series"].unique())
        parts = [
            pd.DataFrame({"series": name, "value": series.values().ravel()})
            for name, series in zip(names, ahead, strict=True)
        ]
        return pd.concat(parts)

    return Fitted(forecast, f"{steps} steps, {epochs} epochs")


def framed(job: Job, table: pd.DataFrame) -> list[TimeSeries]:
    """Return a table as Darts's series, in the order of their names, as float32."""
    frequency = 1 if job.numbered else job.frequency
    return [
        TimeSeries.from_dataframe(rows, "time", "value", freq=frequency).astype("float32")
        for _, rows in table.groupby("series")
    ]


METHODS: dict[str, Fit] = {"rnn": fit_rnn, "block_rnn": fit_block_rnn}

if __name__ == "__main__":
    run(METHODS)
