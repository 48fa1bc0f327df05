"""What a task must offer, so that the search, the run folder and the reports need not know it.

A task is a folder `seqtune/tasks/<name>/` with two modules: `schema.py`, whose `Schema` says what
its recipes may hold and loads nothing heavy, and `task.py`, whose `TASK` fulfils this protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from seqtune.progress import Advance, Listener, no_progress

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from seqtune.baselines.pace import Allowance
    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe

Values = Mapping[str, Any]
Part = Literal["validation", "test"]
Until = Literal["train", "validation", "test"]
"""The last part of the data that training may see; only the search's end goes past "train"."""


@dataclass(frozen=True)
class BaselineResult:
    """What a simple method did.

    Args:
        name: Its name in the registry.
        validation: Metric name to figure on the validation part.
        test: Metric name to figure on the test part.
        seconds: Wall time it took.
        left_out: Why it was not run; empty if it was.
        detail: What the user should know, such as series on which it fell back.
        predictions: Its predictions by part, where an ensemble may blend them with networks'.
    """

    name: str
    validation: Mapping[str, float] = field(default_factory=dict)
    test: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    left_out: str = ""
    detail: str = ""
    predictions: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Classified:
    """What a classifier said of cases whose labels are known.

    Args:
        name: The leaderboard row that classified them.
        labels: (classes,), names of the classes.
        probabilities: (cases, classes).
        targets: (cases, classes), 0 or 1.
        is_multi: Whether a case may have any number of labels.
        where: From the number of a case to where it stands.
        text: From the number of a case to its text; empty for a series.
    """

    name: str
    labels: Sequence[str]
    probabilities: npt.NDArray[np.float64]
    targets: npt.NDArray[np.float64]
    is_multi: bool
    where: Callable[[int], str]
    text: Callable[[int], str]


@dataclass(frozen=True)
class FoldScores:
    """How a run did from one of several rolled origins.

    Args:
        origin: The first step that is predicted, as text; the first and the last where the series
            differ.
        examples: How many examples were scored.
        scores: Every metric by name of the model.
    """

    origin: str
    examples: int
    scores: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Passage:
    """A part of a text that a language model read, about a sentence long.

    Args:
        where: Where it stands: file:line.
        bits_per_character: How little it was expected.
        text: What it says.
    """

    where: str
    bits_per_character: float
    text: str


@dataclass(frozen=True)
class Evaluation:
    """How a run did on data that it never saw.

    Args:
        scores: Every metric by name of the model.
        examples: How many examples were scored.
        unit: What an example is called: "window", "case".
        classified: The first model's answers case by case; None where there are no classes.
        folds: The same from each origin, the earliest first; none where origins are not rolled.
        passages: What the first model expected least of a text, the most surprising first.
    """

    scores: dict[str, dict[str, float]]
    examples: int
    unit: str = "window"
    classified: Classified | None = None
    folds: Sequence[FoldScores] = ()
    passages: Sequence[Passage] = ()


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


