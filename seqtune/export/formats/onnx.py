"""The networks alone as ONNX, for other programs: a folder, or one file that ends in .onnx."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from seqtune.errors import ExportError, RunError
from seqtune.export.alone import RAW, check_writable
from seqtune.export.quantization import INT8, contents_of
from seqtune.files import read_json, whole_file, whole_folder, write_json
from seqtune.run.export_summary import ExportSummary
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run

ENDING = ".onnx"

QUANTIZES = (INT8,)
"""Weights of fewer bits that it can hold."""


def write(
    run: Run, row: Row, path: Path, *, quantize: str | None = None, allow_loss: bool = False
) -> ExportSummary:
    """Write the networks behind a row of a run's leaderboard.

    Args:
        run: A complete run.
        row: The row.
        path: A folder, which gets a file for each program of each network and a `.json` that
            describes their arguments; or a file that ends in `.onnx`, where there is one program.
        quantize: What the weights become; None for those of the run.
        allow_loss: Whether they may lose much of the metric.

    Raises:
        ExportError: The row has no network, or several programs for one file; a network cannot be
            converted, or does not predict the same.
        RunError: The folder holds something else.
        MissingExtra: ONNX or its runtime is not installed.
    """
    began = time.monotonic()
    check_writable(run, row, path, "onnx", _is_ours)
    with contents_of(run, row, quantize, allow_loss=allow_loss) as (checked, loss):
        models = checked.folder / "models"
        programs = sorted(models.glob(f"*{ENDING}"))
        if path.suffix != ENDING:
            with whole_folder(path) as fresh:
                _write_folder(models, fresh)
        elif len(programs) == 1:
            with whole_file(path) as temporary:
                shutil.copyfile(programs[0], temporary)
        else:
            raise ExportError(
                f"{row.name} has {len(programs)} programs, one in each ONNX file; found the file "
                f"{path}, expected a folder",
                f"-o {path.with_suffix('')}",
            )
    files = path.iterdir() if path.is_dir() else [path]
    return ExportSummary(
        path=path,
        format="onnx",
        run=str(run.path),
        task=run.task.name,
        row=row.name,
        bytes=sum(file.stat().st_size for file in files),
        seconds=time.monotonic() - began,
        comparison=checked.comparison,
        notes=(RAW,),
        quantized=loss,
    )


def _is_ours(path: Path) -> bool:
    """Say whether a folder holds networks, each with the file that describes it, and nothing else.

    Args:
        path: The folder.
    """
    described = sorted(path.glob("*.json"))
    try:
        programs = [each for file in described for each in read_json(file)["programs"].values()]
        names = {str(program["file"]) for program in programs}
    except (RunError, AttributeError, KeyError, TypeError):
        return False
    return {each.name for each in path.iterdir()} <= {*names, *(each.name for each in described)}


def _write_folder(models: Path, folder: Path) -> None:
    """Write the networks, and what describes them, without the folder that a bundle has them in."""
    for file in sorted(models.iterdir()):
        if file.suffix == ENDING:
            shutil.copyfile(file, folder / file.name)
            continue
        described: dict[str, Any] = read_json(file)
        for program in described["programs"].values():
            program["file"] = Path(program["file"]).name
        write_json(folder / file.name, described)
