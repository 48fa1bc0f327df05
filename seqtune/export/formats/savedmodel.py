"""The networks alone as SavedModels of TensorFlow, in a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from seqtune.export.alone import write_alone
from seqtune.export.comparison import LIMIT
from seqtune.export.tensorflow import write_with_tensorflow
from seqtune.run.export_summary import ExportSummary
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run


def write(run: Run, row: Row, path: Path) -> ExportSummary:
    """Write the networks behind a row of a run's leaderboard, each as a SavedModel.

    A SavedModel has a signature for each program of its network.

    Args:
        run: A complete run.
        row: The row.
        path: A folder, which gets a folder for each network.

    Raises:
        ExportError: The row has no network; TensorFlow cannot hold one, or it does not say the
            same.
        RunError: The folder holds something else.
        MissingExtra: TensorFlow is not installed.
    """
    write_form = partial(write_with_tensorflow, "savedmodel", run.folder, row.name)
    return write_alone(run, row, path, form="savedmodel", ending="", limit=LIMIT, write=write_form)