class Network(Protocol):
    """A trained network, whatever library runs it."""

    def __call__(self, inputs: Any) -> npt.NDArray[Any]:
        """Return what it says of a batch: an array or a dictionary of arrays, (batch, …) each."""

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return `function(model, *arguments)`: for what keeps a state between two calls."""

    @property
    def model(self) -> Any:
        """The network as its library has it."""

    @property
    def searched(self) -> Network:
        """The network as the search left it: it has not learnt from rows that were held out."""


class Calibration(Protocol):
    """What turns a model's raw predictions into those that are given out; each task has its own."""

    def apply(self, predictions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return predictions as they are given out."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, which `Task.read_calibration` reads."""


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


class Task(Protocol):
    """Everything that depends on what is to be learnt."""

    name: str
    direction: Literal["min", "max"]
    refits_anew: bool
    """Whether a refit trains a chosen configuration from the start, as long as it had trained;
    otherwise it goes on from the weights of the search."""
    refit_share: float
    """Share of the budget that refits may take."""
    score_share: float
    """Share of the budget that is kept for scoring the winner where nothing is refitted."""
    initial_members: int
    """So many networks, whose scores chance may have put in their order, begin the ensemble."""
    blends_single: bool
    """Whether a single network may be blended with a simple method: where one trial is enough."""
    predict_keys: tuple[str, ...]
    """Keys of the recipe that `predict` may set: they need no training again."""
    allows_missing: bool
    """Whether cells of the prediction table stay empty where there is nothing to say."""
    examples: str
    """What is counted while a prediction is made: "windows", "rows"."""

    def prepare(self, source: Source, recipe: Recipe, listener: Listener) -> tuple[Any, Recipe]:
        """Turn a source into arrays; return them with the recipe, inferred values filled in."""

    def load(self, folder: Path) -> Any:
        """Open what `Prepared.save` wrote, memory-mapped."""

    def build(self, prepared: Any, values: Values) -> Any:
        """Build the Keras model of one configuration."""

    def structure(self, values: Values) -> Values:
        """Return the settings that change the compiled program of a network.

        Two configurations that agree in them have networks and a loss that differ in scalar
        hyperparameters alone, which are inputs of the program. What only decides how batches are
        made is left out.
        """

    def loss(self, prepared: Any, values: Values) -> Any:
        """Return the Keras loss of one configuration."""

    def steps_per_epoch(self, prepared: Any, values: Values) -> int:
        """Return how many batches make an epoch where the recipe leaves it open."""

    def batches(
        self, prepared: Any, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> Any:
        """Return a `keras.utils.PyDataset` of training batches from the parts up to `until`."""

    def forward(
        self,
        network: Network,
        prepared: Any,
        encoded: Any,
        values: Values,
        calibration: Any = None,
        advance: Advance = no_progress,
    ) -> npt.NDArray[np.float64]:
        """Return what one network predicts: the same for a held-out part and for new rows.

        Args:
            network: The network.
            prepared: The data that it was fitted on, with the codec.
            encoded: What is predicted: `Prepared.encoded` of a part, or `encode` of new rows.
            values: The network's configuration.
            calibration: From `calibrate`; None for raw predictions.
            advance: Hears how many more examples are done.

        Returns:
            (examples, …), in the user's unit.
        """

    def by_method(
        self,
        prepared: Any,
        encoded: Any,
        method: str,
        seed: int,
        advance: Advance = no_progress,
    ) -> npt.NDArray[np.float64]:
        """Return the same by a simple method, fitted on all rows of the run.

        Args:
            prepared: The data that it is fitted on.
            encoded: What is predicted.
            method: Its name.
            seed: Of the methods that draw at random.
            advance: Hears how many more examples are done.
        """

    def score(
        self, prepared: Any, encoded: Any, predictions: npt.NDArray[np.float64]
    ) -> dict[str, float]:
        """Return every metric of predictions as they are given out."""

    def prediction_unit(self, prepared: Any, values: Values | None) -> str:
        """Return what predictions are of, in a word; those of different units have no average.

        Args:
            prepared: The data.
            values: A configuration; None for the simple methods.
        """

    def objective(self, prepared: Any, scores: Mapping[str, float]) -> float:
        """Return what trials are compared by: the metric, ties broken where it is coarse."""

    def margin(self, prepared: Any, score: float) -> float:
        """Return how far two scores of `objective` may be apart by chance alone; 0 for nothing."""

    def describe(self, prepared: Any, values: Values) -> str:
        """Return in a few words what a configuration has that only this task knows."""

    def calibrate(
        self, prepared: Any, encoded: Any, predictions: npt.NDArray[np.float64]
    ) -> Calibration | None:
        """Measure on raw predictions of a held-out part what makes predictions honest."""

    def read_calibration(self, prepared: Any, values: Any) -> Calibration:
        """Read what `Calibration.to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It cannot have been measured on this data.
        """

    def baselines(
        self, prepared: Any, recipe: Recipe, allowance: Allowance, listener: Listener
    ) -> list[BaselineResult]:
        """Run the simple methods within a time."""

    def illustrate(
        self,
        prepared: Any,
        predictions: npt.NDArray[np.float64],
        models: Models,
        context: Context,
    ) -> dict[str, Any]:
        """Return what the report shows of the winner at work, as plain JSON values.

        Its `kind` says what it is.

        Args:
            prepared: The data.
            predictions: What the best network or ensemble predicted for the test part.
            models: Opens the models, which can be used already.
            context: Recipe and name of the run.
        """

    def encode(self, prepared: Any, source: Source | None, context: Context) -> Any:
        """Read new rows to be predicted; None continues the data that the run was fitted on."""

    def decode(
        self, prepared: Any, encoded: Any, predictions: npt.NDArray[np.float64], context: Context
    ) -> pd.DataFrame:
        """Return the task's prediction table."""

    def encode_labelled(self, prepared: Any, source: Source, context: Context) -> Any:
        """Read new rows whose truth is known, to be scored."""

    def evaluation(
        self,
        prepared: Any,
        encoded: Any,
        predictions: Mapping[str, npt.NDArray[np.float64]],
        context: Context,
    ) -> Evaluation:
        """Score predictions of rows from `encode_labelled`, by name of the model."""


@runtime_checkable
class Backtests(Protocol):
    """A task whose runs can be scored from several rolled origins."""

    def encode_folds(
        self, prepared: Any, source: Source, folds: int, step: int | None, context: Context
    ) -> Any:
        """Read new rows to be scored from `folds` origins, `step` rows apart, without training."""


@runtime_checkable
class Recalibrates(Protocol):
    """A task whose predictions are calibrated once more when the test part has been scored."""

    def recalibration(
        self,
        prepared: Any,
        validation: npt.NDArray[np.float64],
        test: npt.NDArray[np.float64],
    ) -> Calibration | None:
        """Measure on both parts, as `calibrate` does on one, for predictions of new data."""


@runtime_checkable
class Hedges(Protocol):
    """A task that leans on a simple method where little was held out to choose by."""

    def hedges(self, prepared: Any) -> bool:
        """Say whether so few cases were held out that what is better on them says little.

        Networks are averaged with the best simple method then, and what comes of it stands before
        networks whose error is not less than half of its own. The metric is an error.
        """


@runtime_checkable
class Writes(Protocol):
    """A task whose models do more than fill a table."""

    verbs: tuple[str, ...]
    """Methods of its writer that a run offers as its own."""

    def writer(self, prepared: Any, models: Models, context: Context) -> Any:
        """Return what does it."""


@runtime_checkable
class Explains(Protocol):
    """A task that can say what a network's predictions hang on."""

    def explain(
        self, network: Network, prepared: Any, values: Values, deadline: float
    ) -> dict[str, Any]:
        """Return, as plain JSON values, which inputs matter and how far back a network looks.

        From `deadline`, a value of `time.monotonic()`, on nothing further is begun.
        """


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
