"""Compiled programs over a model's weights, kept by the signature of the configuration.

A program belongs to shapes and to a structure, not to a configuration: two networks that differ in
their learning rate, or in the order of their batches, run the same one. Whoever builds networks
hands each of them the programs of its signature (`adopt`); what runs them need not know.

What `keras.Model.predict` does around each batch takes longer than a step of a small network; a
compiled program that is called directly does only the step.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from seqtune.runtime.effort import known_options

MAX_SIGNATURES = 64
"""How many signatures keep their programs, the last used ones; each takes 2 to 10 MB."""


class Programs:
    """The programs of one signature, compiled when they are first called.

    Args:
        model: A network of the signature; all others have its structure and its shapes.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self._compiled: dict[Hashable, Any] = {}

    def find(self, key: Hashable, compile_it: Callable[[], Any]) -> Any:
        """Return a program, compiled now if it is not yet there.

        Args:
            key: What it does, and for which shapes.
            compile_it: Compiles it.
        """
        if key not in self._compiled:
            self._compiled[key] = compile_it()
        return self._compiled[key]

    def has(self, key: Hashable) -> bool:
        """Say whether a program is compiled already."""
        return key in self._compiled


class ProgramStore:
    """The programs of all signatures of a search, as far as there is room.

    Example:
        >>> store = ProgramStore()
        >>> store.adopt("gru of 64 units", model)  # another one of this signature runs its programs
    """

    def __init__(self, most: int = MAX_SIGNATURES) -> None:
        self._most = most
        self._kept: OrderedDict[str, Programs] = OrderedDict()

    def adopt(self, signature: str, model: Any) -> Programs:
        """Give a model the programs of its signature, and return them.

        Args:
            signature: Two models that have the same one differ in nothing but figures.
            model: A Keras model.
        """
        programs = self._kept.setdefault(signature, Programs(model))
        self._kept.move_to_end(signature)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        vars(model)[ATTRIBUTE] = programs
        return programs


ATTRIBUTE = "seqtune_programs"
"""Where a model has its programs: a table beside the models would keep them alive."""


VARIABLES = "seqtune_variables"
"""Where a model has the list of its variables."""


def programs_of(model: Any) -> Programs:
    """Return the programs of a model: those of its signature, or its own."""
    found: Programs = vars(model).setdefault(ATTRIBUTE, Programs(model))
    return found


def _variables_of(model: Any) -> list[Any]:
    """Return a model's variables; Keras walks through all layers to find them."""
    if VARIABLES not in vars(model):
        vars(model)[VARIABLES] = list(model.variables)
    found: list[Any] = vars(model)[VARIABLES]
    return found


def batch_rows(rows: int, most: int) -> int:
    """Return how many rows to predict at a time: a power of two, so that few programs are needed.

    Args:
        rows: How many there are; what is missing to a whole batch is filled up with any of them.
        most: The largest batch.

    Example:
        >>> batch_rows(25, 1024), batch_rows(3000, 1024), batch_rows(0, 1024)
        (32, 1024, 1)
    """
    return min(most, 1 << max(0, rows - 1).bit_length())


def predict(model: Any, inputs: Any) -> Any:
    """Return what a model says of a batch; see `seqtune.runtime.program.PREDICT`.

    Args:
        model: A Keras model.
        inputs: An array, or a dictionary of arrays, (batch, …) each.
    """
    return model(inputs, training=False)


def run(model: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """Return `function(model, *arguments)`, compiled once per signature and shape.

    Args:
        model: A Keras model.
        function: From a model and arrays to arrays, by `keras.ops` and the model's layers; one
            that stands in a module, so that it is the same for all models.
        arguments: Arrays, or lists, tuples and dictionaries of them.

    Returns:
        Arrays of the backend.

    Example:
        >>> np.asarray(run(model, predict, {"history": np.zeros((1, 24, 1), np.float32)})).shape
        (1, 12, 3)
    """
    import keras

    by_backend = {"jax": _run_on_jax, "tensorflow": _run_on_tensorflow}
    return by_backend[keras.backend.backend()](model, function, arguments)


def _run_on_jax(model: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    import jax

    programs = programs_of(model)
    leaves, tree = jax.tree.flatten(arguments)
    shapes = tuple((np.shape(leaf), leaf.dtype) for leaf in leaves)
    values = [variable.value for variable in _variables_of(model)]
    program = programs.find(
        (function, tree, shapes),
        lambda: _compile(programs.model, function, values, arguments),
    )
    return program(values, *arguments)


def _compile(
    model: Any, function: Callable[..., Any], values: list[Any], arguments: tuple[Any, ...]
) -> Any:
    import jax
    import keras

    variables = model.variables

    def with_values(values: list[Any], *arguments: Any) -> Any:
        # Weights are arguments of the compiled program, not constants that it would hold again.
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(model, *arguments)

    return jax.jit(with_values).lower(values, *arguments).compile(known_options())


def _run_on_tensorflow(model: Any, function: Callable[..., Any], arguments: Any) -> Any:
    import keras
    import tensorflow

    if function is predict:
        return model.predict_on_batch(*arguments)

    def compile_it() -> Any:
        # XLA does the few operations of a step as one: twice as many steps a second on CPU
        is_able = all(getattr(layer, "supports_jit", True) for layer in model.layers)
        return tensorflow.function(
            lambda *arguments: function(model, *arguments),
            jit_compile=is_able,
            reduce_retracing=True,
        )

    # a function of TensorFlow's holds the variables of one model
    program = Programs(model) if programs_of(model).model is not model else programs_of(model)
    vars(model)[ATTRIBUTE] = program
    compiled = program.find(function, compile_it)
    return compiled(*keras.tree.map_structure(tensorflow.convert_to_tensor, arguments))
