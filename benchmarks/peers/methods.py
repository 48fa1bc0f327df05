"""The methods of the comparison: which runner, in which environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One row of the table.

    Args:
        title: How the table names it.
        environment: The folder of its virtual environment; None for the Python that runs this.
        runner: The file in `runners/`.
        name: What the runner calls it.
    """

    title: str
    environment: str | None
    runner: str
    name: str


def _peer(package: str, name: str, title: str) -> Method:
    return Method(title, package, f"run_{package}.py", name)


METHODS = {
    "seqtune": Method("**seqtune**, `forecast/default`", None, "run_seqtune.py", "default"),
    "seasonal_naive": _peer("statsforecast", "seasonal_naive", "statsforecast, SeasonalNaive"),
    "mstl": _peer("statsforecast", "mstl", "statsforecast, MSTL"),
    "autoets": _peer("statsforecast", "autoets", "statsforecast, AutoETS"),
    "autogluon": _peer("autogluon", "ensemble", "AutoGluon, without pre-trained models"),
    "autogluon_deepar": _peer("autogluon", "deepar", "AutoGluon, DeepAR"),
    "autolstm": _peer("neuralforecast", "autolstm", "NeuralForecast, AutoLSTM"),
    "autogru": _peer("neuralforecast", "autogru", "NeuralForecast, AutoGRU"),
    "autonhits": _peer("neuralforecast", "autonhits", "NeuralForecast, AutoNHITS"),
    "lstm": _peer("neuralforecast", "lstm", "NeuralForecast, LSTM"),
    "darts_rnn": _peer("darts", "rnn", "Darts, RNNModel LSTM"),
    "darts_block_rnn": _peer("darts", "block_rnn", "Darts, BlockRNNModel LSTM"),
}
