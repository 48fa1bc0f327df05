"""A network that ONNX Runtime runs: arrays in, arrays out, without Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import MissingExtra, RunError
from seqtune.garbage import garbage_left
from seqtune.runtime.program import PREDICT, Program
from seqtune.runtime.trees import Leaf, flatten, pairs, rebuild

LOG_ERRORS = 3
"""ONNX Runtime logs what is worse than a warning."""

SMALL_BYTES = 2**20
"""A network of so many bytes runs in one thread. Two threads take a half more processor time than
one for batches of 32 and of 512, of eight networks from 37 to 600 kB, and a pool for each network
on a machine of many cores is a multitude."""

AGAIN = "export it again: seqtune export RUN -o FILE"


@dataclass(frozen=True)
class OnnxFile:
    """A program of a network, as it stands in a file.

    Args:
        path: The ONNX file.
        inputs: Its arguments, a tree of `seqtune.runtime.trees.Leaf`.
        outputs: What it gives, in the same way.
        axes: The axes whose sizes vary, by name; each size is a multiple of the number.
    """

    path: Path
    inputs: Any
    outputs: Any
    axes: Mapping[str, int]

    def open(self) -> Any:
        """Return a session of ONNX Runtime, whose inputs and outputs are the described ones.

        Raises:
            RunError: The file is damaged, or has others.
            MissingExtra: ONNX Runtime is not installed.
        """
        try:
            with garbage_left():
                import onnxruntime
        except ImportError as error:
            raise MissingExtra(
                "a network of a bundle needs onnxruntime, not installed here",
                "pip install onnxruntime",
            ) from error
        options = onnxruntime.SessionOptions()
        options.log_severity_level = LOG_ERRORS
        # threads that wait for work would keep a core busy between two requests
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            content = self.path.read_bytes()
            if len(content) <= SMALL_BYTES:
                options.intra_op_num_threads = 1
            session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # each fault of a file has a type of its own, some none
            raise self.refusal(error) from error
        for described, ports in (
            (self.inputs, session.get_inputs()),
            (self.outputs, session.get_outputs()),
        ):
            names = {port.name for port in ports}
            expected = {leaf.name for leaf in flatten(described)}
            if names != expected:
                found = f"found the arrays {sorted(names)}, expected {sorted(expected)}"
                raise self.refusal(found)
        return session

    def feed(self, arguments: tuple[Any, ...]) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of arguments by name, of the types that the program takes.

        Raises:
            RunError: They have another structure, or sizes that it was not written for.
        """
        try:
            found = {
                leaf.name: self._checked(leaf, np.asarray(array))
                for leaf, array in pairs(self.inputs, list(arguments))
            }
        except (TypeError, ValueError) as error:
            raise self.refusal(error) from error
        return found

    def _checked(self, leaf: Leaf, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if array.ndim != len(leaf.shape):
            raise ValueError(f"found {array.ndim} axes of {leaf.name}, expected {len(leaf.shape)}")
        for size, axis in zip(array.shape, leaf.shape, strict=True):
            if isinstance(axis, int):
                fits, wanted = size == axis, str(axis)
            else:
                fits = size % self.axes.get(axis, 1) == 0
                wanted = f"a multiple of {self.axes.get(axis)}"
            if not fits:
                raise ValueError(f"found the size {size} in {leaf.name}, expected {wanted}")
        return np.ascontiguousarray(array, leaf.dtype)

    def refusal(self, reason: object) -> RunError:
        """Return the error that the program cannot be run."""
        words = " ".join(str(reason).split())[:300]
        return RunError(f"the network {self.path} cannot be run: {words}", AGAIN)


@dataclass(frozen=True)
class OnnxNetwork:
    """A network whose programs are ONNX files, each opened when it is first run.

    Args:
        files: By what a program is called; see `key_of`.
        facts: What predicting must know of the network, as plain JSON values.
        unrefitted: Opens the network as it was before it learnt from all rows; None where it has
            not.

    Example:
        >>> network = OnnxNetwork({"predict": file}, {})
        >>> network({"history": np.zeros((1, 24, 1), np.float32)}).shape
        (1, 12, 3)
    """

    files: Mapping[str, OnnxFile]
    facts: Mapping[str, Any]
    unrefitted: Callable[[], OnnxNetwork] | None = None
    _sessions: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, inputs: Any) -> npt.NDArray[Any]:
        """Return what the network says of a batch.

        Args:
            inputs: An array, or a dictionary of arrays, (batch, …) each.
        """
        return np.asarray(self.run(PREDICT, inputs))

    def run(self, program: Program, *arguments: Any) -> Any:
        """Return what a program makes of arrays; tuples become lists.

        Raises:
            RunError: The network has no such program, or it cannot be run.
            MissingExtra: ONNX Runtime is not installed.
        """
        name = key_of(program)
        if name not in self.files:
            raise RunError(f"the network has no program {name!r}", AGAIN)
        file = self.files[name]
        session = self._sessions.get(name) or self._sessions.setdefault(name, file.open())
        fed = file.feed(arguments)
        try:
            made = session.run(None, fed)
        except Exception as error:  # ONNX Runtime has a type for each fault
            raise file.refusal(error) from error
        names = (output.name for output in session.get_outputs())
        return rebuild(file.outputs, dict(zip(names, made, strict=True)))

    def fitting(self, axis: str, size: int) -> int:
        """Return the smallest size of an axis, at least this one, that the programs take.

        Args:
            axis: Its name.
            size: What is to fit.
        """
        multiple = max((file.axes.get(axis, 1) for file in self.files.values()), default=1)
        return -(-size // multiple) * multiple

    @property
    def model(self) -> Any:
        """The Keras model, which there is none of.

        Raises:
            RunError: Always.
        """
        raise RunError(
            "a network of a bundle runs without Keras, which only a run can use", "use the run"
        )

    @cached_property
    def searched(self) -> OnnxNetwork:
        """The network as the search left it: it has not learnt from rows that were held out."""
        return self if self.unrefitted is None else self.unrefitted()


def key_of(program: Program) -> str:
    """Return what a program is called in a bundle: its name, and its options where it has some.

    Example:
        >>> key_of(Program("step", "seqtune.tasks.translate.network_programs", (("answers", 5),)))
        'step-answers-5'
    """
    return "-".join([program.name, *(f"{name}-{value}" for name, value in program.options)])
