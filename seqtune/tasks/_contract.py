"""What a task must offer, so that the search, the run folder and the reports need not know it.

A task is a folder `seqtune/tasks/<name>/`, or a package that the entry point group `seqtune.tasks`
names, with three modules: `info.py`, whose `INFO` says what needs nothing heavy; `schema.py`, whose
`Schema` says what its recipes may hold; and `task.py`, whose `TASK` is a `Task`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from seqtune.errors import UsageError
from seqtune.progress import Advance, Listener, no_progress
from seqtune.tasks._exported import Exported, predict_alone
from seqtune.tasks._info import TaskInfo
from seqtune.tasks._values import (
    Calibration,
    Context,
    Evaluation,
    Models,
    Network,
    Part,
    Tested,
    Until,
    Values,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from seqtune.baselines.pace import Allowance
    from seqtune.baselines.runner import BaselineResult, KeptResults
    from seqtune.data.reading.source import Source
    from seqtune.figures.block import Block
    from seqtune.recipe.load import Recipe

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SearchSettings:
    """How the networks of a task are compared, chosen and trained on.

    Args:
        refits_anew: Whether a refit trains a chosen configuration from the start, as long as it
            had trained; otherwise it goes on from the weights of the search.
        refit_share: Share of the budget that refits may take.
        score_share: Share of the budget that is kept for scoring the winner where nothing is
            refitted.
        initial_members: So many networks, whose scores chance may have put in their order, begin
            the ensemble.
        blends_single: Whether a single network may be blended with a simple method: where one
            trial is enough.
        parts_batches: Whether the loss of a batch is the mean of those of equal parts of its rows,
            whose network is built with a smaller `training.batch_size`: each core can train on one.
    """

    refits_anew: bool = False
    refit_share: float = 0.15
    score_share: float = 0.0
    initial_members: int = 5
    blends_single: bool = False
    parts_batches: bool = False


class Task(ABC):
    """Everything that depends on what is to be learnt.

    `prepared` is what `prepare` returned, `encoded` what `Prepared.encoded` or `encode` returned:
    values of the task's own.
    """

    info: ClassVar[TaskInfo]
    search: ClassVar[SearchSettings] = SearchSettings()

    asks_searched: ClassVar[bool] = False
    """Whether predicting asks a network that has learnt from all rows what it said before that
    (`Network.searched`)."""

    @property
    def name(self) -> str:
        """Its name in recipes and on the command line."""
        return self.info.name

    # the data

    @abstractmethod
    def prepare(self, source: Source, recipe: Recipe, listener: Listener) -> tuple[Any, Recipe]:
        """Turn a source into arrays; return them with the recipe, inferred values filled in."""

    @abstractmethod
    def load(self, folder: Path) -> Any:
        """Open what `Prepared.save` wrote, memory-mapped."""

    # the network

    @abstractmethod
    def build(self, prepared: Any, values: Values) -> Any:
        """Build the Keras model of one configuration."""

    @abstractmethod
    def loss(self, prepared: Any, values: Values) -> Any:
        """Return the Keras loss of one configuration."""

    @abstractmethod
    def batches(
        self, prepared: Any, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> Any:
        """Return a `keras.utils.PyDataset` of training batches from the parts up to `until`."""

    def structure(self, values: Values) -> Values:
        """Return the settings that change the compiled program of a network; here all.

        Two configurations that agree in them have networks and a loss that differ in scalar
        hyperparameters alone, which are inputs of the program. What only decides how batches are
        made is left out.
        """
        return values

    def steps_per_epoch(self, prepared: Any, values: Values) -> int:
        """Return how many batches make an epoch where the recipe leaves it open."""
        return 50

    def describe(self, prepared: Any, values: Values) -> str:
        """Return in a few words what a configuration has that only this task knows."""
        return ""

    def programs(self, prepared: Any, values: Values, model: Any) -> Sequence[Exported]:
        """Return what predicting runs of a network: what an export has to convert.

        Args:
            prepared: The data.
            values: The network's configuration.
            model: The Keras model, as `build` made it.
        """
        return [predict_alone(model)]

    def network_facts(self, model: Any) -> dict[str, Any]:
        """Return what predicting must know of a network without its model, as plain JSON values.

        Args:
            model: The Keras model, as `build` made it.
        """
        return {}

    # predicting: the same for held-out parts and for new rows

    @abstractmethod
    def encode(self, prepared: Any, source: Source | None, context: Context) -> Any:
        """Read new rows to be predicted; None continues the data that the run was fitted on."""

    @abstractmethod
    def forward(
        self,
        network: Network,
        prepared: Any,
        encoded: Any,
        values: Values,
        calibration: Any = None,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return what one network predicts.

        Args:
            network: The network.
            prepared: The data that it was fitted on, with the codec.
            encoded: What is predicted.
            values: The network's configuration.
            calibration: From `calibrate`; None for raw predictions.
            advance: Hears how many more examples are done.

        Returns:
            (examples, …), in the user's unit.
        """

    @abstractmethod
    def decode(
        self, prepared: Any, encoded: Any, predictions: Floats, context: Context
    ) -> pd.DataFrame:
        """Return the task's prediction table."""

    def by_method(
        self,
        prepared: Any,
        encoded: Any,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> Floats:
        """Return what a simple method predicts, fitted on all rows of the run.

        Args:
            prepared: The data that it is fitted on.
            encoded: What is predicted.
            method: Its name.
            seed: Of the methods that draw at random.
            advance: Hears how many more examples are done.
        """
        raise UsageError(f"a {self.name} run has no simple method {method!r}", "--use network")

    def calibrate(self, prepared: Any, encoded: Any, predictions: Floats) -> Calibration | None:
        """Measure on raw predictions of a held-out part what makes predictions honest."""
        return None

    def read_calibration(self, prepared: Any, values: Any) -> Calibration:
        """Read what `Calibration.to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It cannot have been measured on this data.
        """
        raise ValueError(f"a {self.name} run has no calibration")

    # scoring

    @abstractmethod
    def score(self, prepared: Any, encoded: Any, predictions: Floats) -> dict[str, float]:
        """Return every metric of predictions as they are given out."""

    def encode_labelled(self, prepared: Any, source: Source, context: Context) -> Any:
        """Read new rows whose truth is known, to be scored."""
        return self.encode(prepared, source, context)

    def evaluation(
        self, prepared: Any, encoded: Any, predictions: Mapping[str, Floats], context: Context
    ) -> Evaluation:
        """Score predictions of rows from `encode_labelled`, by name of the model."""
        scores = {name: self.score(prepared, encoded, each) for name, each in predictions.items()}
        return Evaluation(scores, len(encoded), self.counted(encoded).removesuffix("s"))

    def counted(self, encoded: Any) -> str:
        """Return what is counted while predictions are made, in a word."""
        return self.info.examples

    def objective(self, prepared: Any, scores: Mapping[str, float]) -> float:
        """Return what trials are compared by: the metric, ties broken where it is coarse."""
        return scores[prepared.metric]

    def margin(self, prepared: Any, score: float) -> float:
        """Return how far two scores of `objective` may be apart by chance alone; 0 for nothing."""
        return 0.0

    def standard_error(self, prepared: Any, part: Part, score: float) -> float:
        """Return the standard error of a figure of the metric on a part; 0 where it is not known.

        Models whose test figures are closer than two of it are not told apart.
        """
        return 0.0

    def prediction_unit(self, prepared: Any, values: Values | None) -> str:
        """Return what predictions are of, in a word; those of different units have no average.

        Args:
            prepared: The data.
            values: A configuration; None for the simple methods.
        """
        return self.info.examples

    def baselines(
        self,
        prepared: Any,
        recipe: Recipe,
        allowance: Allowance,
        listener: Listener,
        kept: KeptResults,
    ) -> list[BaselineResult]:
        """Run the simple methods within a time.

        Args:
            prepared: The data.
            recipe: Says which, and how.
            allowance: The time that they may take.
            listener: Hears of each.
            kept: What need not be run again; takes each result as soon as it is there.
        """
        return []

    def illustrate(
        self, prepared: Any, predictions: Floats, models: Models, context: Context
    ) -> dict[str, Any]:
        """Return what the report shows of the winner at work, as plain JSON values; {} for nothing.

        Its `kind` says which part of the task's `report.py` draws it; nothing is shown of {}.

        Args:
            prepared: The data.
            predictions: What the best network or ensemble predicted for the test part.
            models: Opens the models, which can be used already.
            context: Recipe and name of the run.
        """
        return {}

    def evidence(
        self, prepared: Any, tested: Tested, models: Models, context: Context
    ) -> Sequence[Block]:
        """Return what a page shows of the models at work on the test part.

        It is kept in the run folder, at most `run.evidence.MOST_BYTES` of it: typical, best and
        worst examples, not all. No chart is without the simple method, where that has predictions.

        Args:
            prepared: The data.
            tested: What was predicted.
            models: Opens the models, which can be used already.
            context: Recipe and name of the run.
        """
        return ()
