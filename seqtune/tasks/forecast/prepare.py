"""From a table to what a forecaster is trained on: roles, panel, seasons, parts, codec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.outlier_search import find_outliers
from seqtune.data.panel.outliers import Outliers
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split, split_series
from seqtune.data.panel.words import keep_known
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks._panels import (
    found_seasonality,
    largest,
    refuse_unknown_part,
    take_periods,
    tell_equal_series,
)
from seqtune.tasks._values import HELD_OUT_PARTS
from seqtune.tasks.forecast.codec import WINSORIZE, Codec, winsorized
from seqtune.tasks.forecast.counts import MIN_ZEROS, all_levels, zeros_of_counts
from seqtune.tasks.forecast.giveaways import tell_giveaways
from seqtune.tasks.forecast.measure import training_rows
from seqtune.tasks.forecast.outliers_in_words import tell_outliers
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.roles import infer_roles
from seqtune.tasks.forecast.schema import Schema
from seqtune.tasks.forecast.settle import (
    refuse_many_answers,
    settle_horizon,
    settle_lookback,
    settle_parts,
    settle_segment,
)

EARLY_SHARE = 0.7
"""Seasonality is looked for in this first share of each series while the split is not yet known."""


def prepare(source: Source, recipe: Recipe, listener: Listener) -> tuple[Prepared, Recipe]:
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
    periods = take_periods(values.seasonality, panel, early)
    horizon = settle_horizon(values.horizon, periods, lengths, listener)
    _refuse_constant(source, panel)
    validation, test = settle_parts(values.validation, values.test, lengths, horizon)
    split = split_series(panel.offsets, horizon, validation, test)
    notes = len(panel.notes)
    panel = keep_known(panel, training_rows(split))
    for note in panel.notes[notes:]:
        listener(Note(note))
    if values.seasonality == "auto":
        periods = take_periods("auto", panel, split.train_end)
        listener(found_seasonality(periods))
    winsorizes = values.data.outliers == WINSORIZE
    found = find_outliers(panel, periods[0] if periods else 1) if winsorizes else Outliers.none()
    counts = _are_counts(values.data.counts, panel, split, listener)
    asked = tuple(values.quantiles)
    levels = all_levels(asked) if counts else asked
    refuse_many_answers(horizon, levels)
    codec = Codec.fit(
        winsorized(panel, found, split.train_end),
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
        levels=levels,
        categories={name: list(labels) for name, labels in panel.categories.items()},
    )
    codec = replace(
        codec,
        origins=values.validation.folds,
        outliers=values.data.outliers,
        counts=counts,
        given=asked if counts else (),
    )
    tell_outliers(panel, found, split, listener)
    _tell_constant(codec, listener)
    tell_giveaways(panel, split, horizon, periods, listener)
    tell_equal_series(panel, listener)
    prepared = Prepared(panel, split, codec)
    for part in HELD_OUT_PARTS:
        examples = prepared.encoded(part)
        refuse_unknown_part(source, part, bool(len(examples) and examples.truth[1].any()))
    return prepared, _settled(recipe, source, prepared, roles, validation, test)


def settings(recipe: Recipe) -> Schema:
    """Return the recipe's values, which the loader checked to be a forecast's."""
    return cast(Schema, recipe.values)


def _are_counts(asked: bool | str, panel: Panel, split: Split, listener: Listener) -> bool:
    """Say whether targets are sparse counts, as the recipe or else the training rows have it."""
    if isinstance(asked, bool):
        return asked
    zeros = zeros_of_counts(panel, split)
    if zeros < MIN_ZEROS:
        return False
    why = (
        f"whole numbers, {zeros:.0%} of them zero: MASE is not to be relied on there; models are "
        "compared by the weighted scaled quantile loss, quantiles are whole numbers"
    )
    listener(Assumption("values", "sparse counts", why, "--set data.counts=false"))
    return True


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


def _settled(
    recipe: Recipe, source: Source, prepared: Prepared, roles: Any, validation: int, test: int
) -> Recipe:
    codec, split = prepared.codec, prepared.split
    rows = int(np.median(split.train_end - split.begin))
    lookback = settle_lookback(
        recipe.get("lookback"), codec.periods, codec.horizon, rows, sparse=codec.counts
    )
    segment = settle_segment(codec.periods, int(largest(lookback)))
    return recipe.filled_in(
        {
            "data.time": source.columns_of(roles.time),
            "data.target": list(roles.targets),
            "data.series": roles.series,
            "data.past": list(roles.past),
            "data.static": list(roles.static),
            "data.frequency": prepared.panel.grid.frequency,
            "data.counts": codec.counts,
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
