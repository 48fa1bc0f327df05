"""The networks alone for phones and small boards, as LiteRT: a folder, or one .tflite file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from seqtune.export.alone import write_alone
from seqtune.export.tensorflow import write_with_tensorflow
from seqtune.run.export_summary import ExportSummary
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run

LIMIT = 1e-4
"""The largest difference that is taken for rounding: LiteRT computes exp and tanh by shorter
series than the backends of Keras."""


def write(run: Run, row: Row, path: Path) -> ExportSummary:
    """Write the networks behind a row of a run's leaderboard, a file for each program.

    A file takes one row at a time, of the longest length that the held-out part had.

    Args:
        run: A complete run.
        row: The row.
        path: A folder; or a file that ends in `.tflite`, where there is one program.

    Raises:
        ExportError: The row has no network, or several programs for one file; a network needs an
            operation that LiteRT does not have built in, or does not say the same.
        RunError: The folder holds something else.
        MissingExtra: TensorFlow is not installed.
    """
    write_form = partial(write_with_tensorflow, "litert", run.folder, row.name)
    return write_alone(
        run, row, path, form="litert", ending=".tflite", limit=LIMIT, write=write_form
    )
