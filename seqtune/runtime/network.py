"""A Keras network as everybody calls it: arrays in, arrays out, compiled once for each shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.runtime.program import PREDICT, Program, function_of
from seqtune.runtime.programs import run


def no_facts(model: Any) -> Mapping[str, Any]:
    """Return what is known of the network of a task that asks for nothing."""
    return {}


@dataclass(frozen=True)
class KerasNetwork:
    """A network that Keras runs.

    Args:
        model: The Keras model.
        facts_of: What predicting must know of the model: the task's `network_facts`.
        unrefitted: Loads the network as it was before it learnt from all rows; None where it has
            not.

    Example:
        >>> network = KerasNetwork(model)
        >>> network({"history": np.zeros((1, 24, 1), np.float32)}).shape
        (1, 12, 3)
    """

    model: Any
    facts_of: Callable[[Any], Mapping[str, Any]] = no_facts
    unrefitted: Callable[[], Any] | None = None

    def __call__(self, inputs: Any) -> npt.NDArray[Any]:
        """Return what the network says of a batch.

        Args:
            inputs: An array, or a dictionary of arrays, (batch, …) each.
        """
        return np.asarray(self.run(PREDICT, inputs))

    def run(self, program: Program, *arguments: Any) -> Any:
        """Return what a program makes of arrays, compiled; see `seqtune.runtime.programs.run`."""
        return run(self.model, function_of(program), *arguments)

    def fitting(self, axis: str, size: int) -> int:
        """Return the size itself: a program is compiled for each."""
        return size

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What predicting must know of the network, as plain JSON values."""
        return self.facts_of(self.model)

    @cached_property
    def searched(self) -> KerasNetwork:
        """The network as the search left it: it has not learnt from rows that were held out."""
        if self.unrefitted is None:
            return self
        return KerasNetwork(self.unrefitted(), self.facts_of)
