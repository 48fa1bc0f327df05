"""A network that remembers what is asked of it, as one that was exported is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqtune.runtime.network import KerasNetwork
from seqtune.runtime.program import PREDICT, Program
from seqtune.runtime.trees import Leaf, describe, flatten, read_description, rebuild
from seqtune.tasks._exported import Exported


def structure(tree: Any) -> Any:
    """Return the description of a tree of arrays, of whatever shape they are."""
    return describe(tree, [Leaf(str(place), (), "float32") for place in range(len(flatten(tree)))])


@dataclass
class SpyNetwork:
    """A network without a model: what it says are NumPy arrays, tuples are lists, facts are JSON.

    Args:
        network: Answers.
    """

    network: KerasNetwork
    heard: list[tuple[Program, tuple[Any, ...]]] = field(default_factory=list)

    @property
    def facts(self) -> Mapping[str, Any]:
        facts: dict[str, Any] = json.loads(json.dumps(dict(self.network.facts)))
        return facts

    @property
    def model(self) -> Any:
        raise AssertionError("a network that was exported has no model")

    @property
    def searched(self) -> SpyNetwork:
        return self

    def fitting(self, axis: str, size: int) -> int:
        return self.network.fitting(axis, size)

    def __call__(self, inputs: Any) -> Any:
        return np.asarray(self.run(PREDICT, inputs))

    def run(self, program: Program, *arguments: Any) -> Any:
        self.heard.append((program, arguments))
        made = self.network.run(program, *arguments)
        arrays = {str(place): np.asarray(each) for place, each in enumerate(flatten(made))}
        return rebuild(read_description(structure(made)), arrays)

    def check(self, exported: Sequence[Exported]) -> None:
        """Check what was asked against examples: structure, types, and the sizes of fixed axes."""
        examples = {
            each.program: [
                each.arguments({name: sizes[which] for name, sizes in each.sizes.items()})
                for which in (0, 1)
            ]
            for each in exported
        }
        assert len({program.name for program in examples}) == len(exported)
        assert self.heard and {program for program, _ in self.heard} <= set(examples)
        for program, arguments in self.heard:
            trees = (arguments, *examples[program])
            assert structure(arguments) == structure(trees[1])
            for array, small, large in zip(*map(flatten, trees), strict=True):
                assert (array.dtype, array.ndim) == (small.dtype, small.ndim)
                sizes = zip(array.shape, small.shape, large.shape, strict=True)
                assert all(size == one for size, one, other in sizes if one == other)
