"""The networks alone as Python with NumPy and nothing else: a folder, or one file ending in .py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from seqtune.errors import ExportError
from seqtune.export.alone import Answers, write_alone
from seqtune.export.arguments import arguments_of
from seqtune.export.calls import Call, programs_of
from seqtune.export.checked import check_installed, load_keras_on_jax
from seqtune.export.numpy.source import Source, leaves_of
from seqtune.export.onnx.program import OnnxProgram, to_onnx
from seqtune.files import write_text
from seqtune.run.export_summary import ExportSummary
from seqtune.run.leaderboard_row import Row
from seqtune.run.predictor import Predictor
from seqtune.run.run import Run
from seqtune.runtime.onnx_network import key_of
from seqtune.runtime.trees import Leaf, describe, flatten, read_description, rebuild
from seqtune.tasks._exported import Exported

LIMIT = 1e-4
"""The largest difference that is taken for rounding."""


def write(run: Run, row: Row, path: Path) -> ExportSummary:
    """Write the networks behind a row of a run's leaderboard, each as a file of Python.

    A file has a function for each program of its network. It holds the weights as text.

    Args:
        run: A complete run.
        row: The row.
        path: A folder; or a file that ends in `.py`, where there is one network.

    Raises:
        ExportError: The row has no network, or several for one file; a network has an operation
            that is not known in NumPy here, or does not say the same.
        RunError: The folder holds something else.
        MissingExtra: ONNX, by which networks are read, is not installed.
    """
    check_installed()
    load_keras_on_jax()

    def write_networks(folder: Path, calls: Mapping[str, Sequence[Call]]) -> tuple[Any, Answers]:
        described, answers = {}, []
        for member in run.predictor.open_members(row.name):
            if not member.method:
                network = Path(member.member.file).stem
                title = f"The network {network} of {row.name}, for {run.task.name}."
                file = folder / f"{network}.py"
                described[network], said = _write_network(
                    run.predictor, member, title, file, calls[network]
                )
                answers += said
        return described, answers

    return write_alone(
        run, row, path, form="python", ending=".py", limit=LIMIT, write=write_networks
    )


def _write_network(
    predictor: Predictor, member: Any, title: str, file: Path, calls: Sequence[Call]
) -> tuple[dict[str, Any], list[tuple[Call, list[Any]]]]:
    source, described, asked = Source(title), dict[str, Any](), list[tuple[Call, str, Exported]]()
    for exported in programs_of(predictor, member, alone=False):
        made = to_onnx(member.network.model, exported)
        key = key_of(exported.program)
        name = source.add(exported, made)
        described[key] = {
            "file": file.name, "function": name, "inputs": made.inputs, "outputs": made.outputs,
            "axes": dict(made.axes),
        }  # fmt: skip
        own = [call for call in calls if call.program == key and _fits(made, exported, call)]
        if not own:
            raise ExportError(
                f"the program {key!r} is written for other sizes than those of the held-out rows",
                "--format savedmodel, or --use NAME",
            )
        asked += [(call, name, exported) for call in own]
    write_text(file, source.text())
    module = _opened(file)
    return described, [(call, _asked(module, name, each, call)) for call, name, each in asked]


def _fits(program: OnnxProgram, exported: Exported, call: Call) -> bool:
    """Say whether a program takes the sizes of a call."""
    trees = [each.tree for each in arguments_of(exported)]
    leaves = leaves_of(read_description(program.inputs), trees)
    return all(
        own == size if isinstance(own, int) else size % program.axes.get(own, 1) == 0
        for leaf, array in zip(leaves, call.arguments, strict=True)
        if leaf is not None
        for own, size in zip(leaf.shape, array.shape, strict=True)
    )


class _Uncached(SourceFileLoader):
    """Imports a file, and leaves no `__pycache__` beside it."""

    def set_data(self, *arguments: Any, **options: Any) -> None:
        """Write nothing."""


def _opened(file: Path) -> ModuleType:
    """Return what was written, as Python imports it."""
    name = "network_in_numpy"
    loader = _Uncached(name, str(file))
    module = ModuleType(name)
    loader.exec_module(module)
    return module


def _asked(module: ModuleType, name: str, exported: Exported, call: Call) -> list[Any]:
    """Ask a function a call."""
    arguments = [each.tree for each in arguments_of(exported)]
    names = [f"a{place}" for place in range(len(call.arguments))]
    leaves = [
        Leaf(name, each.shape, each.dtype.name)
        for name, each in zip(names, call.arguments, strict=True)
    ]
    tree = read_description(describe(arguments, leaves))
    given = rebuild(tree, dict(zip(names, call.arguments, strict=True)))
    try:
        with np.errstate(all="ignore"):
            made = getattr(module, name)(*given)
    except (ArithmeticError, LookupError, NameError, TypeError, ValueError) as error:
        raise ExportError(f"what was written of {name!r} does not run: {error}") from error
    return [np.asarray(each) for each in flatten(made if isinstance(made, tuple) else [made])]
