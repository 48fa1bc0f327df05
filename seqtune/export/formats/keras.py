"""The networks alone as Keras has them: a folder, or one file that ends in .keras."""

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
    """Write the networks behind a row of a run's leaderboard as Keras saves them.

    Args:
        run: A complete run.
        row: The row.
        path: A folder; or a file that ends in `.keras`, where there is one network.

    Raises:
        ExportError: The row has no network, or several for one file; or a file that was opened
            again does not say the same.
        RunError: The folder holds something else.
        MissingExtra: TensorFlow is not installed.
    """
    write_form = partial(write_with_tensorflow, "keras", run.folder, row.name)
    return write_alone(
        run, row, path, form="keras", ending=".keras", limit=LIMIT, write=write_form, alone=True
    )
