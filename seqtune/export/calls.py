"""What a network of a run was asked about rows of its data, and what it said.

A network that was written in another form is asked the same again, and has to say the same. The
calls are those that predicting makes, whatever the task; a program that it did not call is asked
about made-up numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import ExportError
from seqtune.export.comparison import part_to_compare
from seqtune.run.export_summary import Agreement
from seqtune.run.loaded_member import LoadedMember
from seqtune.run.predictor import Predictor
from seqtune.runtime.onnx_network import key_of
from seqtune.runtime.program import PREDICT, Program
from seqtune.runtime.trees import flatten
from seqtune.tasks._exported import Exported, predict_alone
from seqtune.tasks._values import Network

Array = npt.NDArray[Any]

MOST_ALIKE = 2
"""So many calls of one program with arguments of the same shapes are kept."""

MOST_CALLS = 32

MOST_NUMBERS = 2**24
"""Numbers in the calls of one network that are kept."""

HUGE = 1e6
"""Numbers beyond it stand for "never": a share of their scale would say nothing of the others."""

SMALLEST = 1e-6
"""The scale is at least this: what is smaller is nothing beside the numbers that go in."""

UNIT = "inputs"
"""What is counted where networks are compared alone: rows of their batches."""


@dataclass(frozen=True)
class Call:
    """One call of a program.

    Args:
        program: What the program is called; see `seqtune.runtime.onnx_network.key_of`.
        arguments: The arrays of its arguments, in the order of `seqtune.runtime.trees.flatten`.
        results: The arrays of what it gave, in the same order.
    """

    program: str
    arguments: tuple[Array, ...]
    results: tuple[Array, ...]

    @property
    def rows(self) -> int:
        """How many rows its batch has."""
        return len(self.arguments[0]) if self.arguments[0].ndim else 1


@dataclass
class RecordingNetwork:
    """A network that keeps what it is asked and what it says.

    Args:
        network: The network.
        wanted: The programs whose calls are kept.
    """

    network: Network
    wanted: Collection[str]
    calls: list[Call] = field(default_factory=list)
    _seen: Counter[tuple[str, Hashable]] = field(default_factory=Counter)
    _numbers: int = 0

    def __call__(self, inputs: Any) -> Array:
        """Return what the network says of a batch."""
        return np.asarray(self.run(PREDICT, inputs))

    def run(self, program: Program, *arguments: Any) -> Any:
        """Return what a program of the network makes of arrays."""
        made = self.network.run(program, *arguments)
        name = key_of(program)
        if name in self.wanted:
            given = tuple(np.asarray(each) for each in flatten(arguments))
            self._keep(Call(name, given, tuple(np.asarray(each) for each in flatten(made))))
        return made

    def _keep(self, call: Call) -> None:
        """Keep a call unless enough are kept; the first of each program always is."""
        alike = call.program, tuple(each.shape for each in call.arguments)
        is_first = not any(program == call.program for program, _ in self._seen)
        self._seen[alike] += 1
        numbers = sum(each.size for each in (*call.arguments, *call.results))
        has_room = len(self.calls) < MOST_CALLS and self._numbers + numbers <= MOST_NUMBERS
        if is_first or (has_room and self._seen[alike] <= MOST_ALIKE):
            self._numbers += numbers
            self.calls.append(call)

    def fitting(self, axis: str, size: int) -> int:
        """Return the smallest size of an axis, at least this one, that the programs take."""
        return self.network.fitting(axis, size)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What predicting must know of the network."""
        return self.network.facts

    @property
    def model(self) -> Any:
        """The network as Keras has it."""
        return self.network.model

    @property
    def searched(self) -> Network:
        """The same network: it is asked about rows, and not judged by what it says of them."""
        return self


def programs_of(predictor: Predictor, member: LoadedMember, *, alone: bool) -> Sequence[Exported]:
    """Return the programs of a network that a form holds.

    Args:
        predictor: The run's.
        member: The network.
        alone: Whether the form holds the model and nothing else, which takes a batch of inputs.
    """
    model = member.network.model
    if alone:
        return [predict_alone(model)]
    return predictor.task.programs(predictor.prepared, member.values, model)


