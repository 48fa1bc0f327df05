"""A network that ONNX Runtime runs: arrays in, arrays out, without Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError
from seqtune.runtime.program import PREDICT, Program
from seqtune.runtime.trees import pairs, rebuild


@dataclass(frozen=True)
class OnnxFile:
    """A program of a network, as it stands in a file.

    Args:
        path: The ONNX file.
        inputs: Its arguments, a tree of `seqtune.runtime.trees.Leaf`.
        outputs: What it gives, in the same way.
        axes: The axes whose sizes vary, and what each size is a multiple of.
    """

    path: Path
    inputs: Any
    outputs: Any
    axes: Mapping[str, int]


@dataclass(frozen=True)
class OnnxNetwork:
    """A network whose programs are ONNX files.

    Args:
        files: By what a program is called; see `key_of`.
        facts: What predicting must know of the network.
        unrefitted: Opens the network as it was before it learnt from all rows; None where it has
            not.
    """

    files: Mapping[str, OnnxFile]
    facts: Mapping[str, Any]
    unrefitted: Callable[[], OnnxNetwork] | None = None
    _sessions: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, inputs: Any) -> npt.NDArray[Any]:
        """Return what the network says of a batch."""
        return np.asarray(self.run(PREDICT, inputs))

    def run(self, program: Program, *arguments: Any) -> Any:
        """Return what a program makes of arrays.

        Raises:
            RunError: The network has no such program.
        """
        name = key_of(program)
        if name not in self.files:
            raise RunError(f"the network has no program {name!r}", "seqtune export RUN -o FILE")
        file = self.files[name]
        feed = {
            leaf.name: np.ascontiguousarray(array, leaf.dtype)
            for leaf, array in pairs(file.inputs, list(arguments))
        }
        made = self._session(name).run(None, feed)
        names = [output.name for output in self._session(name).get_outputs()]
        return rebuild(file.outputs, dict(zip(names, made, strict=True)))

    def fitting(self, axis: str, size: int) -> int:
        """Return the smallest size of an axis, at least this one, that the programs take.

        Args:
            axis: Its name.
            size: What is to fit.
        """
        multiple = max((file.axes.get(axis, 1) for file in self.files.values()), default=1)
        return -(-size // multiple) * multiple

    def _session(self, name: str) -> Any:
        if name not in self._sessions:
            import onnxruntime

            self._sessions[name] = onnxruntime.InferenceSession(
                self.files[name].path.read_bytes(), providers=["CPUExecutionProvider"]
            )
        return self._sessions[name]

    @property
    def model(self) -> Any:
        """There is none.

        Raises:
            RunError: Always.
        """
        raise RunError("an exported network cannot be trained or explained", "use its run")

    @cached_property
    def searched(self) -> OnnxNetwork:
        """The network as the search left it."""
        return self if self.unrefitted is None else self.unrefitted()


def key_of(program: Program) -> str:
    """Return what a program is called in a bundle: its name, and its options where it has some.

    Example:
        >>> key_of(Program("step", "seqtune.tasks.translate.network_programs", (("answers", 5),)))
        'step-answers-5'
    """
    return "-".join([program.name, *(f"{name}-{value}" for name, value in program.options)])
