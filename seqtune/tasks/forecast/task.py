"""Forecasting: predict the next steps of one series or many, as a median and quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.baselines.pace import Allowance
from seqtune.baselines.runner import NOTHING_KEPT, BaselineResult, KeptResults
from seqtune.progress import Advance, Listener, no_progress
from seqtune.recipe.load import Recipe
from seqtune.tasks._contract import SearchSettings, Task
from seqtune.tasks._values import (
    HELD_OUT_PARTS,
    Context,
    Evaluation,
    Models,
    Network,
    Tested,
    Until,
    Values,
    without,
)
from seqtune.tasks.forecast import hedging, newer, traits
from seqtune.tasks.forecast.conformal import ConformalFactors, measure_factors
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.floor import given_out
from seqtune.tasks.forecast.global_methods import (
    forecast_by_global_method,
    learns_from_all,
    run_all_methods,
)
from seqtune.tasks.forecast.inference import forecast_windows, window_histories
from seqtune.tasks.forecast.info import INFO
from seqtune.tasks.forecast.joined_requests import request_joiner
from seqtune.tasks.forecast.new_rows import next_windows, rolled_origins, scored_windows
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.preprocessing import preprocess
from seqtune.tasks.forecast.requests import request_form
from seqtune.tasks.forecast.simple_methods import forecast_by_method, with_one_to_blend
from seqtune.tasks.forecast.tables import evaluate_examples, forecast_table, score_examples

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.tasks.forecast.batches import TrainingBatches

Floats = npt.NDArray[np.float64]

EQUAL_SHARE = 0.05
"""Networks within this share of the best score may be its equals; see `ForecastTask.margin`."""

IN_THE_DATA = (
    *("training.loss", "training.sampling"),
    *("preprocessing.transform", "preprocessing.base", "preprocessing.effects"),
)
"""Keys that change what a network sees, not the network."""


class ForecastTask(Task):
    """Direct multi-step forecasting with recurrent networks; see `seqtune.tasks._contract.Task`."""

    info = INFO
    search = SearchSettings(initial_members=8)

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read roles, build the panel, find seasons, settle what is open, split, fit the codec."""
        from seqtune.tasks.forecast.prepare import prepare

        return prepare(source, recipe, listener)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network for the shapes that the preprocessing gives."""
        from seqtune.tasks.forecast.network import build_network

        example = prepared.windows["validation"][:1]
        preprocessed = preprocess(prepared.coded, example, prepared.codec, values)
        shapes = {name: array.shape[1:] for name, array in preprocessed.inputs.items()}
        codec = prepared.codec
        return build_network(
            shapes, codec.error_scale.size + 1, codec.horizon, codec.levels, values
        )

    def structure(self, values: Values) -> Values:
        """Leave out what only arranges and weighs batches; scales but `revin` are in the data."""
        kept = without(values, *IN_THE_DATA)
        return {**kept, "preprocessing.scaling": values.get("preprocessing.scaling") == "revin"}

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the weighted quantile loss."""
        from seqtune.tasks.forecast.loss import quantile_loss

        return quantile_loss(prepared.codec.levels)

    def batches(
        self,
        prepared: Prepared,
        values: Values,
        seed: int,
        *,
        steps: int,
        until: Until = "train",
    ) -> TrainingBatches:
        """Return windows drawn at random from the parts up to `until`."""
        from seqtune.tasks.forecast.batches import TrainingBatches

        windows = prepared.training(int(values["lookback"]), until)
        return TrainingBatches(prepared.coded, prepared.codec, windows, values, seed, steps)

    def steps_per_epoch(self, prepared: Prepared, values: Values) -> int:
        """Return how many batches see about all windows once, 10 to 100."""
        windows = prepared.training(int(values["lookback"])).total
        return int(np.clip(-(-windows // int(values["training.batch_size"])), 10, 100))

    def forward(
        self,
        network: Network,
        prepared: Prepared,
        encoded: Examples,
        values: Values,
        calibration: ConformalFactors | None = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return quantiles (windows, horizon, levels) of windows."""
        made = forecast_windows(
            network, encoded.coded, encoded.windows, prepared.codec, values, advance, encoded.kept
        )
        return made if calibration is None else calibration.apply(made)

    def by_method(
        self,
        prepared: Prepared,
        encoded: Examples,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the same by a simple method."""
        if learns_from_all(method):
            return forecast_by_global_method(prepared, encoded, method, seed, advance)
        histories = window_histories(encoded.coded, encoded.windows)
        return forecast_by_method(prepared, histories, method, advance)

    def score(self, prepared: Prepared, encoded: Examples, predictions: Floats) -> dict[str, float]:
        """Return every metric of quantiles (windows, horizon, levels), as they are given out."""
        return score_examples(prepared.codec, encoded, predictions)

    def margin(self, prepared: Prepared, score: float) -> float:
        """Return a twentieth of the score.

        Windows are many, but where series are, all lie at one origin: what is better there by less
        is not better a horizon later, and the mean of all such networks is better than of those
        that validation likes best (docs/ablations.md, "How members are chosen").
        """
        return EQUAL_SHARE * score

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return the steps of history."""
        return f"{values['lookback']} steps back"

    def calibrate(
        self, prepared: Prepared, encoded: Examples, predictions: Floats
    ) -> ConformalFactors | None:
        """Return what every quantile's distance from the median is to be multiplied by.

        None of sparse counts: most of these distances are zero.
        """
        if prepared.codec.counts:
            return None
        factors = measure_factors(predictions, *encoded.truth, prepared.codec.levels)
        return hedging.without_narrowing(prepared, factors)

    def recalibration(
        self, prepared: Prepared, validation: Floats, test: Floats
    ) -> ConformalFactors | None:
        """Return the factors that both parts give: two stretches of time are more than one."""
        if prepared.codec.counts:
            return None
        truths = [prepared.encoded(part).truth for part in HELD_OUT_PARTS]
        actual, observed = (np.concatenate(both) for both in zip(*truths, strict=True))
        forecasts = np.concatenate([validation, test])
        factors = measure_factors(forecasts, actual, observed, prepared.codec.levels)
        return hedging.without_narrowing(prepared, factors)

    def read_calibration(self, prepared: Prepared, values: Any) -> ConformalFactors:
        """Read the factors of a trial, a simple method or an ensemble."""
        codec = prepared.codec
        return ConformalFactors.from_dict(values, codec.horizon, codec.levels)

    def baselines(
        self,
        prepared: Prepared,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults = NOTHING_KEPT,
    ) -> list[BaselineResult]:
        """Forecast the same windows by simple methods."""
        from seqtune.tasks.forecast.prepare import settings

        asked = settings(recipe).baselines
        results = run_all_methods(
            prepared,
            asked.methods,
            allowance,
            listener,
            kept,
            seed=int(recipe.values.seed),
            may_blend=asked.blend and self.hedges(prepared),
            without=() if asked.pretrained else (INFO.zero_shot,),
        )
        return with_one_to_blend(results, prepared.metric)

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return the chart of a typical test window."""
        from seqtune.tasks.forecast.illustrate import illustrate

        windows = prepared.windows["test"]
        return illustrate(prepared, given_out(predictions, prepared.coded, windows))

    def evidence(
        self, prepared: Prepared, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return forecasts of the test part, and where their errors lie."""
        from seqtune.tasks.forecast.evidence.blocks import blocks_of

        return blocks_of(prepared, tested)

    def encode(self, prepared: Prepared, source: Source | None, context: Context) -> Examples:
        """Return the steps after the last row of each series."""
        return next_windows(prepared, source, context)

    def decode(
        self, prepared: Prepared, encoded: Examples, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Return a row per series and step."""
        return forecast_table(prepared.codec, encoded, predictions)

    def encode_labelled(self, prepared: Prepared, source: Source, context: Context) -> Examples:
        """Return every window whose future lies in new rows."""
        return scored_windows(prepared, source, context)

    def encode_folds(
        self, prepared: Prepared, source: Source, folds: int, step: int | None, context: Context
    ) -> Examples:
        """Return windows of new rows from rolled origins."""
        return rolled_origins(prepared, source, folds, step, context)

    def evaluation(
        self,
        prepared: Prepared,
        encoded: Examples,
        predictions: Mapping[str, Floats],
        context: Context,
    ) -> Evaluation:
        """Score forecasts of new rows."""
        return evaluate_examples(prepared.codec, encoded, predictions, prepared.metric)

    def explain(
        self, network: Network, prepared: Prepared, values: Values, deadline: float
    ) -> dict[str, Any]:
        """Measure which inputs and which lags matter; see `seqtune.tasks.forecast.explain`."""
        from seqtune.tasks.forecast.explain import explain

        return explain(network, prepared, values, deadline)

    # where little is held out: see `hedging`
    hedges = staticmethod(hedging.hedges)
    validation_share = staticmethod(hedging.validation_share)

    # requests of clients: see `requests`
    request_form = staticmethod(request_form)
    request_joiner = staticmethod(request_joiner)

    # newer data, and drift: see `newer` and `traits`
    newest_held_out = staticmethod(newer.newest_held_out)
    staged = staticmethod(newer.staged)
    unlike = staticmethod(newer.unlike)
    usual_traits = staticmethod(traits.usual)
    new_traits = staticmethod(traits.new)
    drift_of_predictions = staticmethod(traits.of_predictions)


TASK = ForecastTask()