def record_calls(predictor: Predictor, member: LoadedMember, *, alone: bool = False) -> list[Call]:
    """Let a network of a run predict a held-out part, and return what it was asked.

    Args:
        predictor: The run's.
        member: A network of one of its rows.
        alone: See `programs_of`.
    """
    programs = programs_of(predictor, member, alone=alone)
    wanted = {key_of(each.program): each for each in programs}
    network = RecordingNetwork(member.network, wanted)
    encoded = predictor.prepared.encoded(part_to_compare(predictor.prepared))
    predictor.task.forward(network, predictor.prepared, encoded, member.values)
    called = {call.program for call in network.calls}
    for name, exported in wanted.items():
        if name not in called:
            network.run(exported.program, *made_up(exported))
    return network.calls


def made_up(exported: Exported) -> Any:
    """Return arguments of a program: ones where they are whole, noise where they are not."""
    draw = np.random.default_rng(0)
    arguments = exported.arguments({name: pair[0] for name, pair in exported.sizes.items()})
    for array in flatten(arguments):
        array[...] = draw.normal(size=array.shape) if array.dtype.kind == "f" else 1
    return arguments


def compare_calls(
    predictor: Predictor,
    row: str,
    asked: Sequence[tuple[Call, Sequence[Array]]],
    limit: float,
) -> Agreement:
    """Hold what networks say in another form against what the run's said.

    Args:
        predictor: The run's.
        row: The row of its leaderboard.
        asked: Calls, and what was said to them now.
        limit: The largest difference, as a share of the scale of what was said, that is taken for
            rounding.

    Raises:
        ExportError: They say something else.
    """
    found = max((_apart(call, said) for call, said in asked), default=float("inf"))
    rows = sum(call.rows for call, _ in asked)
    if not found <= limit:
        raise ExportError(
            f"what was written of {row} does not say what the run's network says: on {rows:,} "
            f"{UNIT} the largest difference is {found:.1e} of the scale, expected at most "
            f"{limit:.0e}",
            f"export another row: seqtune export {predictor.name} --use NAME -o FILE",
        )
    return Agreement(part_to_compare(predictor.prepared), rows, UNIT, found, limit)


def _apart(call: Call, said: Sequence[Array]) -> float:
    if len(said) != len(call.results):
        return float("inf")
    return max(map(spread, call.results, said), default=0.0)


def spread(expected: Array, found: Array) -> float:
    """Return how far apart two results are, as a share of the largest number by size.

    Where the expected one stands for "never" (see `HUGE`), the other has to as well.

    Example:
        >>> spread(np.array([0.0, 2.0, -1e9]), np.array([0.0, 1.5, -2e9]))
        0.25
    """
    if expected.shape != found.shape:
        return float("inf")
    expected, found = expected.astype(np.float64), found.astype(np.float64)
    is_never = np.abs(expected) > HUGE
    says_never = np.abs(found[is_never]) > HUGE
    if not (says_never & (np.sign(found[is_never]) == np.sign(expected[is_never]))).all():
        return float("inf")
    expected, found = expected[~is_never], found[~is_never]
    if not np.array_equal(np.isnan(expected), np.isnan(found)):
        return float("inf")
    apart = np.nan_to_num(np.abs(expected - found), posinf=np.inf).max(initial=0.0)
    return float(apart / max(np.nan_to_num(np.abs(expected)).max(initial=0.0), SMALLEST))


# files, for a process of its own


def write_calls(calls: Sequence[Call], path: Path) -> None:
    """Write calls as one file of arrays."""
    arrays: dict[str, Array] = {"programs": np.array(json.dumps([c.program for c in calls]))}
    for number, call in enumerate(calls):
        arrays |= {f"{number}-argument-{place}": each for place, each in enumerate(call.arguments)}
        arrays |= {f"{number}-result-{place}": each for place, each in enumerate(call.results)}
    np.savez(path, **arrays)  # type: ignore[arg-type]


def read_calls(path: Path) -> list[Call]:
    """Read what `write_calls` wrote."""
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    programs = json.loads(str(arrays.pop("programs")))

    def those(number: int, kind: str) -> tuple[Array, ...]:
        found = [name for name in arrays if name.startswith(f"{number}-{kind}-")]
        return tuple(arrays[f"{number}-{kind}-{place}"] for place in range(len(found)))

    return [
        Call(program, those(number, "argument"), those(number, "result"))
        for number, program in enumerate(programs)
    ]
