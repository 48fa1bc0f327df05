"""What may be asked of a network, by name.

Keras runs the function of that name. A network that was exported has it as a file, and predicts
without Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Program:
    """Names a function of a network without importing it.

    Args:
        name: Of the function, which takes a Keras model and arrays, and returns arrays; unique
            within a task, of the letters a to z and `_`.
        module: Where the function is defined. It is written in code, never read from a file.
        options: Keyword arguments of the function that are no arrays.

    Example:
        >>> step = Program("step", "seqtune.tasks.translate.network_programs")
        >>> logits, states = network.run(step, tokens, states)
    """

    name: str
    module: str
    options: tuple[tuple[str, int], ...] = ()


PREDICT = Program("predict", "seqtune.runtime.programs")
"""What a network says of inputs: an array, or a dictionary of arrays, (batch, …) each."""


@cache
def function_of(program: Program) -> Callable[..., Any]:
    """Return the function that a program names, which may load Keras; always the same object."""
    function: Callable[..., Any] = getattr(import_module(program.module), program.name)
    return partial(function, **dict(program.options)) if program.options else function
