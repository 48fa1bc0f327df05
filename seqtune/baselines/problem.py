"""What the simple methods of a task predict, and how they are fitted and asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from seqtune.progress import Listener
from seqtune.registry import baselines

if TYPE_CHECKING:
    from seqtune.baselines.method import Floats

Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = ("validation", "test")


class Fitting(Protocol):
    """How the simple methods of one task are fitted and asked."""

    @property
    def task(self) -> str:
        """The folder of the methods in `seqtune/baselines/`."""

    def refusal(self, method: ModuleType) -> str:
        """Say why a method cannot take such data; "" where it can."""

    def fit(self, method: ModuleType, known: Any, before: Any) -> Any:
        """Fit a method.

        Args:
            method: The module.
            known: What it may learn from.
            before: What the last call for this method returned, for the portion before; None for
                the first.

        Returns:
            The fitted model; its `detail`, if it has one, goes on the leaderboard.
        """

    def predict(self, model: Any, asked: Any) -> Any:
        """Return what a fitted model says of examples.

        Raises:
            ValueError: The answer has another shape, or values that cannot be.
        """


@dataclass(frozen=True)
class Portion:
    """Examples to predict, and what may be learnt from for it.

    Args:
        known: What a method is fitted on, as `Fitting.fit` takes it.
        asked: The examples, as `Fitting.predict` takes them.
        sizes: How many examples both are.
        steps: Steps of an example, on average; 0 where examples have none.
    """

    known: Any
    asked: Any
    sizes: tuple[int, int]
    steps: float = 0.0


@dataclass(frozen=True)
class Problem:
    """What all simple methods of a task predict.

    Args:
        fitting: How they do it.
        portions: All that is predicted, in an order of its own: a part as a whole, its folds,
            chunks of it.
        gather: From the name of a method, its answers to all portions and a listener to its
            predictions by part, in the form that the task scores.
        samples: Sizes of the samples that say how long a method takes; none where the first
            portions are so small that they say it.
        sample: Makes a sample of the training part.
        suits: Says whether a method is meant for such data; None where all are.
        detail: What is to be known of all methods' predictions.
        blends: Says of a fitted method whether an ensemble may take it in; None where it may any.
    """

    fitting: Fitting
    portions: Sequence[Portion]
    gather: Callable[[str, Sequence[Any], Listener], Mapping[str, Floats]]
    samples: Sequence[int] = ()
    sample: Callable[[int], Portion] | None = None
    suits: Callable[[ModuleType], bool] | None = None
    detail: str = ""
    blends: Callable[[Any], bool] | None = None

    def suited(self) -> list[str]:
        """Return the names of the methods that are meant for such data, in alphabetical order."""
        return [
            name
            for name, method in baselines(self.fitting.task).items()
            if not self.fitting.refusal(method) and (self.suits is None or self.suits(method))
        ]


def check_answer(answer: Floats, shape: tuple[int, ...], is_valid: bool, fault: str) -> Floats:
    """Return an answer that is what it should be.

    Args:
        answer: What a method returned.
        shape: The shape expected.
        is_valid: Whether its values can be.
        fault: What they are if not.

    Raises:
        ValueError: It is not.
    """
    if answer.shape != shape:
        raise ValueError(f"answered with shape {answer.shape}, expected {shape}")
    if not is_valid:
        raise ValueError(f"answered with {fault}")
    return answer
