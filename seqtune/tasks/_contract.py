"""What a task must offer, so that the search, the run folder and the reports need not know it.

A task is a folder `seqtune/tasks/<name>/` with two modules: `schema.py`, whose `Schema` says what
its recipes may hold and loads nothing heavy, and `task.py`, whose `TASK` fulfils this protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from seqtune.progress import Listener

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from seqtune.data.source import Source
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
    """

    name: str
    validation: Mapping[str, float] = field(default_factory=dict)
    test: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    left_out: str = ""
    detail: str = ""


class Prepared(Protocol):
    """Data ready for training: flat arrays, index tables, and the codec."""

    def save(self, folder: Path) -> None:
        """Write the arrays and the codec, so that `Task.load` gives the same again."""

    def describe(self) -> dict[str, Any]:
        """Return, for the plan and the report, what the data turned out to be."""


class Task(Protocol):
    """Everything that depends on what is to be learnt."""

    name: str
    metric: str
    direction: Literal["min", "max"]

    def prepare(self, source: Source, recipe: Recipe, listener: Listener) -> tuple[Any, Recipe]:
        """Turn a source into arrays; return them with the recipe, inferred values filled in."""

    def load(self, folder: Path) -> Any:
        """Open what `Prepared.save` wrote, memory-mapped."""

    def build(self, prepared: Any, values: Values) -> Any:
        """Build the Keras model of one configuration."""

    def loss(self, prepared: Any, values: Values) -> Any:
        """Return the Keras loss of one configuration."""

    def steps_per_epoch(self, prepared: Any, values: Values) -> int:
        """Return how many batches make an epoch where the recipe leaves it open."""

    def batches(
        self, prepared: Any, values: Values, seed: int, *, steps: int, until: Until = "train"
    ) -> Any:
        """Return a `keras.utils.PyDataset` of training batches from the parts up to `until`."""

    def apply(self, model: Any, prepared: Any, values: Values, part: Part) -> npt.NDArray[Any]:
        """Return the model's predictions for a part, in the user's unit."""

    def score(
        self, prepared: Any, part: Part, predictions: npt.NDArray[np.float64]
    ) -> dict[str, float]:
        """Return every metric of predictions for a part."""

    def baselines(
        self, prepared: Any, recipe: Recipe, seconds: float, listener: Listener
    ) -> list[BaselineResult]:
        """Run the simple methods within a time."""

    def illustrate(self, prepared: Any, predictions: npt.NDArray[np.float64]) -> dict[str, Any]:
        """Return what the report's chart shows of test predictions, as plain JSON values."""

    def predict(self, run: Any, source: Source | None, use: str | None) -> pd.DataFrame:
        """Return the task's prediction table."""

    def evaluate(self, run: Any, source: Source) -> tuple[dict[str, dict[str, float]], int]:
        """Return every metric by model on labelled data it never saw, and how many windows."""


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
