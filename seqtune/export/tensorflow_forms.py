"""The forms in which TensorFlow holds a network, each written and asked what it says.

Loads TensorFlow: it is only imported in a process of its own; see `seqtune.export.tensorflow`.
"""

from __future__ import annotations

import math
import re
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import tensorflow
from keras.src.backend import numpy as numpy_of_backend

from seqtune.errors import ExportError
from seqtune.export.calls import Array, Call
from seqtune.export.tensorflow_programs import ROWS, TensorflowProgram
from seqtune.runtime.trees import flatten, read_description, rebuild

Answers = list[tuple[Call, list[Array]]]

MOST_ROWS = 64
"""Rows of a call that are asked one by one."""

SELECT_OPS = re.compile(r"TF Select ops: *([\w, ]+)")
"""Where the converter says what is not built in."""


class Form(ABC):
    """A form of networks.

    Args:
        folder: Where its files are.
        network: Name of the network.
    """

    alone = False
    """Whether it holds the model and nothing else; see `seqtune.export.calls.programs_of`."""

    def __init__(self, folder: Path, network: str) -> None:
        self.folder, self.network = folder, network

    @abstractmethod
    def write(self, programs: Sequence[TensorflowProgram]) -> dict[str, dict[str, Any]]:
        """Write a network, and return what is said of each of its programs."""

    @abstractmethod
    def answers(self, program: TensorflowProgram) -> Answers:
        """Ask what was written the calls of a program, as far as it takes their sizes."""


class KerasFile(Form):
    """A `.keras` file, opened again."""

    alone = True

    def write(self, programs: Sequence[TensorflowProgram]) -> dict[str, dict[str, Any]]:
        """Write the model."""
        (program,) = programs
        program.model.save(self._path)
        imports = sorted(set(_modules(keras.saving.serialize_keras_object(program.model))))
        said = {"file": self._path.name, "inputs": program.inputs, "imports": imports}
        return {program.name: said}

    @property
    def _path(self) -> Path:
        return self.folder / f"{self.network}.keras"

    def answers(self, program: TensorflowProgram) -> Answers:
        """Open the file, and ask the model in it."""
        model = keras.saving.load_model(self._path, compile=False)
        tree, found = read_description(program.inputs), []
        for call in program.calls:
            (given,) = rebuild(tree, _named(program, call))
            found.append((call, [np.asarray(each) for each in flatten(model(given))]))
        return found


class SavedModel(Form):
    """A SavedModel of TensorFlow with a signature for each program."""

    def write(self, programs: Sequence[TensorflowProgram]) -> dict[str, dict[str, Any]]:
        """Write all programs, with open axes where layers allow it."""
        module = tensorflow.Module()
        module.variables_of_network = programs[0].model.variables
        functions = {each.name: each.traced(each.open_sizes) for each in programs}
        signatures = {name: each.get_concrete_function() for name, each in functions.items()}
        _save(module, signatures, self.folder / self.network)
        return {each.name: self._described(each) for each in programs}

    def _described(self, program: TensorflowProgram) -> dict[str, Any]:
        sizes = program.open_sizes
        return {
            "file": self.network,
            "signature": program.name,
            "inputs": program.inputs,
            "outputs": program.outputs,
            "fixed": {name: size for name, size in sizes.items() if size is not None},
        }

    def answers(self, program: TensorflowProgram) -> Answers:
        """Load it, and call the signature."""
        loaded = tensorflow.saved_model.load(self.folder / self.network)
        signature, found = loaded.signatures[program.name], []
        for call in program.calls:
            if _fits(program, call, program.open_sizes):
                named = _named(program, call)
                found.append((call, _in_order(signature(**_tensors(named)))))
        return found


