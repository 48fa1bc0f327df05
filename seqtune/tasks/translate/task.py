"""Translation: a text from a text, from features, or from a series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from seqtune.tasks._lines import LinesAreRows
from seqtune.tasks._newer_data import nothing_promised
from seqtune.tasks._newer_rows import cases_held_out
from seqtune.tasks._values import (
    Context,
    Evaluation,
    Models,
    Network,
    OpenMember,
    Part,
    Tested,
    Until,
    Values,
    without,
)
from seqtune.tasks.translate import newer, traits
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.decoding_settings import DecodingSettings
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.inference import answer
from seqtune.tasks.translate.info import INFO
from seqtune.tasks.translate.joint import open_together, rate
from seqtune.tasks.translate.joint_sets import RatedSets, rate_sets
from seqtune.tasks.translate.member import Member, units_of_methods, way_of_writing
from seqtune.tasks.translate.new_pairs import new_pairs, new_sources
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.programs import answering_programs
from seqtune.tasks.translate.requests import joinable, request_form
from seqtune.tasks.translate.schema import Schema
from seqtune.tasks.translate.scoring import margin_of, objective_of, paired_error, score_cases
from seqtune.tasks.translate.simple_methods import (
    problem_of,
    rating_method,
    translate_by_method,
)
from seqtune.tasks.translate.tables import answer_table

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.tasks.translate.batches import TrainingBatches

Floats = npt.NDArray[np.float64]

MIN_STEPS = 60
"""Steps of an epoch at least, between two looks at the validation part."""

TRAINED_PER_ANSWERED = 8
"""So many pairs are trained on for each case that is answered at a look: an answer costs about what
training on a pair does."""


class TranslateTask(LinesAreRows, RowsAreApart, Task):
    """Encoders and decoders that write; see `seqtune.tasks._contract.Task`."""

    info = INFO
    search = SearchSettings(score_share=0.06)
    line_answer = ("prediction",)

    def prepare(
        self, source: Source, recipe: Recipe, listener: Listener
    ) -> tuple[Prepared, Recipe]:
        """Read roles and pairs, split the cases, fit the codec, settle what is open."""
        from seqtune.tasks.translate.prepare import prepare

        return prepare(source, recipe, listener)

    def load(self, folder: Path) -> Prepared:
        """Open the data of a run folder."""
        return Prepared.load(folder)

    def build(self, prepared: Prepared, values: Values) -> Any:
        """Build the network of one configuration."""
        from seqtune.tasks.translate.network import build_network

        return build_network(prepared, values)

    def structure(self, values: Values) -> Values:
        """Leave out what only hides tokens of a batch."""
        return without(values, "training.word_dropout")

    def loss(self, prepared: Prepared, values: Values) -> Any:
        """Return the cross-entropy of each token, or CTC."""
        from seqtune.tasks.translate.loss import loss_of

        return loss_of(values)

    def steps_per_epoch(self, prepared: Prepared, values: Values) -> int:
        """Return so many steps that looking at the validation part costs little."""
        cases = len(prepared.answered("validation"))
        return max(MIN_STEPS, TRAINED_PER_ANSWERED * cases // int(values["training.batch_size"]))

    def batches(
        self, prepared: Prepared, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> TrainingBatches:
        """Return batches of pairs of like length."""
        from seqtune.tasks.translate.batches import TrainingBatches

        return TrainingBatches(prepared, values, prepared.pairs(until), seed, steps)

    def describe(self, prepared: Prepared, values: Values) -> str:
        """Return what the network reads and writes."""
        written = f"{values['tokens.target']} tokens"
        if prepared.codec.roles.is_text and values["tokens.source"] != values["tokens.target"]:
            written = f"{values['tokens.source']} to {written}"
        return written if values["network.decoder"] == "attention" else f"{written} by CTC"

    def programs(self, prepared: Prepared, values: Values, model: Any) -> Sequence[Exported]:
        """Return what reads sources, writes answers and scores known ones."""
        return answering_programs(values, model)

    def forward(
        self,
        network: Network,
        prepared: Prepared,
        encoded: EncodedPairs,
        values: Values,
        calibration: None = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the answers of one network: `Answers` as an array."""
        member = Member(network, values, prepared.codec)
        return answer([member], prepared.codec, encoded, advance).to_array()

    def forward_together(
        self,
        members: Sequence[OpenMember],
        prepared: Prepared,
        encoded: EncodedPairs,
        advance: Advance = no_progress,
        until: Until = "test",
    ) -> Floats:
        """Return the answers of networks that agree on each next token, or with a method."""
        told = _per_member(advance, len(members))
        known, method = open_together(members, prepared)
        if method is None:
            return answer(known, prepared.codec, encoded, told).to_array()
        rating = rating_method(prepared, method.method, until)
        rated = rate(known, rating, prepared.codec, encoded, told)
        share = method.weight / sum(each.weight for each in members)
        return rated.answers(share, encoded.decoding.n_best).to_array()

    def join_method(
        self, members: Sequence[OpenMember], method: str, prepared: Prepared
    ) -> tuple[float, Floats]:
        """Return the share of a simple method that makes the known answers likeliest."""
        encoded = prepared.encoded("validation")
        known, _ = open_together(members, prepared)
        rating = rating_method(prepared, method, "train")
        rated = rate(known, rating, prepared.codec, encoded)
        share = rated.likeliest_share(encoded.references)
        return share, rated.answers(share, encoded.decoding.n_best).to_array()

    def rate_sets(
        self,
        members: Sequence[OpenMember],
        method: str,
        prepared: Prepared,
        is_over: Callable[[], bool],
    ) -> RatedSets:
        """Let networks and a method rate answers, of which those of any set are computed."""
        known, _ = open_together(members, prepared)
        rating = rating_method(prepared, method, "train")
        return rate_sets(known, rating, prepared.codec, prepared.encoded("validation"), is_over)

    def difference_error(
        self, prepared: Prepared, one: Floats, other: Floats, score: float
    ) -> float:
        """Return about one standard error of the difference of two figures of validation."""
        first, second = (Answers.from_array(each).best for each in (one, other))
        known = prepared.encoded("validation").references
        return paired_error(prepared.metric, known, first, second, score)

    def by_method(
        self,
        prepared: Prepared,
        encoded: EncodedPairs,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return the answers of a simple method."""
        made = translate_by_method(prepared, encoded, method, seed)
        advance(len(encoded))
        return made

    def score(
        self, prepared: Prepared, encoded: EncodedPairs, predictions: Floats
    ) -> dict[str, float]:
        """Return every metric of answers."""
        return score_cases(encoded, Answers.from_array(predictions))

    def objective(self, prepared: Prepared, scores: Mapping[str, float]) -> float:
        """Return the metric, ties broken by how likely the known answers are."""
        cases = len(prepared.answered("validation"))
        return objective_of(INFO.metric(prepared.metric), scores, cases)

    def margin(self, prepared: Prepared, score: float) -> float:
        """Return about one standard error of the metric on the validation part."""
        return margin_of(prepared.metric, score, len(prepared.answered("validation")))

    def standard_error(self, prepared: Prepared, part: Part, score: float) -> float:
        """Return about one standard error of the metric on a part."""
        return margin_of(prepared.metric, score, len(prepared.answered(part)))

    def prediction_unit(self, prepared: Prepared, values: Values | None) -> str:
        """Return what is written; who writes the same can write together."""
        return units_of_methods(prepared.codec) if values is None else way_of_writing(values)

    def baselines(
        self,
        prepared: Prepared,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults = NOTHING_KEPT,
    ) -> list[BaselineResult]:
        """Answer the same cases by simple methods."""
        values = cast(Schema, recipe.values)
        return run_simple_methods(
            problem_of(prepared, values.seed),
            values.baselines.methods,
            allowance,
            listener,
            kept,
            score=lambda part, answers: self.score(prepared, prepared.encoded(part), answers),
            metric=prepared.metric,
            may_blend=values.baselines.blend,
        )

    def illustrate(
        self, prepared: Prepared, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return some answers beside their references, and what one of them looked at."""
        from seqtune.tasks.translate.illustrate import illustrate

        return illustrate(prepared, Answers.from_array(predictions), models)

    def evidence(
        self, prepared: Prepared, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return answers to the test part, and what is wrong with them."""
        from seqtune.tasks.translate.evidence.blocks import blocks_of

        return blocks_of(prepared, tested, models)

    def packages(self, prepared: Prepared) -> tuple[str, ...]:
        """Return what splits texts, and reads images and sounds."""
        codec = prepared.codec
        tokenizers = (each for kinds in codec.tokenizers.values() for each in kinds.values())
        found = {name for each in tokenizers for name in each.packages}
        are_files = codec.roles.kind == "series" and codec.roles.series is None
        return (*found, "PIL", "scipy") if are_files else tuple(found)

    def line_column(self, prepared: Prepared) -> str:
        """Return the column of the source texts; "" where a source is no text."""
        return prepared.codec.roles.source if prepared.codec.roles.is_text else ""

    def encode(self, prepared: Prepared, source: Source | None, context: Context) -> EncodedPairs:
        """Read new sources."""
        return self._asked(new_sources(prepared.codec, source, context), context)

    def encode_labelled(self, prepared: Prepared, source: Source, context: Context) -> EncodedPairs:
        """Read new sources with their answers."""
        return self._asked(new_pairs(prepared.codec, source, context), context)

    def decode(
        self, prepared: Prepared, encoded: EncodedPairs, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Return a row per case, or one per candidate."""
        return answer_table(prepared.codec, encoded, Answers.from_array(predictions))

    def evaluation(
        self,
        prepared: Prepared,
        encoded: EncodedPairs,
        predictions: Mapping[str, Floats],
        context: Context,
    ) -> Evaluation:
        """Score answers to new cases."""
        from seqtune.tasks.translate.evaluate import evaluate_cases

        return evaluate_cases(prepared, encoded, predictions)

    def _asked(self, encoded: EncodedPairs, context: Context) -> EncodedPairs:
        """Return cases to be answered as the recipe, or `predict --set`, says."""
        section = cast(Schema, context.recipe.values).decoding
        return replace(encoded, decoding=DecodingSettings.of(section))

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


def _per_member(advance: Advance, members: int) -> Advance:
    """Return what hears of cases that all members have answered."""
    return lambda count: advance(members * count)


TASK = TranslateTask()
