"""One file that seqtune opens anywhere, and that predicts without Keras."""

from __future__ import annotations

import time
from pathlib import Path, PurePath
from typing import Any

from seqtune.export.archive import write_archive
from seqtune.export.dockerfile import dockerfile
from seqtune.export.model_card import model_card, new_data
from seqtune.export.quantization import INT8, contents_of
from seqtune.export.requirements import requirements, text
from seqtune.files import whole_file, write_text
from seqtune.run.bundle_file import BundleFile
from seqtune.run.export_summary import Agreement, ExportSummary
from seqtune.run.folder import now
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run
from seqtune.runtime.backend import installed
from seqtune.tasks._abilities import ReadsWith

PRIVATE = ("path", "query", "address")
"""What `run.json` says of where data came from; a bundle leaves the machine without it."""

PACKAGES = ("seqtune", "numpy", "pandas", "onnxruntime")
"""Packages whose versions the card states."""


QUANTIZES = (INT8,)
"""Weights of fewer bits that it can hold."""


def write(
    run: Run, row: Row, path: Path, *, quantize: str | None = None, allow_loss: bool = False
) -> ExportSummary:
    """Write a row of a run's leaderboard as a bundle.

    Args:
        run: A complete run.
        row: The row.
        path: The file; it is written whole or not at all.
        quantize: What the weights become; None for those of the run.
        allow_loss: Whether they may lose much of the metric.

    Raises:
        ExportError: A network cannot be converted, or what was written does not predict the same.
        MissingExtra: ONNX or its runtime is not installed.
    """
    began = time.monotonic()
    with contents_of(run, row, quantize, allow_loss=allow_loss) as (checked, loss):
        record = record_of(run, row, checked.comparison)
        if loss is not None:
            record["quantized"] = loss.to_dict()
        folder = checked.folder
        packages = {*checked.loaded, *_read_with(run)}
        write_text(folder / "requirements.txt", text(requirements(packages)))
        write_text(folder / "Dockerfile", dockerfile(path.name))
        write_text(
            folder / "model_card.md", model_card(run, row, record, checked.comparison, path.name)
        )
        with whole_file(path) as temporary:
            write_archive(folder, record, temporary)
            BundleFile(temporary).close()  # what a reader would refuse takes no name
    return ExportSummary(
        path=path,
        format="bundle",
        run=str(run.path),
        task=run.task.name,
        row=row.name,
        bytes=path.stat().st_size,
        seconds=time.monotonic() - began,
        comparison=checked.comparison,
        quantized=loss,
        new_data=new_data(run.task.info, record),
    )


def _notes(run: Run, origin: object) -> list[str]:
    """Return what the fit noted, without commands on the run, and files by their names alone."""
    notes = (str(note) for note in run.record.get("notes", []))
    about = [note for note in notes if str(run.path) not in note]
    path = str(origin or "")
    return [note.replace(path, PurePath(path).name) if path else note for note in about]


def _read_with(run: Run) -> tuple[str, ...]:
    """Return the packages that the task reads new rows with."""
    return run.task.packages(run.prepared) if isinstance(run.task, ReadsWith) else ()


def record_of(run: Run, row: Row, comparison: Agreement) -> dict[str, Any]:
    """Return what `bundle.json` says of a bundle beside the list of its files."""
    data = {name: value for name, value in run.record["data"].items() if name not in PRIVATE}
    origin = run.record["data"].get("path")
    return {
        "task": run.task.name,
        "row": row.name,
        "exported": now(),
        "versions": {name: installed(name) for name in PACKAGES},
        "seed": run.record["seed"],
        "future": run.record.get("future", []),
        "data": {**data, "path": PurePath(str(origin)).name if origin else ""},
        "fitted": {
            "began": run.record.get("began", ""),
            "versions": run.record.get("versions", {}),
            "left_out": run.record.get("left_out", {}),
            "notes": _notes(run, origin),
        },
        "compared": comparison.to_dict(),
    }