class LiteFile(Form):
    """A `.tflite` file for each program, of one row and of fixed lengths, with builtin operations.

    What a network computes is frozen: no variables, which LiteRT cannot read in a loop.
    """

    def write(self, programs: Sequence[TensorflowProgram]) -> dict[str, dict[str, Any]]:
        """Write each program.

        Raises:
            ExportError: One needs an operation that LiteRT does not have built in.
        """
        said = {}
        for program in programs:
            path = self._path(program)
            path.write_bytes(_converted(program, self._sizes(program)))
            said[program.name] = {
                "file": path.name,
                "inputs": program.inputs,
                "outputs": program.outputs,
                "fixed": self._sizes(program),
            }
        return said

    def _path(self, program: TensorflowProgram) -> Path:
        return self.folder / f"{self.network}-{program.name}.tflite"

    def _sizes(self, program: TensorflowProgram) -> dict[str, int]:
        return {name: 1 if name == ROWS else size for name, size in program.sizes_asked.items()}

    def answers(self, program: TensorflowProgram) -> Answers:
        """Run the file on one row after the other.

        A row by itself is not always what it is in a batch: places among answers may count across
        rows. So the network as TensorFlow has it is asked a whole call, and then the file says
        what that network says of each row.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the interpreter has another package now
            interpreter = tensorflow.lite.Interpreter(str(self._path(program)))
        ask, found = interpreter.get_signature_runner(program.name), []
        sizes = self._sizes(program)
        network = program.traced(sizes).get_concrete_function()
        for call in program.calls:
            if _fits(program, call, {n: size for n, size in sizes.items() if n != ROWS}):
                rows = list(_rows(program, call, MOST_ROWS))
                wanted = [each for row in rows for each in _in_order(network(**_tensors(row)))]
                said = [each for row in rows for each in _in_order(ask(**row))]
                whole = _in_order(program.traced(program.sizes_of(call))(*call.arguments))
                first = tuple(each[: len(rows)] if each.ndim else each for each in call.arguments)
                asked = Call(call.program, first, (*call.results, *wanted))
                found.append((asked, [*whole, *said]))
        return found


FORMS: Mapping[str, type[Form]] = {
    "keras": KerasFile,
    "savedmodel": SavedModel,
    "litert": LiteFile,
}


def _modules(config: Any) -> Iterator[str]:
    """Yield the modules that have to be imported before a model is opened: those not of Keras."""
    if isinstance(config, Mapping):
        module = config.get("module")
        if isinstance(module, str) and module.partition(".")[0] not in ("keras", "builtins"):
            yield module
        config = [*config.values()]
    if isinstance(config, (list, tuple)):
        for each in config:
            yield from _modules(each)


def _save(module: Any, signatures: Mapping[str, Any], folder: Path) -> None:
    options = tensorflow.saved_model.SaveOptions(experimental_custom_gradients=False)
    tensorflow.saved_model.save(module, folder, signatures=signatures, options=options)


def _converted(program: TensorflowProgram, sizes: Mapping[str, int]) -> bytes:
    """Return the file of a program of these sizes.

    Raises:
        ExportError: LiteRT does not have all of its operations built in.
    """
    function = _frozen(program, sizes)
    with tempfile.TemporaryDirectory(prefix="seqtune-") as place:
        signatures = {program.name: function.get_concrete_function()}
        _save(tensorflow.Module(), signatures, Path(place))
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(place)
        converter.target_spec.supported_ops = [tensorflow.lite.OpsSet.TFLITE_BUILTINS]
        try:
            content: bytes = converter.convert()
        except Exception as error:  # the converter's own class, whose place changes
            raise ExportError(
                f"the program {program.name!r} of the network does not suit LiteRT with builtin "
                f"operations alone: {_reason(str(error))}"
            ) from error
    return content


def _reason(text: str) -> str:
    """Return in a line what a converter complains of."""
    if missing := SELECT_OPS.search(text):
        return f"it needs {missing[1].strip()} of TensorFlow"
    lines = [line for line in text.strip().splitlines() if "error:" in line] or [text.strip()]
    return lines[0].rpartition("))")[2].strip(": ")[:200]


def _frozen(program: TensorflowProgram, sizes: Mapping[str, int]) -> Any:
    """Return a function of a program with constants in the place of the network's variables."""
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2 as freeze,
    )

    function = program.traced(sizes)
    with _plain_sums():
        concrete = function.get_concrete_function()
    frozen, names = freeze(concrete), sorted(concrete.structured_outputs)
    specs = function.input_signature

    def call(*tensors: Any) -> dict[str, Any]:
        named = {spec.name: each for spec, each in zip(specs, tensors, strict=True)}
        read = [named[each.name.partition(":")[0]] for each in frozen.inputs]
        return dict(zip(names, frozen(*read), strict=True))

    return tensorflow.function(call, input_signature=specs)


@contextmanager
def _plain_sums() -> Iterator[None]:
    """Keep Keras from taking a mask of one row for a bias, in a layout that LiteRT does not have.

    It looks at the second summand; the larger one is no bias.
    """
    usual = numpy_of_backend.add

    def add(one: Any, two: Any) -> Any:
        return usual(two, one) if _count(one) > _count(two) else usual(one, two)

    with mock.patch.object(numpy_of_backend, "add", add):
        yield


def _count(value: Any) -> int:
    """Return how many numbers a tensor has, as far as that is known."""
    return math.prod(size or 1 for size in getattr(value, "shape", ()))


def _named(program: TensorflowProgram, call: Call) -> dict[str, Array]:
    leaves = flatten(read_description(program.inputs))
    return {leaf.name: each for leaf, each in zip(leaves, call.arguments, strict=True)}


def _fits(program: TensorflowProgram, call: Call, sizes: Mapping[str, int | None]) -> bool:
    """Say whether a call has the sizes of the axes that do not vary."""
    own = program.sizes_of(call)
    return all(size in (None, own.get(name, size)) for name, size in sizes.items())


def _rows(program: TensorflowProgram, call: Call, most: int) -> Iterator[dict[str, Array]]:
    """Yield the arguments of a call, by name, for each of its first rows."""
    for row in range(min(most, program.sizes_of(call).get(ROWS, 1))):
        yield {
            name: _taken(array, axes, slice(row, row + 1))
            for (name, array), axes in zip(_named(program, call).items(), program.axes, strict=True)
        }


def _taken(array: Array, axes: tuple[int | str, ...], rows: slice) -> Array:
    return array[(slice(None),) * axes.index(ROWS) + (rows,)] if ROWS in axes else array


def _tensors(named: Mapping[str, Array]) -> dict[str, Any]:
    return {name: tensorflow.constant(array) for name, array in named.items()}


def _in_order(made: Mapping[str, Any]) -> list[Array]:
    """Return results by their number."""
    return [np.asarray(made[f"o{place}"]) for place in range(len(made))]
