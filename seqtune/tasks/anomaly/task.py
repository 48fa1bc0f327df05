"""Anomalies: learn what normal rows look like, score how strange others are, and mark events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.baselines.pace import Allowance
from seqtune.baselines.runner import (
    NOTHING_KEPT,
    BaselineResult,
    KeptResults,
    run_simple_methods,
)
from seqtune.progress import Advance, Listener, no_progress
from seqtune.recipe.load import Recipe
from seqtune.tasks._contract import SearchSettings, Task
from seqtune.tasks._newer_data import nothing_promised
from seqtune.tasks._values import (
    Context,
    Evaluation,
    KnownRows,
    Models,
    Network,
    Part,
    Staged,
    Tested,
    Until,
    Values,
)
from seqtune.tasks.anomaly import newer, traits
from seqtune.tasks.anomaly.calibration import ScoreCalibration, is_raw
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.held_out import HeldOut
from seqtune.tasks.anomaly.inference import OUTPUTS, Judge
from seqtune.tasks.anomaly.info import INFO
from seqtune.tasks.anomaly.known_rows import known_rows, tail_of_known
from seqtune.tasks.anomaly.new_rows import AskedRows, NewRows, labelled_rows, rows_to_score
from seqtune.tasks.anomaly.newer import OtherPart
from seqtune.tasks.anomaly.points import channels_of, offsets_of
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.reference_states import reference_of
from seqtune.tasks.anomaly.requests import request_form
from seqtune.tasks.anomaly.score_parts import combined_score, expected_of
from seqtune.tasks.anomaly.scorer_selection import calibrate, selection_score
from seqtune.tasks.anomaly.scoring import score_held_out, score_segments
from seqtune.tasks.anomaly.segment import usual_of
from seqtune.tasks.anomaly.simple_methods import problem_of, score_by_method
from seqtune.tasks.anomaly.tables import evaluate_rows, event_table

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.tasks.anomaly.batches import TrainingBatches

Floats = npt.NDArray[np.float64]


MARGIN = 0.05
"""Separations so close are not told apart: the ensemble begins with the best three such networks,
and comes before networks that are better by no more. In whole searches of 90 seconds on eight
series with long faults (docs/notes/anomalies.md), the best three and up to two chosen
greedily had a VUS-PR of 0.475, eight chosen greedily 0.450, the best one 0.451 (without one series,
where the best is worst: 0.456, 0.452, 0.460)."""

SEGMENT_LOOKBACKS = 2
"""Rows of a training segment, in look-backs, beside those that are told of ahead."""

MIN_SEGMENT = 64


class AnomalyTask(Task):
    """Anomaly detection with recurrent networks; see `seqtune.tasks._contract.Task`."""

    info = INFO
    asks_searched = True
    search = SearchSettings(initial_members=3)

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read roles, build the panel, find seasons, settle what is open, split, fit the codec."""
        from seqtune.tasks.anomaly.prepare import prepare

        return prepare(source, recipe, listener)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network of one configuration."""
        from seqtune.tasks.anomaly.network import build_network

        return build_network(prepared.codec, values)

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the trimmed loss."""
        from seqtune.tasks.anomaly.loss import trimmed_loss

        codec = prepared.codec
        trim = float(values["training.trim"])
        return trimmed_loss(offsets_of(codec, values), channels_of(codec, values), trim)

    def batches(
        self,
        prepared: Prepared,
        values: Values,
        seed: int,
        *,
        steps: int,
        until: Until = "train",
    ) -> TrainingBatches:
        """Return segments drawn at random from the parts up to `until`."""
        from seqtune.tasks.anomaly.batches import TrainingBatches

        lookback = int(values["lookback"])
        return TrainingBatches(
            prepared.coded,
            prepared.codec,
            prepared.training(until),
            values,
            seed,
            steps,
            steps_long=_segment(prepared.codec, values),
            skipped=lookback // 2,
        )

    def steps_per_epoch(self, prepared: Prepared, values: Values) -> int:
        """Return how many batches see about all rows once, 20 to 50."""
        bounds = prepared.training()
        rows = int((bounds[:, 1] - bounds[:, 0]).sum())
        batch = int(values["training.batch_size"]) * _segment(prepared.codec, values)
        return int(np.clip(-(-rows // batch), 20, 50))

    def network_facts(self, model: Any) -> dict[str, Any]:
        """Return how many numbers the network says of each row."""
        return {OUTPUTS: int(model.output_shape[-1])}

    def forward(
        self,
        network: Network,
        prepared: Prepared,
        encoded: HeldOut | AskedRows | OtherPart,
        values: Values,
        calibration: ScoreCalibration | None = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return scores of held-out rows by every scorer, or score parts, and expected values."""
        if isinstance(encoded, AskedRows):
            return self._score_new(network, prepared, encoded, values, calibration, advance)
        if isinstance(encoded, OtherPart):
            prepared, encoded = encoded.prepared, encoded.held
        part: Part = "validation" if encoded is prepared.held_out["validation"] else "test"
        made = score_held_out(network, prepared, values, part)
        return made if calibration is None else calibration.apply(made)

    def _score_new(
        self,
        network: Network,
        prepared: Prepared,
        new: AskedRows,
        values: Values,
        calibration: ScoreCalibration | None,
        advance: Advance,
    ) -> Floats:
        """Return score parts and expected values of new rows, (rows, 5 + channels)."""
        if calibration is None or not calibration.scales:  # nothing was measured of it
            held = score_held_out(network.searched, prepared, values, "validation")
            calibration = calibrate(prepared, held)
        codec = prepared.codec
        judge = Judge(network, codec, values, noncausal=new.noncausal)
        before = None
        if network.searched is not network:
            before = Judge(network.searched, codec, values, noncausal=new.noncausal)
        parts = score_segments(
            judge,
            new.segments,
            reference_of(judge, prepared, before),
            [each.scorer for each in calibration.scales.values()],
            calibration.join,
            advance,
        )
        return np.concatenate([np.column_stack(each) for each in parts])

    def by_method(
        self,
        prepared: Prepared,
        encoded: AskedRows | OtherPart,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return score parts and the channels' medians by a simple method."""
        if isinstance(encoded, AskedRows):
            noncausal = encoded.noncausal
        else:
            noncausal = prepared.codec.scorers.noncausal
        parts = score_by_method(prepared, method, encoded.segments, advance, noncausal=noncausal)
        return np.concatenate([np.column_stack(each) for each in parts])

    def known_rows(
        self, prepared: Prepared, encoded: HeldOut | AskedRows | OtherPart
    ) -> tuple[bool, AskedRows] | None:
        """Return the rows of the run, to be scored as new ones are, with or without what follows.

        Rows held out, of the run or of other data, are scored as they were in the search.
        """
        if not isinstance(encoded, AskedRows):
            return None
        return encoded.noncausal, known_rows(prepared, noncausal=encoded.noncausal)

    def measured(
        self, prepared: Prepared, known: AskedRows, predictions: Floats
    ) -> ScoreCalibration:
        """Measure the tail of the scores of what predicts."""
        return tail_of_known(prepared, known, predictions)

    def score(self, prepared: Prepared, encoded: HeldOut, predictions: Floats) -> dict[str, float]:
        """Return every metric; those of flags for score parts alone, whose threshold is known."""
        if is_raw(prepared, predictions):
            expected = predictions[:, -prepared.codec.channels :]
            return _selecting(
                prepared, encoded, selection_score(prepared, encoded, predictions), expected
            )
        threshold, expected = (
            prepared.codec.threshold,
            expected_of(predictions, usual_of(encoded.segments)),
        )
        scores = combined_score(predictions, threshold, encoded.still)
        selecting = _selecting(prepared, encoded, scores, expected)
        return {**selecting, **encoded.figures(scores, threshold)}

    def margin(self, prepared: Prepared, score: float) -> float:
        """Return how close separations are that say little; 0 where labels choose."""
        return MARGIN if prepared.metric == "separation" else 0.0

    def joins(self, prepared: Prepared) -> bool:
        """Say whether planted anomalies choose: they do not tell who finds those that come.

        Measured in docs/notes/anomalies.md, "Simple methods beside the network".
        """
        return prepared.metric == "separation"

    def carried(
        self, prepared: Prepared, joined: Floats, members: Mapping[str, Floats]
    ) -> dict[str, float]:
        """Return which share of the strangest events of the test part each member says."""
        from seqtune.tasks.anomaly.carried import carried

        return carried(prepared, joined, members)

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return the rows of history and how far rows are told of."""
        offsets = offsets_of(prepared.codec, values)
        what = "ahead" if offsets[0] > 0 else "back"
        return f"{values['lookback']} rows back, tells of {int(np.abs(offsets).max())} {what}"

    def calibrate(
        self, prepared: Prepared, encoded: HeldOut, predictions: Floats
    ) -> ScoreCalibration:
        """Choose the scorers, and measure how rare their scores are among normal rows."""
        return calibrate(prepared, predictions)

    def read_calibration(self, prepared: Prepared, values: Any) -> ScoreCalibration:
        """Read what was measured of a network, a simple method or an ensemble."""
        return ScoreCalibration.from_dict(prepared, values)

    def baselines(
        self,
        prepared: Prepared,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults = NOTHING_KEPT,
    ) -> list[BaselineResult]:
        """Score the same rows by simple methods."""
        from seqtune.tasks.anomaly.prepare import settings

        asked = settings(recipe).baselines
        return run_simple_methods(
            problem_of(prepared),
            asked.methods,
            allowance,
            listener,
            kept,
            score=lambda part, scores: self.score(prepared, prepared.encoded(part), scores),
            metric=prepared.metric,
            may_blend=asked.blend,
        )

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return the chart of the test part, its events and its strangest rows."""
        from seqtune.tasks.anomaly.illustrate import illustrate

        return illustrate(prepared, predictions)

    def evidence(
        self, prepared: Prepared, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return what was found in the test part, and what was missed."""
        from seqtune.tasks.anomaly.evidence.blocks import blocks_of

        return blocks_of(prepared, tested)

    def encode(self, prepared: Prepared, source: Source | None, context: Context) -> NewRows:
        """Read new rows."""
        return rows_to_score(prepared, source, context)

    def decode(
        self, prepared: Prepared, encoded: NewRows, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Return the input rows with their scores and events."""
        return event_table(prepared.codec, encoded, predictions, context)

    def encode_labelled(self, prepared: Prepared, source: Source, context: Context) -> NewRows:
        """Read new rows with their labels, if there are any."""
        return labelled_rows(prepared, source, context)

    def evaluation(
        self,
        prepared: Prepared,
        encoded: NewRows,
        predictions: Mapping[str, Floats],
        context: Context,
    ) -> Evaluation:
        """Score new rows by their labels, or count events."""
        return evaluate_rows(prepared.codec, encoded, predictions, context)

    # requests of clients: see `requests`
    request_form = staticmethod(request_form)

    # newer data, and drift: see `newer` and `traits`
    newest_held_out = staticmethod(newer.newest_held_out)
    unlike = staticmethod(newer.unlike)
    usual_traits = staticmethod(traits.usual)
    new_traits = staticmethod(traits.new)
    drift_of_predictions = staticmethod(nothing_promised)

    def staged(
        self,
        prepared: Prepared,
        newer_prepared: Prepared,
        source: Source,
        known: KnownRows,
        context: Context,
    ) -> Staged:
        """Return the test part of newer data as an earlier run reads it."""
        return newer.staged(prepared, newer_prepared, source, known, context, self.score)


def _selecting(
    prepared: Prepared, held: HeldOut, scores: Floats, expected: Floats
) -> dict[str, float]:
    """Return what selects: the separation, and before it the VUS-PR where there are labels."""
    figures = {}
    if held.has_labels:
        figures["vus_pr"] = held.volume(scores)
    elif prepared.metric == "vus_pr":  # the test part has no labels
        figures["vus_pr"] = math.nan
    if prepared.metric == "separation" or not held.has_labels:
        figures["separation"] = held.separation(scores, expected)
    return figures


def _segment(codec: Codec, values: Values) -> int:
    """Return the rows of a training segment."""
    reach = int(np.abs(offsets_of(codec, values)).max())
    return max(MIN_SEGMENT, SEGMENT_LOOKBACKS * int(values["lookback"])) + reach


TASK = AnomalyTask()
