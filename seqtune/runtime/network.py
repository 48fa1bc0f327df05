"""A Keras network as everybody calls it: arrays in, arrays out, compiled once for each shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.runtime.programs import predict, run


@dataclass(frozen=True)
class KerasNetwork:
    """A network that Keras runs.

    Args:
        model: The Keras model.
        unrefitted: Loads the network as it was before it learnt from all rows; None where it has
            not.

    Example:
        >>> network = KerasNetwork(model)
        >>> network({"history": np.zeros((1, 24, 1), np.float32)}).shape
        (1, 12, 3)
    """

    model: Any
    unrefitted: Callable[[], Any] | None = None

    def __call__(self, inputs: Any) -> npt.NDArray[Any]:
        """Return what the network says of a batch.

        Args:
            inputs: An array, or a dictionary of arrays, (batch, …) each.
        """
        return np.asarray(predict(self.model, inputs))

    @cached_property
    def searched(self) -> KerasNetwork:
        """The network as the search left it: it has not learnt from rows that were held out."""
        return self if self.unrefitted is None else KerasNetwork(self.unrefitted())

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return `function(model, *arguments)`, compiled; see `seqtune.runtime.programs.run`."""
        return run(self.model, function, *arguments)
