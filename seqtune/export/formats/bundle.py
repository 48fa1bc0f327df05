"""One file that seqtune opens anywhere, and that predicts without Keras."""

from __future__ import annotations

import tempfile
import time
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from seqtune.errors import MissingExtra

if TYPE_CHECKING:
    from seqtune.run.export_summary import Comparison, ExportSummary
    from seqtune.run.leaderboard import Row
    from seqtune.run.run import Run

NEEDED = ("onnx", "onnxruntime")
"""What a network is converted and run with."""


def write(run: Run, row: Row, path: Path) -> ExportSummary:
    """Write a row of a run's leaderboard as a bundle.

    Args:
        run: A complete run.
        row: The row.
        path: The file; it is written whole or not at all.

    Raises:
        ExportError: A network cannot be converted, or what was written does not predict the same.
        MissingExtra: ONNX or its runtime is not installed.
    """
    if row.kind != "baseline":
        check_installed()
    from seqtune.export.archive import write_archive
    from seqtune.export.comparison import compare, part_to_compare
    from seqtune.export.contents import write_contents
    from seqtune.export.dockerfile import dockerfile
    from seqtune.export.model_card import model_card
    from seqtune.export.rehearsal import rehearse
    from seqtune.export.requirements import requirements, text
    from seqtune.files import no_scratch, whole_file, write_text
    from seqtune.run.bundle_file import BundleFile
    from seqtune.run.export_summary import ExportSummary

    began, predictor = time.monotonic(), run.predictor
    try:
        place = tempfile.TemporaryDirectory(prefix="seqtune-")
    except OSError as error:
        raise no_scratch(error) from error
    with place as name:
        folder = Path(name) / "bundle"
        folder.mkdir()
        write_contents(predictor, row.name, folder)
        part = part_to_compare(predictor.prepared)
        rehearsal = rehearse(folder, row.name, part)
        comparison = compare(predictor, row.name, part, rehearsal.predictions)
        lines = requirements(rehearsal.loaded)
        write_text(folder / "requirements.txt", text(lines))
        write_text(folder / "Dockerfile", dockerfile(path.name))
        record = record_of(run, row, comparison)
        write_text(folder / "model_card.md", model_card(run, row, record, path.name))
        with whole_file(path) as temporary:
            write_archive(folder, record, temporary)
            BundleFile(temporary).close()  # it opens
    return ExportSummary(
        path=path,
        format="bundle",
        run=str(run.path),
        task=run.task.name,
        row=row.name,
        bytes=path.stat().st_size,
        seconds=time.monotonic() - began,
        comparison=comparison,
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


PRIVATE = ("path", "query", "address")
"""What `run.json` says of where data came from; a bundle leaves the machine without it."""


def record_of(run: Run, row: Row, comparison: Comparison) -> dict[str, Any]:
    """Return what `bundle.json` says of a bundle beside the list of its files."""
    from seqtune.run.folder import now
    from seqtune.runtime.backend import installed

    data = {name: value for name, value in run.record["data"].items() if name not in PRIVATE}
    origin = run.record["data"].get("path")
    packages = ("seqtune", "numpy", "pandas", "onnxruntime")
    return {
        "task": run.task.name,
        "row": row.name,
        "exported": now(),
        "versions": {name: installed(name) for name in packages},
        "seed": run.record["seed"],
        "future": run.record.get("future", []),
        "data": {**data, "path": PurePath(str(origin)).name if origin else ""},
        "fitted": {
            "began": run.record.get("began", ""),
            "versions": run.record.get("versions", {}),
            "left_out": run.record.get("left_out", {}),
            "notes": run.record.get("notes", []),
        },
        "compared": comparison.to_dict(),
    }
