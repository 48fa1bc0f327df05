"""Classification: the label, or labels, of texts and of series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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
from seqtune.metrics.calibration import fit_temperature
from seqtune.metrics.case_values import case_values
from seqtune.metrics.classify import confusion
from seqtune.progress import Advance, Listener, no_progress
from seqtune.recipe.load import Recipe
from seqtune.tasks._contract import SearchSettings, Task
from seqtune.tasks._joining import RowsAreApart
from seqtune.tasks._lines import LinesAreRows
from seqtune.tasks._newer_rows import cases_held_out
from seqtune.tasks._values import (
    Context,
    Evaluation,
    Models,
    Network,
    Part,
    Tested,
    Until,
    Values,
    without,
)
from seqtune.tasks.classify import newer, traits
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.inference import input_name, network_probabilities
from seqtune.tasks.classify.info import INFO
from seqtune.tasks.classify.new_cases import labelled_cases, unlabelled_cases
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.requests import joinable, request_form
from seqtune.tasks.classify.schema import Schema
from seqtune.tasks.classify.simple_methods import classify_by_method, problem_of
from seqtune.tasks.classify.tables import evaluate_cases, label_table, score_cases
from seqtune.tasks.classify.temperature import Temperature

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.tasks.classify.batches import TrainingBatches

Floats = npt.NDArray[np.float64]

MIN_STEPS, MAX_STEPS = 20, 60
"""Steps of an epoch, between two looks at the validation part."""

TRAINED_PER_VALIDATED = 4
"""So many cases are trained on for each one of the validation part that is looked at; more steps
than `MAX_STEPS` are taken for it, where that part is large."""

WORST_LOG_LOSS = 10.0
"""Where the tie-break ends; a log loss beyond it is as bad as any."""


class ClassifyTask(LinesAreRows, RowsAreApart, Task):
    """Classification with recurrent networks; see `seqtune.tasks._contract.Task`."""

    info = INFO
    search = SearchSettings(refits_anew=True, refit_share=0.25)
    line_answer = ("label", "confidence")

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read roles, cases and labels, split them, fit the codec, settle what is open."""
        from seqtune.tasks.classify.prepare import prepare

        return prepare(source, recipe, listener)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network of one configuration."""
        from seqtune.tasks.classify.network import build_network

        return build_network(prepared, values)

    def structure(self, values: Values) -> Values:
        """Leave out what only varies, scales, weighs and softens cases, and the first weights."""
        return without(
            values, "text.begin", "text.word_dropout", "series.scaling", "series.jitter",
            "series.stretch", "series.slice", "training.label_smoothing", "training.class_weights",
        )  # fmt: skip

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the cross-entropy of logits, of one label or of each.

        Labels are softened where batches are made (`seqtune.tasks.classify.batches`).
        """
        import keras

        kind = (
            keras.losses.BinaryCrossentropy
            if prepared.codec.labels.is_multi
            else keras.losses.CategoricalCrossentropy
        )
        return kind(from_logits=True)

    def steps_per_epoch(self, prepared: Prepared, values: Values) -> int:
        """Return one round of the training cases, within bounds."""
        size = int(values["training.batch_size"])
        rounds = -(-len(prepared.rows["train"]) // size)
        enough = TRAINED_PER_VALIDATED * len(prepared.rows["validation"]) // size
        return min(max(rounds, MIN_STEPS), max(MAX_STEPS, enough))

    def batches(
        self, prepared: Prepared, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> TrainingBatches:
        """Return random batches of cases."""
        from seqtune.tasks.classify.batches import TrainingBatches

        inputs = prepared.inputs[input_name(prepared.codec, values)]
        return TrainingBatches(
            prepared.codec, inputs, prepared.targets, prepared.until(until), values, seed, steps
        )

    def forward(
        self,
        network: Network,
        prepared: Prepared,
        encoded: EncodedCases,
        values: Values,
        calibration: Temperature | None = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the probabilities (cases, classes) of cases."""
        inputs = encoded.inputs(input_name(prepared.codec, values))
        made = network_probabilities(network, prepared.codec, inputs, encoded.rows, values, advance)
        return made if calibration is None else calibration.apply(made)

    def by_method(
        self,
        prepared: Prepared,
        encoded: EncodedCases,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the same by a simple method."""
        made = classify_by_method(prepared, encoded, method, seed)
        advance(len(encoded))
        return made

    def score(
        self, prepared: Prepared, encoded: EncodedCases, predictions: Floats
    ) -> dict[str, float]:
        """Return every metric of probabilities (cases, classes)."""
        return score_cases(prepared.codec, encoded, predictions)

    def objective(self, prepared: Prepared, scores: Mapping[str, float]) -> float:
        """Return the metric less up to half a case for the log loss.

        With few validation cases many networks have the same accuracy; the log loss then tells
        which of them is nearer to another case.
        """
        nudge = min(scores["log_loss"], WORST_LOG_LOSS) / WORST_LOG_LOSS
        return scores[prepared.metric] - 0.5 * nudge / max(1, len(prepared.rows["validation"]))

    def margin(self, prepared: Prepared, score: float) -> float:
        """Return the standard error of a share of right cases."""
        return _error_of_share(score, len(prepared.rows["validation"]))

    def standard_error(self, prepared: Prepared, part: Part, score: float) -> float:
        """Return that of the accuracy, or of a mean over classes that each have their cases."""
        if prepared.metric == "accuracy":
            return _error_of_share(score, len(prepared.rows[part]))
        count = prepared.truth(part).sum(axis=0)
        errors = np.array([_error_of_share(score, int(cases)) for cases in count[count > 0]])
        return float(np.sqrt((errors**2).sum()) / max(1, len(errors)))

    def case_values(self, prepared: Prepared, predictions: Floats) -> Floats | None:
        """Return (cases,) what each case of the validation part adds to the metric."""
        return case_values(
            prepared.metric,
            predictions,
            prepared.truth("validation"),
            is_multi=prepared.codec.labels.is_multi,
        )

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return what the network reads."""
        if prepared.codec.kind == "text":
            return f"{values['text.tokens']} tokens"
        differences = " with differences" if values.get("series.differences") else ""
        kernels = ", random kernels" if values.get("series.random_kernels") else ""
        return f"scaled by {values['series.scaling']}{differences}{kernels}"

    def calibrate(
        self, prepared: Prepared, encoded: EncodedCases, predictions: Floats
    ) -> Temperature:
        """Fit the temperature on validation predictions."""
        is_multi = prepared.codec.labels.is_multi
        return Temperature(
            fit_temperature(predictions, encoded.targets, is_multi=is_multi), is_multi
        )

    def read_calibration(self, prepared: Prepared, values: Any) -> Temperature:
        """Read the temperature of a trial, a simple method or an ensemble."""
        return Temperature.from_dict(values, is_multi=prepared.codec.labels.is_multi)

    def baselines(
        self,
        prepared: Prepared,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults = NOTHING_KEPT,
    ) -> list[BaselineResult]:
        """Classify the same cases by simple methods."""
        values = cast(Schema, recipe.values)
        asked = values.baselines
        return run_simple_methods(
            problem_of(prepared, values.seed),
            asked.methods,
            allowance,
            listener,
            kept,
            score=lambda part, probabilities: self.score(
                prepared, prepared.encoded(part), probabilities
            ),
            metric=prepared.metric,
            may_blend=asked.blend,
        )

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return the confusion matrix of the test part."""
        labels = prepared.codec.labels
        counts = confusion(predictions, prepared.truth("test"), is_multi=labels.is_multi)
        return {
            "kind": "confusion",
            "title": "Answers on the test part",
            "labels": list(labels.names),
            "counts": counts.tolist(),
        }

    def evidence(
        self, prepared: Prepared, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return what was answered to the test part, and how sure."""
        from seqtune.tasks.classify.evidence.blocks import blocks_of

        return blocks_of(prepared, tested)

    def packages(self, prepared: Prepared) -> tuple[str, ...]:
        """Return what splits texts."""
        tokenizers = prepared.codec.tokenizers.values()
        return tuple({name for each in tokenizers for name in each.packages})

    def class_names(self, prepared: Prepared) -> Sequence[str]:
        """Return the labels, in the order of the classes."""
        return prepared.codec.labels.names

    def input_columns(self, prepared: Prepared) -> Sequence[str]:
        """Return the columns that a prediction needs."""
        return prepared.codec.roles.inputs

    def line_column(self, prepared: Prepared) -> str:
        """Return the column of the texts; "" of series."""
        return prepared.codec.roles.text

    def encode(self, prepared: Prepared, source: Source | None, context: Context) -> EncodedCases:
        """Read new cases."""
        return unlabelled_cases(prepared.codec, source, context)

    def decode(
        self, prepared: Prepared, encoded: EncodedCases, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Return a row per case."""
        return label_table(prepared.codec, encoded, predictions)

    def encode_labelled(self, prepared: Prepared, source: Source, context: Context) -> EncodedCases:
        """Read new cases with their labels."""
        return labelled_cases(prepared.codec, source, context)

    def evaluation(
        self,
        prepared: Prepared,
        encoded: EncodedCases,
        predictions: Mapping[str, Floats],
        context: Context,
    ) -> Evaluation:
        """Score answers to new cases."""
        return evaluate_cases(prepared.codec, encoded, predictions)

    # requests of clients: see `requests`
    request_form = staticmethod(request_form)
    joinable = staticmethod(joinable)

    # newer data, and drift: see `newer` and `traits`
    newest_held_out = staticmethod(cases_held_out)
    staged = staticmethod(newer.staged)
    unlike = staticmethod(newer.unlike)
    usual_traits = staticmethod(traits.usual)
    new_traits = staticmethod(traits.new)
    drift_of_predictions = staticmethod(traits.of_predictions)


def _error_of_share(share: float, cases: int) -> float:
    """Return the standard error of a share of right cases; 0 of no case.

    `sqrt(p (1 - p) / n)` with p = (n share + 1) / (n + 2), so that it is not zero where all cases
    are right (Agresti & Coull 1998, The American Statistician 52(2)).
    """
    right = (cases * min(max(share, 0.0), 1.0) + 1) / (cases + 2)
    return float(np.sqrt(right * (1 - right) / max(1, cases)))


TASK = ClassifyTask()
