"""Forecasting: predict the next steps of one series or many, as a median and quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.baselines.pace import Allowance
from seqtune.baselines.runner import BaselineResult, run_simple_methods
from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.seasonality import find_periods
from seqtune.data.panel.split import split_series
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Advance, Assumption, Listener, Note, no_progress
from seqtune.recipe.load import Recipe
from seqtune.tasks._contract import SearchSettings, Task
from seqtune.tasks._values import (
    Context,
    Evaluation,
    Models,
    Network,
    Part,
    Until,
    Values,
    without,
)
from seqtune.tasks.forecast.batches import TrainingBatches
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.conformal import ConformalFactors, measure_factors
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.explain import explain
from seqtune.tasks.forecast.floor import floored
from seqtune.tasks.forecast.illustrate import illustrate
from seqtune.tasks.forecast.inference import forecast_windows, window_histories
from seqtune.tasks.forecast.info import INFO
from seqtune.tasks.forecast.loss import quantile_loss
from seqtune.tasks.forecast.network import build_network
from seqtune.tasks.forecast.new_rows import next_windows, rolled_origins, scored_windows
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.preprocessing import preprocess
from seqtune.tasks.forecast.roles import infer_roles
from seqtune.tasks.forecast.schema import Schema
from seqtune.tasks.forecast.settle import (
    longest_of,
    settle_horizon,
    settle_lookback,
    settle_parts,
    settle_segment,
)
from seqtune.tasks.forecast.simple_methods import (
    forecast_by_method,
    problem_of,
    with_one_to_blend,
)
from seqtune.tasks.forecast.tables import evaluate_examples, forecast_table, score_examples

Floats = npt.NDArray[np.float64]

PARTS: tuple[Part, ...] = ("validation", "test")

EARLY_SHARE = 0.7
"""Seasonality is looked for in this first share of each series while the split is not yet known."""


EQUAL_SHARE = 0.05
"""Networks within this share of the best score may be its equals; see `ForecastTask.margin`."""

FEW_CASES = 10
"""Of fewer horizons held out, simple methods have their say in any case: `ForecastTask.hedges`."""


class ForecastTask(Task):
    """Direct multi-step forecasting with recurrent networks; see `seqtune.tasks._contract.Task`."""

    info = INFO
    search = SearchSettings(initial_members=8)

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read roles, build the panel, find seasons, settle what is open, split, fit the codec."""
        values = settings(recipe)
        roles = infer_roles(source, values.data, listener)
        panel = build_panel(
            source, roles, frequency=values.data.frequency, duplicates=values.data.duplicates
        )
        for note in panel.notes:
            listener(Note(note))
        lengths = np.diff(panel.offsets)
        early = panel.offsets[:-1] + np.ceil(EARLY_SHARE * lengths).astype(np.int64)
        periods = _periods(values.seasonality, panel, early)
        horizon = settle_horizon(values.horizon, periods, lengths, listener)
        _refuse_constant(source, panel)
        validation, test = settle_parts(values.validation, values.test, lengths, horizon)
        split = split_series(panel.offsets, horizon, validation, test)
        if values.seasonality == "auto":
            periods = _periods("auto", panel, split.train_end)
            found = ", ".join(map(str, periods)) or "none"
            listener(Assumption("seasonality", found, "from the data", "--set seasonality=N"))
        codec = Codec.fit(
            panel,
            split,
            roles={
                "time": roles.time,
                "targets": list(roles.targets),
                "series": roles.series,
                "past": list(roles.past),
                "future": list(roles.future),
                "static": list(roles.static),
            },
            horizon=horizon,
            periods=periods,
            levels=tuple(values.quantiles),
            categories={name: list(labels) for name, labels in panel.static_categories.items()},
        )
        codec = replace(codec, origins=values.validation.folds)
        _tell_constant(codec, listener)
        prepared = Prepared(panel, split, codec)
        _refuse_unseen(source, prepared)
        return prepared, _settled(recipe, prepared, roles, validation, test)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network for the shapes that the preprocessing gives."""
        example = prepared.windows["validation"][:1]
        preprocessed = preprocess(prepared.coded, example, prepared.codec, values)
        shapes = {name: array.shape[1:] for name, array in preprocessed.inputs.items()}
        codec = prepared.codec
        return build_network(
            shapes, codec.error_scale.size + 1, codec.horizon, codec.levels, values
        )

    def structure(self, values: Values) -> Values:
        """Leave out what only arranges and weighs batches; scales but `revin` are in the data."""
        kept = without(values, "training.loss", "training.sampling", "preprocessing.base")
        return {**kept, "preprocessing.scaling": values.get("preprocessing.scaling") == "revin"}

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the weighted quantile loss."""
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
            network, encoded.coded, encoded.windows, prepared.codec, values, advance
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

    def hedges(self, prepared: Prepared) -> bool:
        """Say whether fewer than `FEW_CASES` horizons were held out, over all series.

        Windows of a series overlap; horizons that do not are what was seen of the future. Networks
        that were chosen by few of them look better than they are (docs/notes/forecasting.md,
        "Short series").
        """
        return prepared.horizons_held_out < FEW_CASES

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return the steps of history."""
        return f"{values['lookback']} steps back"

    def calibrate(
        self, prepared: Prepared, encoded: Examples, predictions: Floats
    ) -> ConformalFactors | None:
        """Return what every quantile's distance from the median is to be multiplied by."""
        return measure_factors(predictions, *encoded.truth, prepared.codec.levels)

    def recalibration(
        self, prepared: Prepared, validation: Floats, test: Floats
    ) -> ConformalFactors | None:
        """Return the factors that both parts give: two stretches of time are more than one."""
        truths = [prepared.encoded(part).truth for part in PARTS]
        actual, observed = (np.concatenate(both) for both in zip(*truths, strict=True))
        forecasts = np.concatenate([validation, test])
        return measure_factors(forecasts, actual, observed, prepared.codec.levels)

    def read_calibration(self, prepared: Prepared, values: Any) -> ConformalFactors:
        """Read the factors of a trial, a simple method or an ensemble."""
        codec = prepared.codec
        return ConformalFactors.from_dict(values, codec.horizon, codec.levels)

    def baselines(
        self, prepared: Prepared, recipe: Recipe, allowance: Allowance, listener: Listener
    ) -> list[BaselineResult]:
        """Forecast the same windows by simple methods."""
        asked = settings(recipe).baselines
        results = run_simple_methods(
            problem_of(prepared),
            asked.methods,
            allowance,
            listener,
            score=lambda part, quantiles: self.score(prepared, prepared.encoded(part), quantiles),
            metric=prepared.metric,
            may_blend=asked.blend and self.hedges(prepared),
        )
        return with_one_to_blend(results, prepared.metric)

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return the chart of a typical test window."""
        windows = prepared.windows["test"]
        return illustrate(prepared, floored(predictions, prepared.coded, windows))

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
        return explain(network, prepared, values, deadline)


def settings(recipe: Recipe) -> Schema:
    """Return the recipe's values, which the loader checked to be a forecast's."""
    return cast(Schema, recipe.values)


def _refuse_constant(source: Source, panel: Panel) -> None:
    """Refuse a target that never changes: there is nothing to learn, and no scale to measure by."""
    for column, name in enumerate(panel.target_names):
        values = panel.target[:, column][panel.observed[:, column]]
        if values.min() == values.max():
            raise DataError(
                f"{source.path}: every value of {name!r} is {values[0]:g}; there is nothing to "
                "forecast",
                "name another column: --target COLUMN",
            )


def _tell_constant(codec: Codec, listener: Listener) -> None:
    """Say which series have no MASE."""
    count, targets = int(codec.constant.sum()), len(codec.roles["targets"])
    noun = "series" if targets == 1 else "columns of series"
    if count == codec.constant.size:
        listener(Note("no training row differs from another: MASE is in the target's own unit"))
    elif count:
        listener(
            Note(
                f"the training rows of {count} of {codec.constant.size} {noun} never change: MASE "
                "is not defined there, and does not count them"
            )
        )


def _refuse_unseen(source: Source, prepared: Prepared) -> None:
    """Refuse to choose between models on steps of which no value is known."""
    for part in PARTS:
        examples = prepared.encoded(part)
        if not len(examples) or not examples.truth[1].any():
            raise DataError(
                f"{source.path}: all values of the {part} part are missing",
                f"let it take more steps: --set {part}.steps=N",
            )


def _periods(asked: Any, panel: Any, end: npt.NDArray[np.int64]) -> tuple[int, ...]:
    """Return the seasonal periods, shortest first; a recipe's 1 stands for none."""
    if asked == "auto":
        return find_periods(panel, rows_end=end)
    wanted = {asked} if isinstance(asked, int) else set(asked)
    return tuple(sorted(wanted - {1}))


def _settled(recipe: Recipe, prepared: Prepared, roles: Any, validation: int, test: int) -> Recipe:
    codec, split = prepared.codec, prepared.split
    rows = int(np.median(split.train_end - split.begin))
    lookback = settle_lookback(recipe.get("lookback"), codec.periods, codec.horizon, rows)
    segment = settle_segment(codec.periods, longest_of(lookback))
    return recipe.filled_in(
        {
            "data.time": roles.time,
            "data.target": list(roles.targets),
            "data.series": roles.series,
            "data.past": list(roles.past),
            "data.frequency": prepared.panel.grid.frequency,
            "horizon": codec.horizon,
            "lookback": lookback,
            "seasonality": list(codec.periods) or 1,
            "validation.steps": validation,
            "test.steps": test,
            "network.segment.length": segment,
            "network.encoder_decoder.length": segment,
            "network.dilated.length": segment,
        },
    )


TASK = ForecastTask()
