"""What reads a stranger's bytes, each as a function of these bytes alone.

`benchmarks/fuzz.py` calls them with inputs that it makes up, tests with those that were refused
wrongly once. A function returns or raises a `SeqtuneError`; anything else is a finding.
"""

from __future__ import annotations

import shutil
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock
from zlib import crc32

import numpy as np

from seqtune.data.array_file import read_array
from seqtune.data.panel.split import BORDERS, read_split
from seqtune.data.panel.store import ARRAYS, load_panel
from seqtune.data.ragged import Ragged
from seqtune.data.reading.dialect import sniff
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.profile import profile_source
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.data.reading.texts import read_text
from seqtune.data.text.word_vectors import read_vectors
from seqtune.errors import RecipeError, RunError, SeqtuneError
from seqtune.recipe import load
from seqtune.recipe.load import Recipe, faults_of, task_of
from seqtune.run.baseline_predictions import read_predictions

Read = Callable[[bytes], object]
Prepare = Callable[[Path], Read]

WIDE = ReadOptions(wide="auto")
OPTIONS = (
    *(replace(WIDE, header="none"), replace(WIDE, header="first_line", skip=1, footer=1)),
    *(replace(WIDE, quoting="none"), replace(WIDE, quoting="standard", separator=";")),
    *(replace(WIDE, separator="space", decimal=","), replace(WIDE, comment="#", separator="tab")),
    *(replace(WIDE, dates="day_first", missing=("-", "9")), replace(WIDE, dates="%Y%m%d")),
)
"""How files are read other than by guessing."""

EXPECTED = Counter({((2, 3), "float32"): 2, ((3,), "float32"): 1})
"""The weights of the network of which the target `weights` reads the file."""

WORDS = ("good", "Film", "New York", "é")


def options_of(data: bytes) -> tuple[bytes, ReadOptions]:
    """Return the content of a file and how it is read: its last byte may say so."""
    if not data or data[-1] < 0xF0:
        return data, WIDE
    return data[:-1], OPTIONS[data[-1] % len(OPTIONS)]


def look_at(source: Source) -> None:
    """Ask a table for its last cells, and where they stand."""
    for name in source.names[:20]:
        source.text(name, source.rows - 1)
    source.where(source.rows - 1)


def file_reader(name: str, read: Callable[[OpenedFile, ReadOptions], object]) -> Prepare:
    """Return the target that reads a file of that name."""

    def prepare(folder: Path) -> Read:
        path = folder / name

        def call(data: bytes) -> None:
            content, options = options_of(data)
            path.write_bytes(content)
            with OpenedFile(path) as file:
                read(file, options)

        return call

    return prepare


def read_dialect(file: OpenedFile, options: ReadOptions) -> None:
    """Scan a file and sniff how it is written."""
    if file.start:
        sniff(file.path, file.scan(options.encoding), options)


def read_whole_table(file: OpenedFile, options: ReadOptions) -> None:
    """Read a table and look at its columns."""
    look_at(read_table(file, options))


def read_cells(file: OpenedFile, options: ReadOptions) -> None:
    """Read a table and convert each column to what it holds, and to what it does not."""
    source = read_table(file, options)
    profile_source(source)
    for name in source.names[:2]:
        for read in (source.times, source.exact_numbers, source.codes):
            with suppress(SeqtuneError):
                read(name)


def read_whole_text(file: OpenedFile, options: ReadOptions) -> None:
    """Read a document."""
    look_at(read_text(file, options))


def prepare_workbook(folder: Path) -> Read:
    """Return what reads a workbook: a whole one, or a good one with another part in it.

    A part is checked against a sum in the archive, so that bytes changed there are seldom read.
    """
    read = file_reader("data.xlsx", read_whole_table)(folder)
    with zipfile.ZipFile(folder / "workbook.xlsx") as good:
        parts = {name: good.read(name) for name in good.namelist()}

    def call(data: bytes) -> object:
        name, content = split_input(data)
        if name in parts:
            whole = BytesIO()
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
                for each, good_content in parts.items():
                    archive.writestr(
                        zipfile.ZipInfo(each), content if each == name else good_content
                    )
            data = whole.getvalue()
        return read(data)

    return call


@cache
def suggestions() -> list[tuple[Any, Any]]:
    """Return what knows of each task whether data suits it, and the task's default recipe."""
    from seqtune.tasks._info import infos, task_module

    return [(task_module(i.name, "suggest"), Recipe.load(None, i.name)) for i in infos()]


def read_roles(file: OpenedFile, options: ReadOptions) -> None:
    """Find out which tasks a table suits, and which column has which role."""
    source = read_table(file, options)
    for module, recipe in suggestions():
        with suppress(SeqtuneError):
            module.suggest(source, recipe)


def prepare_vectors(folder: Path) -> Read:
    """Return what reads word vectors."""
    path = folder / "vectors.txt"

    def call(data: bytes) -> None:
        path.write_bytes(data)
        read_vectors(path, WORDS)

    return call


def prepare_recipe(folder: Path) -> Read:
    """Return what reads a recipe, and draws up the space that it spans."""
    path, defaults = folder / "recipe.yaml", cache(load._defaults)

    def call(data: bytes) -> None:
        path.write_bytes(data)
        with mock.patch.object(load, "_defaults", defaults):  # parsed once, not for each input
            _, faults = faults_of(path)
            if faults:
                raise RecipeError("\n".join(map(str, faults)))
            recipe = Recipe.load(path, task_of(path))
            assert recipe.dimensions()
            recipe.portfolio()
            if crc32(data) % 16 == 0:  # it takes ten times as long as the rest
                again = Recipe.from_text(recipe.to_yaml())
                assert again.values == recipe.values, "a recipe is not read as it was written"

    return call


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


def split_input(data: bytes) -> tuple[str, bytes]:
    """Return the name of the file that an input is for, which is its first line, and the rest."""
    name, _, content = data.partition(b"\n")
    return name.decode("ascii", "replace"), content


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


@dataclass(frozen=True)
class Target:
    """Something that reads bytes.

    Args:
        prepare: Returns the function of bytes, which writes below a folder.
        max_bytes: The largest input that is made up.
        is_run: Whether it needs good run folders.
    """

    prepare: Prepare
    max_bytes: int = 4096
    is_run: bool = False

    def __call__(self, folder: Path) -> Read:
        """Return the function; warnings of libraries count for nothing."""
        read = self.prepare(folder)

        def call(data: bytes) -> object:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return read(data)

        return call


TARGETS = {
    "dialect": Target(file_reader("data.csv", read_dialect)),
    "delimited": Target(file_reader("data.csv", read_whole_table)),
    "cells": Target(file_reader("data.csv", read_cells), 512),
    "roles": Target(file_reader("data.csv", read_roles), 1024),
    "json": Target(file_reader("data.json", read_whole_table)),
    "text": Target(file_reader("data.txt", read_whole_text)),
    "columns": Target(file_reader("data.bin", read_whole_table), 16_384),
    "hdf5": Target(file_reader("data.h5", read_whole_table), 16_384),
    "workbook": Target(prepare_workbook, 16_384),
    "packed": Target(file_reader("data.gz", read_whole_table)),
    "database": Target(file_reader("data.db", read_whole_table), 16_384),
    "arrays": Target(prepare_arrays),
    "weights": Target(prepare_weights, 16_384),
    "recipe": Target(prepare_recipe, 512),
    "vectors": Target(prepare_vectors),
    "run": Target(prepare_run, 16_384, is_run=True),
}
"""Every target by its name."""
