"""What reads the files of a run folder from a stranger: see `fuzz_targets`."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from seqtune.data.array_file import read_array
from seqtune.data.panel.split import BORDERS, read_split
from seqtune.data.panel.store import ARRAYS, load_panel
from seqtune.data.ragged import Ragged
from seqtune.errors import RunError
from seqtune.run.baseline_predictions import read_predictions

Read = Callable[[bytes], object]

EXPECTED = Counter({((2, 3), "float32"): 2, ((3,), "float32"): 1})
"""The weights of the network of which the target `weights` reads the file."""


def split_input(data: bytes) -> tuple[str, bytes]:
    """Return the name of the file that an input is for, which is its first line, and the rest."""
    name, _, content = data.partition(b"\n")
    return name.decode("ascii", "replace"), content


def prepare_weights(folder: Path) -> Read:
    """Return what reads a network: a `.keras` file, or the HDF5 file that lies in one."""
    from seqtune.search.network_file import FAULTS, WEIGHTS, read_weights

    path = folder / "t001.keras"

    def call(data: bytes) -> None:
        if not data.startswith(b"PK"):
            whole = BytesIO()
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(zipfile.ZipInfo(WEIGHTS), data)
            data = whole.getvalue()
        path.write_bytes(data)
        try:
            read_weights(path, EXPECTED)
        except FAULTS as error:  # as `load_network` does
            raise RunError(str(error)) from error

    return call


def prepare_arrays(folder: Path) -> Read:
    """Return what reads the arrays of a run folder, one of which is the input.

    Args:
        folder: Holds the folder `arrays` with good ones; see `fuzz_seeds.write_arrays`.
    """
    held = {path.name: path.read_bytes() for path in (folder / "arrays").iterdir()}
    place = Path(shutil.copytree(folder / "arrays", folder / "attacked-arrays", dirs_exist_ok=True))

    def call(data: bytes) -> None:
        name, content = split_input(data)
        if name not in held:
            return
        path = place / name
        path.write_bytes(content)
        try:
            _read_arrays(place, name)
        finally:
            path.write_bytes(held[name])

    return call


def _read_arrays(place: Path, name: str) -> None:
    stem = name.removesuffix(".npy")
    if stem in ARRAYS or stem in BORDERS or name == "panel.json":
        for mmap in (False, True):
            panel = load_panel(place, mmap)
            panel.lengths.sum()
            read_split(place, panel.offsets)
    elif stem.startswith("tokens"):
        cases = Ragged.load(place, "tokens", "int32")
        cases.take(np.arange(len(cases)))
    elif stem.startswith("channels"):
        cases = Ragged.load(place, "channels", "float64", 2)
        cases.select(np.arange(len(cases)))
    else:
        read_predictions(place / name).sum()
    with suppress(ValueError, OSError):
        read_array(place / name, "float64", (None, None))


def prepare_run(folder: Path) -> Read:
    """Return what reads the JSON of run folders, one file of which is the input.

    Args:
        folder: Holds the folder `runs` with a good run of each task, under the task's name.
    """
    shutil.copytree(folder / "runs", folder / "attacked-runs", dirs_exist_ok=True)
    return run_reader({run.name: run for run in sorted((folder / "attacked-runs").iterdir())})


def run_reader(runs: Mapping[str, Path]) -> Read:
    """Return what reads the JSON of run folders.

    Args:
        runs: A run folder by the name of its task; it is as it was after each input.
    """
    from seqtune.tasks import load_task

    tasks = {name: load_task(name) for name in runs}
    prepared = {name: tasks[name].load(run) for name, run in runs.items()}
    held = {
        f"{task}/{path.relative_to(run).as_posix()}": (task, path, path.read_bytes())
        for task, run in runs.items()
        for path in run.rglob("*")
        if path.suffix in (".json", ".jsonl")
    }

    def call(data: bytes) -> None:
        name, content = split_input(data)
        if name not in held:
            return
        task, path, good = held[name]
        path.write_bytes(content)
        try:
            _read_run(runs[task], path.name, tasks[task], prepared[task])
        finally:
            path.write_bytes(good)

    return call


def _read_run(folder: Path, name: str, task: Any, prepared: Any) -> None:
    from seqtune.run.folder import read_state
    from seqtune.run.members import read_calibrations, read_members
    from seqtune.run.run import Run
    from seqtune.search.recorded import check_values

    run = Run(folder)
    match name:
        case "run.json" | "leaderboard.json":
            str(run), run.summary.to_dict(), run.leaderboard
        case "trials.jsonl":
            str(run.checked_trials), run.summary.to_dict()
        case "members.json":
            for row in read_members(folder).values():
                for member in row:
                    check_values(task.name, member.values, folder / name)
        case "calibration.json":
            for value in read_calibrations(folder).values():
                with suppress(ValueError):  # as `Predictor.calibrations` does
                    task.read_calibration(prepared, value)
        case "codec.json" | "panel.json":
            task.load(folder)
        case "state.json":
            read_state(folder)
