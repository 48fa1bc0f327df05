"""From a table to rows that are ready for training."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from seqtune.data.panel.split import split_series
from seqtune.data.reading.giveaway import names_label
from seqtune.data.reading.source import Source
from seqtune.progress import Listener, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks._columns import columns_in_words
from seqtune.tasks._panels import (
    found_seasonality,
    largest,
    refuse_unknown_part,
    take_periods,
    tell_equal_series,
)
from seqtune.tasks._values import (
    HELD_OUT_PARTS,
)
from seqtune.tasks.anomaly import settle
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.panels import read_panel
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.schema import Schema
from seqtune.tasks.anomaly.scorer import Scorers


def settings(recipe: Recipe) -> Schema:
    """Return the recipe's values, which the loader checked to be a detector's."""
    return cast(Schema, recipe.values)


def prepare(source: Source, recipe: Recipe, listener: Listener) -> tuple[Prepared, Recipe]:
    """Read roles, build the panel, find seasons, settle what is open, split, fit the codec."""
    values = settings(recipe)
    roles, panel, labels = read_panel(source, values, listener)
    for note in panel.notes:
        listener(Note(note))
    lengths = np.diff(panel.offsets)
    validation, test = (
        settle.settle_steps(part.steps, lengths) for part in (values.validation, values.test)
    )
    split = split_series(panel.offsets, 1, validation, test)
    periods = take_periods(values.seasonality, panel, split.train_end)
    if values.seasonality == "auto":
        listener(found_seasonality(periods))
    training = int(np.median(split.train_end - split.begin))
    season = settle.settle_season(periods, training)
    lookback = settle.settle_lookback(values.lookback, season, training)
    longest = int(largest(lookback))
    scorers = Scorers(
        values.score.smoothing,
        values.score.offsets,
        values.score.channels if len(roles.targets) > 1 or _has_activity(values) else ("mean",),
        values.score.noncausal,
        values.score.state,
    )
    known = int((split.validation_end - split.begin).sum())
    codec = Codec.fit(
        panel,
        split,
        roles=roles.to_dict(),
        periods=periods,
        cycles=settle.settle_cycles(panel.grid, periods, training),
        season=season,
        context=_context(values, scorers, season, longest),
        bridge=longest,
        scorers=scorers,
        flat_line=values.score.flat_line,
        false_alarms=settle.settle_rate(values.threshold.false_alarms, known, panel.grid, listener),
    )
    prepared = Prepared(panel, labels, split, codec)
    for part in HELD_OUT_PARTS:
        held = prepared.held_out[part]
        refuse_unknown_part(source, part, bool(held.scored[: held.clean_rows].any()))
    _tell(prepared, listener)
    _tell_giveaways(prepared, listener)
    tell_equal_series(panel, listener)
    settled = recipe.filled_in(
        {
            "data.time": source.columns_of(roles.time),
            "data.target": list(roles.targets),
            "data.series": roles.series,
            "data.label": roles.label,
            "data.frequency": panel.grid.frequency,
            "lookback": lookback,
            "seasonality": list(periods) or 1,
            "validation.steps": validation,
            "test.steps": test,
            "threshold.false_alarms": codec.false_alarms,
        }
    )
    return prepared, settled


def _has_activity(values: Schema) -> bool:
    asked = values.preprocessing.activity
    return True in asked if isinstance(asked, tuple) else asked is True


def _context(values: Schema, scorers: Scorers, season: int, lookback: int) -> int:
    """Return the rows before a row that any configuration of the search looks at."""
    reach = math.ceil(largest(values.preprocessing.reach) * season)
    span = math.ceil(scorers.longest * season)
    return 2 * lookback + reach + span


def _tell_giveaways(prepared: Prepared, listener: Listener) -> None:
    """Say which watched columns are the label in other words."""
    panel, known = prepared.panel, prepared.labels >= 0
    labels = prepared.labels[known].astype(np.int64)
    found = [
        name
        for name, values in zip(panel.target_names, panel.target.T, strict=True)
        if len(labels) and names_label(values[known], labels)
    ]
    if found:
        verb = "gives" if len(found) == 1 else "give"
        listener(
            Note(
                f"{columns_in_words(found)} {verb} the label away: each value comes with one label."
                " If it is a label too, leave it out: name the others with --target"
            )
        )


def _tell(prepared: Prepared, listener: Listener) -> None:
    """Tell what the data is not ready for."""
    held = prepared.held_out["validation"]
    if prepared.metric == "separation":
        if not held.planted:
            listener(
                Note(
                    "the validation part has no room for planted anomalies: networks are compared "
                    "by how well they expect its rows"
                )
            )
        if (prepared.labels == 1).any():
            listener(
                Note(
                    "no anomaly is labelled in the validation part: networks are compared by "
                    "planted ones"
                )
            )
