"""Generation: language models over characters, bytes, words and sub-words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from seqtune.errors import RunError
from seqtune.progress import Advance, Listener, Note, no_progress
from seqtune.recipe.load import Recipe
from seqtune.tasks._contract import SearchSettings, Task
from seqtune.tasks._exported import Exported
from seqtune.tasks._newer_data import nothing_promised
from seqtune.tasks._requests import StreamOption
from seqtune.tasks._values import (
    Context,
    Evaluation,
    Models,
    Network,
    Tested,
    Until,
    Values,
)
from seqtune.tasks.generate import newer, traits
from seqtune.tasks.generate.encoded import EncodedText, in_units, new_text
from seqtune.tasks.generate.evaluate import evaluate_text, score_of
from seqtune.tasks.generate.gaps import gap_log_probabilities
from seqtune.tasks.generate.gate import Gate, learn_gate
from seqtune.tasks.generate.info import INFO
from seqtune.tasks.generate.objective import is_for_gaps
from seqtune.tasks.generate.predictions import network_predictions
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.programs import STATES, reading_programs
from seqtune.tasks.generate.schema import Schema
from seqtune.tasks.generate.scoring import log_probabilities
from seqtune.tasks.generate.simple_methods import MAX_COUNTED, predicted_by, problem_of

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.tasks.generate.text_generator import TextGenerator

Floats = npt.NDArray[np.float64]

MIN_STEPS = 25
"""Steps of an epoch at least, between two looks at the validation part."""

TRAINED_PER_COMPARED = 12
"""So many tokens are trained on for each one that is looked at: a look costs up to as much as a
training step per token where all cores train side by side, and so 8 % of the time at most."""


class GenerateTask(Task):
    """Language models over recurrent networks; see `seqtune.tasks._contract.Task`."""

    info = INFO
    search = SearchSettings(score_share=0.03, blends_single=True, parts_batches=True)
    verbs = ("generate", "write", "next_words", "fill", "prompt_in", "check_output")

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read the documents, divide them, fit vocabularies, encode."""
        from seqtune.tasks.generate.prepare import prepare

        return prepare(source, recipe, listener)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network of one configuration."""
        from seqtune.tasks.generate.network import build_network

        return build_network(prepared, values)

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the cross-entropy of the next token."""
        import keras

        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def steps_per_epoch(self, prepared: Prepared, values: Values) -> int:
        """Return so many steps that looking at the validation part costs little."""
        begin, end = prepared.compared(str(values["tokens.kind"]), "validation")
        size = int(values["training.batch_size"]) * int(values["training.sequence"])
        return max(MIN_STEPS, TRAINED_PER_COMPARED * (end - begin) // size)

    def batches(
        self, prepared: Prepared, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> Any:
        """Return streams through the text."""
        from seqtune.tasks.generate.batches import GapStreams, Streams

        streams = GapStreams if is_for_gaps(values) else Streams
        return streams(
            prepared.until(str(values["tokens.kind"]), until),
            streams=int(values["training.batch_size"]),
            steps=int(values["training.sequence"]),
            seed=seed,
            batches=steps,
        )

    def programs(self, prepared: Prepared, values: Values, model: Any) -> Sequence[Exported]:
        """Return what reads from left to right, or predicts each token from all the others."""
        if is_for_gaps(values):
            return super().programs(prepared, values, model)
        return reading_programs(self.network_facts(model)[STATES])

    def network_facts(self, model: Any) -> dict[str, Any]:
        """Return the shape of each state."""
        from seqtune.tasks.generate.network import state_shapes

        return {STATES: [list(shape) for shape in state_shapes(model)]}

    def forward(
        self,
        network: Network,
        prepared: Prepared,
        encoded: EncodedText,
        values: Values,
        calibration: None = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return what a network predicts of a text, (tokens, 10): see `predictions`."""
        kind = str(values["tokens.kind"])
        ids, begin, end = encoded.of(kind)
        tokens, asked = prepared.codec.tokens[kind], ids[begin:end]
        told = in_units(advance, len(encoded), end - begin)
        if is_for_gaps(values):
            chances = gap_log_probabilities(network, ids, begin, end, told)
            return network_predictions(tokens, asked, chances)
        found = log_probabilities(network, ids, begin, end, told)
        return network_predictions(tokens, asked, found[:, 0], found[:, 1])

    def by_method(
        self,
        prepared: Prepared,
        encoded: EncodedText,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the same by a simple method."""
        made = predicted_by(prepared, encoded, method)
        advance(len(encoded))
        return made

    def calibrate(
        self, prepared: Prepared, encoded: EncodedText, predictions: Floats
    ) -> Gate | None:
        """Learn how far a simple method and a memory are believed beside networks.

        Of networks alone, or a method alone, nothing is learnt.
        """
        return learn_gate(predictions, prepared.codec.recent)

    def read_calibration(self, prepared: Prepared, values: Any) -> Gate:
        """Read a gate that a run kept."""
        return Gate.from_dict(values)

    def score(
        self, prepared: Prepared, encoded: EncodedText, predictions: Floats
    ) -> dict[str, float]:
        """Return every metric of predictions, (tokens, 10)."""
        return score_of(prepared.codec)(predictions)

    def counted(self, encoded: EncodedText) -> str:
        """Return what is counted while a text is read: its characters, or steps of events."""
        return encoded.unit

    def prediction_unit(self, prepared: Prepared, values: Values | None) -> str:
        """Return what predictions are of; those of one unit can be averaged.

        Args:
            prepared: The text.
            values: A configuration; None for the simple methods.
        """
        return prepared.kinds[0] if values is None else str(values["tokens.kind"])

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return what the network reads."""
        return f"{values['tokens.kind']} tokens"

    def baselines(
        self,
        prepared: Prepared,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults = NOTHING_KEPT,
    ) -> list[BaselineResult]:
        """Predict the same text by n-grams, on tokens of the first kind."""
        values = cast(Schema, recipe.values)
        asked, kind = values.baselines, prepared.kinds[0]
        if prepared.bounds(kind, "train")[1] > MAX_COUNTED:
            listener(Note(f"simple methods count the last {MAX_COUNTED:,} tokens of training"))
        return run_simple_methods(
            problem_of(prepared),
            asked.methods,
            allowance,
            listener,
            kept,
            score=lambda part, chances: self.score(prepared, prepared.encoded(part), chances),
            metric=prepared.metric,
            may_blend=asked.blend and values.objective == "next",
        )

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return a sample of what the winner writes, and what of it was copied."""
        from seqtune.tasks.generate.illustrate import illustrate

        return illustrate(prepared, models, context)

    def evidence(
        self, prepared: Prepared, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return how well the test part is predicted, where it surprises, and what is written."""
        from seqtune.tasks.generate.evidence.blocks import blocks_of

        return blocks_of(prepared, tested, models, context)

    def writer(self, prepared: Prepared, models: Models, context: Context) -> TextGenerator:
        """Return what writes, lists next words, and fills gaps."""
        from seqtune.tasks.generate.text_generator import TextGenerator

        return TextGenerator(prepared, models, context)

    def packages(self, prepared: Prepared) -> tuple[str, ...]:
        """Return what splits texts."""
        return tuple({name for each in prepared.codec.tokens.values() for name in each.packages})

    def rehearse(self, prepared: Prepared, models: Models, context: Context, row: str) -> Floats:
        """Return what a row says while it reads token by token, as it does when it writes."""
        from seqtune.tasks.generate.step_by_step import read_slowly

        if prepared.codec.objective != "next":
            return np.empty(0)
        return read_slowly(self.writer(prepared, models, context).reader(row), prepared)

    def encode(self, prepared: Prepared, source: Source | None, context: Context) -> EncodedText:
        """Refuse: a language model writes text.

        Raises:
            RunError: Always.
        """
        raise RunError(
            f"{context.name} is a language model, which has no table of predictions",
            f'seqtune generate {context.name} --prompt "Once"',
        )

    def decode(
        self, prepared: Prepared, encoded: EncodedText, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Refuse as `encode` does."""
        raise RunError(f"{context.name} is a language model")

    def encode_labelled(self, prepared: Prepared, source: Source, context: Context) -> EncodedText:
        """Read text that the run never saw."""
        return new_text(prepared.codec, source, context)

    def evaluation(
        self,
        prepared: Prepared,
        encoded: EncodedText,
        predictions: Mapping[str, Floats],
        context: Context,
    ) -> Evaluation:
        """Score the predictions of other text."""
        return evaluate_text(prepared.codec, encoded, predictions, context)

    def stream_options(self, prepared: Prepared) -> Sequence[StreamOption]:
        """Return what a client may ask."""
        from seqtune.tasks.generate.requests import OPTIONS

        return OPTIONS

    def stream(
        self,
        writer: TextGenerator,
        options: Mapping[str, Any],
        use: str | None,
        hear: Callable[[str], None],
    ) -> dict[str, Any]:
        """Write a text, of which each new piece is heard."""
        from seqtune.tasks.generate.requests import stream

        return stream(writer, options, use, hear)

    # newer data, and drift: see `newer` and `traits`
    newest_held_out = staticmethod(newer.newest_held_out)
    staged = staticmethod(newer.staged)
    unlike = staticmethod(newer.unlike)
    usual_traits = staticmethod(traits.usual)
    new_traits = staticmethod(traits.new)
    drift_of_predictions = staticmethod(nothing_promised)


TASK = GenerateTask()
