"""The networks of a row without what reads data, for other programs: a folder, or one file.

FOLDER/t001.keras       a network, or one file for each of its programs
FOLDER/networks.json    which weigh how much, and what their arguments are
FOLDER/codec.json       what was fitted on the training data: scales, names, vocabularies
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqtune.errors import ExportError, RunError
from seqtune.export.calls import Array, Call, compare_calls, record_calls
from seqtune.files import read_json, scratch_folder, whole_file, whole_folder, write_json
from seqtune.run.export_summary import ExportSummary
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run

NETWORKS, CODEC = "networks.json", "codec.json"

RAW = (
    "the networks take and give scaled arrays; reading data, scaling and calibration are seqtune's "
    "own, and in a bundle"
)
"""What is said of every form that holds networks alone."""

Calls = Mapping[str, Sequence[Call]]
Answers = Sequence[tuple[Call, Sequence[Array]]]
Write = Callable[[Path, Calls], tuple[Mapping[str, Any], Answers]]
"""Writes networks to a folder, and asks what it wrote the calls of each: returns what is said of
its programs, by network, and the answers."""


def write_alone(
    run: Run,
    row: Row,
    path: Path,
    *,
    form: str,
    ending: str,
    limit: float,
    write: Write,
    alone: bool = False,
) -> ExportSummary:
    """Write the networks behind a row in some form, if what was written says the same.

    Args:
        run: A complete run.
        row: A row of its leaderboard.
        path: A folder; or a file with the ending, where one is all.
        form: The form.
        ending: How its files end; "" for a form that needs a folder.
        limit: What is taken for rounding, as a share of the scale of what a network says.
        write: Writes the form.
        alone: Whether the form holds the model alone; see `seqtune.export.calls.programs_of`.

    Raises:
        ExportError: The row has no network, or several for one file; the form cannot hold one, or
            does not say the same.
        RunError: The folder holds something else.
    """
    began = time.monotonic()
    check_writable(run, row, path, form, _is_ours)
    members = run.predictor.open_members(row.name)
    calls = {
        Path(each.member.file).stem: record_calls(run.predictor, each, alone=alone)
        for each in members
        if not each.method
    }
    with scratch_folder() as scratch:
        folder = scratch / "networks"
        folder.mkdir()
        described, answers = write(folder, calls)
        comparison = compare_calls(run.predictor, row.name, answers, limit)
        if ending and path.suffix == ending:
            _write_file(folder, path, row.name, ending)
        else:
            _write_codec(run, folder)
            write_json(folder / NETWORKS, _networks(members, described))
            with whole_folder(path) as fresh:
                shutil.copytree(folder, fresh, dirs_exist_ok=True)
    return ExportSummary(
        path=path,
        format=form,
        run=str(run.path),
        task=run.task.name,
        row=row.name,
        bytes=sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file()),
        seconds=time.monotonic() - began,
        comparison=comparison,
        notes=(*_notes(members), *_lengths(described), *_imports(described)),
    )


def _networks(members: Sequence[Any], described: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "networks": [
            {
                "network": Path(each.member.file).stem,
                "weight": each.weight,
                "programs": described[Path(each.member.file).stem],
            }
            for each in members
            if not each.method
        ],
        "left_out": {each.method: each.weight for each in members if each.method},
    }


def _notes(members: Sequence[Any]) -> list[str]:
    methods = [f"{each.method} ({each.weight:.0%})" for each in members if each.method]
    left = f"left out, as no network: {', '.join(methods)}"
    return [RAW, left] if methods else [RAW]


def _lengths(described: Mapping[str, Any]) -> list[str]:
    """Say which axes are as long as they were written, if any are."""
    fixed = {
        f"{name} = {size}"
        for programs in described.values()
        for program in programs.values()
        for name, size in program.get("fixed", {}).items()
    }
    return [f"fixed sizes: {', '.join(sorted(fixed))}"] if fixed else []


def _imports(described: Mapping[str, Any]) -> list[str]:
    """Say which modules have to be imported before a network is opened, if any have to."""
    modules = {
        module
        for programs in described.values()
        for program in programs.values()
        for module in program.get("imports", ())
    }
    return [f"before it is opened: import {', '.join(sorted(modules))}"] if modules else []


def check_writable(
    run: Run, row: Row, path: Path, form: str, is_ours: Callable[[Path], bool]
) -> None:
    """Refuse a row without a network, and a folder that is no export of networks.

    Args:
        run: A complete run.
        row: A row of its leaderboard.
        path: What is to be written: nothing but an earlier export is ever removed.
        form: The form.
        is_ours: Says whether a folder is such an export.

    Raises:
        ExportError: The row is a simple method.
        RunError: The folder holds something else.
    """
    if row.kind == "baseline":
        raise ExportError(
            f"{row.name} is a simple method, which has no network to write as {form}",
            f"seqtune export {run.path} --use network --format {form} -o FOLDER",
        )
    if path.is_dir() and any(path.iterdir()) and not is_ours(path):
        raise RunError(
            f"the folder {path} holds something else than networks", "choose another: -o FOLDER"
        )


def _is_ours(path: Path) -> bool:
    """Say whether a folder holds the networks that it lists, and nothing else."""
    try:
        listed = read_json(path / NETWORKS)["networks"]
        names = {
            Path(str(program["file"])).name
            for each in listed
            for program in each["programs"].values()
        }
    except (RunError, AttributeError, KeyError, TypeError):
        return False
    return {each.name for each in path.iterdir()} <= {*names, NETWORKS, CODEC}


def _write_file(folder: Path, path: Path, row: str, ending: str) -> None:
    files = sorted(folder.iterdir())
    if len(files) != 1:
        raise ExportError(
            f"{row} comes to {len(files)} files; found the file {path}, expected a folder",
            f"-o {path.with_suffix('')}",
        )
    with whole_file(path) as temporary:
        shutil.copyfile(files[0], temporary)


def _write_codec(run: Run, folder: Path) -> None:
    """Write what was fitted on the training data, without the data."""
    with scratch_folder() as scratch:
        run.prepared.save(scratch)
        if (scratch / CODEC).is_file():
            shutil.copyfile(scratch / CODEC, folder / CODEC)
