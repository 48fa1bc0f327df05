"""What tasks, the search and the predictor hand each other: results, contexts, models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from seqtune.drawing.part import ReportPart

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from seqtune.data.drift.table import DriftTable
    from seqtune.recipe.load import Recipe
    from seqtune.runtime.program import Program

Values = Mapping[str, Any]
Part = Literal["validation", "test"]
HELD_OUT_PARTS: tuple[Part, ...] = ("validation", "test")
"""The parts that are held out."""

Until = Literal["train", "validation", "test"]
"""The last part of the data that training may see; only the search's end goes past "train"."""


@dataclass(frozen=True)
class Evaluation:
    """How a run did on data that it never saw.

    Args:
        scores: Every metric by name of the model.
        examples: How many examples were scored.
        unit: What an example is called: "window", "case".
        parts: What the task shows below the scores.
        drift: What has drifted since the run was fitted; None where its task watches nothing.
    """

    scores: dict[str, dict[str, float]]
    examples: int
    unit: str = "window"
    parts: Sequence[ReportPart] = ()
    drift: DriftTable | None = None


KnownRows = Callable[["npt.NDArray[np.int64]"], float]
"""From rows of a table to about which share of them a run was fitted on; NaN if none can tell."""


@dataclass(frozen=True)
class Staged:
    """The test part of newer data, as the models of an earlier run read it.

    Args:
        encoded: What the models predict.
        seen: About which share of it the earlier run was fitted on: its figures are too good there.
            NaN where that is not known.
        score: From what a model predicts of it to every metric, as the newer run is scored.
    """

    encoded: Any
    seen: float
    score: Callable[[npt.NDArray[np.float64]], dict[str, float]]


@dataclass
class Context:
    """What stands around new rows that are read for a predictor.

    Args:
        recipe: The recipe of the run, every value filled in.
        name: How commands name the predictor: the run folder.
        data: The file that it was fitted on; empty where that is not known.
        model: The row of the leaderboard that predicts.
        notes: What was assumed and repaired while the rows were read, in words.
    """

    recipe: Recipe
    name: str
    data: str = ""
    model: str = ""
    notes: list[str] = field(default_factory=list)

    def note(self, *texts: str) -> None:
        """Keep what the user should know, each text once."""
        self.notes += [text for text in texts if text not in self.notes]


@dataclass(frozen=True)
class Tested:
    """What was predicted for the test part by the rows of the leaderboard that a page compares.

    Args:
        model: The row that the page is about: the best of what was searched. Its predictions are
            always there.
        baseline: The best simple method; empty where its predictions were not kept.
        predictions: (examples, …) by row, as they are given out; as `Task.score` takes them.
        winner: The row with the star, which may be either of both.
    """

    model: str
    baseline: str
    predictions: Mapping[str, npt.NDArray[np.float64]]
    winner: str = ""


class Network(Protocol):
    """A trained network, whatever library runs it."""

    def __call__(self, inputs: Any) -> npt.NDArray[Any]:
        """Return what it says of a batch: an array, (batch, …)."""

    def run(self, program: Program, *arguments: Any) -> Any:
        """Return what a program of the network makes of arrays: for what is more than a batch.

        Args:
            program: One that `Task.programs` lists.
            arguments: Arrays, or lists, tuples and dictionaries of them.

        Returns:
            Such arrays again; NumPy reads them.
        """

    def fitting(self, axis: str, size: int) -> int:
        """Return the smallest size of an axis, at least this one, that its programs take.

        Args:
            axis: As `Exported.sizes` names it.
            size: What is to fit; the rest is filled up with what is not there.
        """

    @property
    def facts(self) -> Mapping[str, Any]:
        """What predicting must know of it beside its programs: the task's `network_facts`."""

    @property
    def model(self) -> Any:
        """The network as Keras has it: for what only a run can do.

        Raises:
            RunError: Keras does not run it.
        """

    @property
    def searched(self) -> Network:
        """The network as the search left it: it has not learnt from rows that were held out."""


class Calibration(Protocol):
    """What turns a model's raw predictions into those that are given out; each task has its own."""

    def apply(self, predictions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return predictions as they are given out."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, which `Task.read_calibration` reads."""


@runtime_checkable
class Told(Protocol):
    """A calibration of which the leaderboard says something."""

    @property
    def detail(self) -> str:
        """What a row with it goes by, beside its models; empty for nothing."""


class OpenMember(Protocol):
    """A network, or a simple method, of a row of the leaderboard."""

    @property
    def method(self) -> str:
        """Name of the simple method; empty for a network."""

    @property
    def weight(self) -> float:
        """Its share in the row's predictions."""

    @property
    def values(self) -> Values:
        """Its configuration; {} for a simple method."""

    @property
    def is_refitted(self) -> bool:
        """Whether it has learnt from all rows, those held out included."""

    @property
    def network(self) -> Network:
        """The network, loaded when it is first asked for."""


class Models(Protocol):
    """Opens the models behind the rows of a leaderboard."""

    @property
    def calibrations(self) -> Mapping[str, Calibration]:
        """What makes predictions honest, by trial, simple method, and ensemble."""

    def name_of(self, use: str | None) -> str:
        """Return the name of the row that is meant: the winner's, if None."""

    def open_members(self, name: str) -> Sequence[OpenMember]:
        """Return the models behind a row; a simple method stands alone."""


@dataclass(frozen=True)
class Fold:
    """A part of few cases, held out while the others train.

    Args:
        prepared: The data with the fold as its validation part, and without it in training.
        places: Where its cases stand in the validation part of the whole.
    """

    prepared: Any
    places: npt.NDArray[np.int64]


class Prepared(Protocol):
    """Data ready for training: flat arrays, index tables, and the codec."""

    @property
    def folds(self) -> Sequence[Fold]:
        """The folds that a trial is compared on; none where one part is held out for that."""

    @property
    def metric(self) -> str:
        """The metric that selects; which one may depend on the data."""

    def encoded(self, part: Part) -> Any:
        """Return a held-out part as networks and simple methods predict it: its `Encoded`."""

    def save(self, folder: Path) -> None:
        """Write the arrays and the codec, so that `Task.load` gives the same again."""

    def describe(self) -> dict[str, Any]:
        """Return, for the plan and the report, what the data turned out to be."""


def is_better(score: float, than: float, direction: str) -> bool:
    """Say whether a score is better than another of the same metric.

    Args:
        score: A score.
        than: What it is compared with.
        direction: "min" or "max": which way is better.

    Example:
        >>> is_better(0.8, 0.9, "min")
        True
    """
    return score < than if direction == "min" else score > than


def without(values: Values, *keys: str) -> Values:
    """Return a configuration without some of its keys.

    Example:
        >>> without({"network.units": 64, "training.loss": "quantile"}, "training.loss")
        {'network.units': 64}
    """
    return {name: each for name, each in values.items() if name not in keys}
