"""Tagging: a label for every token of a sentence, or every step of a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from seqtune.progress import Advance, Listener, no_progress
from seqtune.recipe.load import Recipe
from seqtune.tasks._contract import SearchSettings, Task
from seqtune.tasks._exported import Exported
from seqtune.tasks._joining import RowsAreApart
from seqtune.tasks._newer_data import nothing_promised
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
from seqtune.tasks.tag import newer, traits
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.inference import CHAIN_PARTS, is_chain, network_marginals
from seqtune.tasks.tag.info import INFO
from seqtune.tasks.tag.lines import by_line, tokens_of_line
from seqtune.tasks.tag.new_sequences import labelled_sequences, unlabelled_sequences
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.read_sequences import aligned
from seqtune.tasks.tag.requests import joinable, request_form
from seqtune.tasks.tag.schema import Schema
from seqtune.tasks.tag.scoring import margin_of, objective_of, score_positions
from seqtune.tasks.tag.simple_methods import problem_of, tag_by_method
from seqtune.tasks.tag.tables import tag_table

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.tasks.tag.batches import TrainingBatches

Floats = npt.NDArray[np.float64]

MIN_STEPS = 20
"""Steps of an epoch at least, between two looks at the validation part."""

TRAINED_PER_VALIDATED = 6
"""So many sequences are trained on for each one of the validation part that is looked at."""


class TagTask(RowsAreApart, Task):
    """Tagging with recurrent networks; see `seqtune.tasks._contract.Task`."""

    info = INFO
    search = SearchSettings(score_share=0.1)
    line_answer = ("tag",)

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read roles, sequences and tags, split them, fit the codec, settle what is open."""
        from seqtune.tasks.tag.prepare import prepare

        return prepare(source, recipe, listener)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network of one configuration."""
        from seqtune.tasks.tag.network import build_network

        return build_network(prepared, values)

    def structure(self, values: Values) -> Values:
        """Leave out what only hides and varies positions of a batch."""
        return without(values, "tokens.word_dropout", "steps.jitter", "steps.stretch",
                       "steps.scaling")  # fmt: skip

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the cross-entropy of each tag, or of all tags of a sequence together."""
        from seqtune.tasks.tag.loss import loss_of

        return loss_of(values)

    def steps_per_epoch(self, prepared: Prepared, values: Values) -> int:
        """Return so many steps that looking at the validation part costs little."""
        cases = len(prepared.chosen("validation"))
        return max(MIN_STEPS, TRAINED_PER_VALIDATED * cases // int(values["training.batch_size"]))

    def batches(
        self, prepared: Prepared, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> TrainingBatches:
        """Return batches of sequences of like length."""
        from seqtune.tasks.tag.batches import TrainingBatches

        return TrainingBatches(prepared, values, prepared.until(until), seed, steps)

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return how tags are decided, and what is read of words."""
        said = [str(values["network.head"])]
        if prepared.codec.kind == "tokens" and values["tokens.characters"] != "none":
            said.append(f"characters by {values['tokens.characters']}")
        return ", ".join(said)

    def programs(self, prepared: Prepared, values: Values, model: Any) -> Sequence[Exported]:
        """Return the logits of a batch, or the parts of a linear chain."""
        (predicts,) = super().programs(prepared, values, model)
        return [replace(predicts, program=CHAIN_PARTS) if is_chain(values) else predicts]

    def forward(
        self,
        network: Network,
        prepared: Prepared,
        encoded: EncodedSequences,
        values: Values,
        calibration: None = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the probability of each tag at each position, (positions, tags)."""
        return network_marginals(network, prepared.codec, encoded, values, advance)

    def by_method(
        self,
        prepared: Prepared,
        encoded: EncodedSequences,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the same by a simple method."""
        made = tag_by_method(prepared, encoded, method, seed)
        advance(len(encoded))
        return made

    def score(
        self, prepared: Prepared, encoded: EncodedSequences, predictions: Floats
    ) -> dict[str, float]:
        """Return every metric of probabilities (positions, tags)."""
        return score_positions(prepared.codec, encoded, predictions)

    def objective(self, prepared: Prepared, scores: Mapping[str, float]) -> float:
        """Return the metric, ties broken by the log loss."""
        return objective_of(prepared.metric, scores, prepared.scored("validation"))

    def margin(self, prepared: Prepared, score: float) -> float:
        """Return about one standard error of the metric on the validation part."""
        return self.standard_error(prepared, "validation", score)

    def standard_error(self, prepared: Prepared, part: Part, score: float) -> float:
        """Return about one standard error of the metric on a part."""
        return margin_of(prepared, part, score)

    def baselines(
        self,
        prepared: Prepared,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults = NOTHING_KEPT,
    ) -> list[BaselineResult]:
        """Tag the same positions by simple methods."""
        values = cast(Schema, recipe.values)
        asked = values.baselines
        return run_simple_methods(
            problem_of(prepared, values.seed),
            asked.methods,
            allowance,
            listener,
            kept,
            score=lambda part, answers: self.score(prepared, prepared.encoded(part), answers),
            metric=prepared.metric,
            may_blend=asked.blend,
        )

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return some tagged sentences, or a chart of tagged steps."""
        from seqtune.tasks.tag.illustrate import illustrate

        return illustrate(prepared, predictions)

    def evidence(
        self, prepared: Prepared, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return what is right and wrong of the test part, and where."""
        from seqtune.tasks.tag.evidence.blocks import blocks_of

        return blocks_of(prepared, tested)

    def line_column(self, prepared: Prepared) -> str:
        """Return the column of the tokens; "" of steps."""
        return prepared.codec.roles.token

    def line_table(self, prepared: Prepared, lines: Sequence[str]) -> pd.DataFrame:
        """Return lines as sentences: a cell lists its tokens, so that a line of one is one too."""
        codec = prepared.codec
        return pd.DataFrame({codec.roles.token: [tokens_of_line(codec, line) for line in lines]})

    def by_line(
        self, prepared: Prepared, table: pd.DataFrame, lines: Sequence[str]
    ) -> list[list[Mapping[str, Any]]]:
        """Return tokens, tags and confidences of each line."""
        codec = prepared.codec
        return by_line(table, [tokens_of_line(codec, line) for line in lines], codec.roles.token)

    def filled_in(self, prepared: Prepared, source: Source, table: pd.DataFrame) -> str | None:
        """Return a file of sentences with the tags in its column of labels."""
        label = aligned(source, prepared.codec.roles).label
        return source.filled_in(label, table["tag"].tolist())

    def encode(
        self, prepared: Prepared, source: Source | None, context: Context
    ) -> EncodedSequences:
        """Read new sequences."""
        return unlabelled_sequences(prepared.codec, source, context)

    def decode(
        self, prepared: Prepared, encoded: EncodedSequences, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Return a row per position."""
        return tag_table(prepared.codec, encoded, predictions)

    def encode_labelled(
        self, prepared: Prepared, source: Source, context: Context
    ) -> EncodedSequences:
        """Read new sequences with their tags."""
        return labelled_sequences(prepared.codec, source, context)

    def evaluation(
        self,
        prepared: Prepared,
        encoded: EncodedSequences,
        predictions: Mapping[str, Floats],
        context: Context,
    ) -> Evaluation:
        """Score tags of new sequences."""
        from seqtune.tasks.tag.evaluate import evaluate_positions

        return evaluate_positions(prepared.codec, encoded, predictions)

    # requests of clients: see `requests`
    request_form = staticmethod(request_form)
    joinable = staticmethod(joinable)

    # newer data, and drift: see `newer` and `traits`
    newest_held_out = staticmethod(cases_held_out)
    staged = staticmethod(newer.staged)
    unlike = staticmethod(newer.unlike)
    usual_traits = staticmethod(traits.usual)
    new_traits = staticmethod(traits.new)
    drift_of_predictions = staticmethod(nothing_promised)


TASK = TagTask()
