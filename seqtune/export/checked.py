"""A row of a leaderboard in a folder of its own, which has predicted what the run does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from seqtune.errors import ExportError, MissingExtra
from seqtune.export.comparison import compare, part_to_compare
from seqtune.export.contents import write_contents
from seqtune.export.rehearsal import rehearse
from seqtune.files import scratch_folder
from seqtune.run.export_summary import Agreement
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run
from seqtune.runtime.backend import activate

NEEDED = ("onnx", "onnxruntime")
"""What a network is converted and run with."""


@dataclass(frozen=True)
class Checked:
    """Files that predict without Keras, and what came of trying them.

    Args:
        folder: The files, as a bundle has them.
        comparison: How exactly they predict what the run does.
        loaded: Names of the packages that their prediction loaded.
    """

    folder: Path
    comparison: Agreement
    loaded: frozenset[str]


@contextmanager
def checked_contents(run: Run, row: Row) -> Iterator[Checked]:
    """Convert a row in a temporary folder, and let it predict beside the run.

    Args:
        run: A complete run.
        row: A row of its leaderboard.

    Raises:
        ExportError: A network cannot be converted, or what was written does not predict the same.
        MissingExtra: ONNX or its runtime is not installed.
    """
    if row.kind != "baseline":
        check_installed()
        load_keras_on_jax()
    predictor = run.predictor
    with scratch_folder() as scratch:
        folder = scratch / "bundle"
        folder.mkdir()
        write_contents(predictor, row.name, folder)
        part = part_to_compare(predictor.prepared)
        rehearsal = rehearse(folder, row.name, part)
        comparison = compare(predictor, row.name, part, rehearsal.made)
        yield Checked(folder, comparison, rehearsal.loaded)


def load_keras_on_jax() -> None:
    """Load Keras on the backend whose programs are converted, whatever the run was fitted on.

    Raises:
        ExportError: Keras is loaded already, on another one.
    """
    backend = activate("jax")
    if backend != "jax":
        raise ExportError(
            f"networks are converted on JAX, and Keras runs on {backend} in this process",
            "export in a process of its own: seqtune export RUN -o FILE",
        )


def check_installed() -> None:
    """Refuse where what converts networks is not installed.

    Raises:
        MissingExtra: It is not.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"a network is exported with {' and '.join(missing)}, not installed here",
            "pip install 'seqtune[export]'",
        )
