"""What reads a stranger's bytes, each as a function of these bytes alone.

`benchmarks/fuzz.py` calls them with inputs that it makes up, tests with those that were refused
wrongly once. A function returns or raises a `SeqtuneError`; anything else is a finding.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock
from zlib import crc32

from fuzz_run_targets import Read, prepare_arrays, prepare_run, prepare_weights, split_input

from seqtune.data.reading.dialect import sniff
from seqtune.data.reading.music.open_pieces import pieces_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.profile import profile_source
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.sentences.open_sentences import Wanted, read_sentences
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.data.reading.texts import read_text
from seqtune.data.text.word_vectors import read_vectors
from seqtune.errors import RecipeError, SeqtuneError
from seqtune.recipe import load
from seqtune.recipe.load import Recipe, faults_of, task_of
from seqtune.tasks.generate.event_corpus import pieces_corpus

Prepare = Callable[[Path], Read]

WIDE = ReadOptions(wide="auto")
OPTIONS = (
    *(replace(WIDE, header="none"), replace(WIDE, header="first_line", skip=1, footer=1)),
    *(replace(WIDE, quoting="none"), replace(WIDE, quoting="standard", separator=";")),
    *(replace(WIDE, separator="space", decimal=","), replace(WIDE, comment="#", separator="tab")),
    *(replace(WIDE, dates="day_first", missing=("-", "9")), replace(WIDE, dates="%Y%m%d")),
)
"""How files are read other than by guessing."""

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


def read_whole_sentences(file: OpenedFile, options: ReadOptions) -> None:
    """Read a file of sentences, and write it back as it was and with other labels."""
    source = read_sentences(file, options, Wanted(("token", "label"), is_asked=True))
    if source is not None:
        look_at(source)
        source.filled_in(source.names[-1], {})
        source.filled_in("label", ["B-x"] * source.rows)


def read_pieces(file: OpenedFile, options: ReadOptions) -> None:
    """Read music and bring it to a text of steps."""
    source = pieces_of(file, options)
    if source is not None:
        look_at(source)
        pieces_corpus(source)


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
    "conll": Target(file_reader("data.conll", read_whole_sentences), 1024),
    "spans": Target(file_reader("data.jsonl", read_whole_sentences), 1024),
    "columns": Target(file_reader("data.bin", read_whole_table), 16_384),
    "hdf5": Target(file_reader("data.h5", read_whole_table), 16_384),
    "workbook": Target(prepare_workbook, 16_384),
    "packed": Target(file_reader("data.gz", read_whole_table)),
    "database": Target(file_reader("data.db", read_whole_table), 16_384),
    "arrays": Target(prepare_arrays),
    "weights": Target(prepare_weights, 16_384),
    "recipe": Target(prepare_recipe, 512),
    "vectors": Target(prepare_vectors),
    "midi": Target(file_reader("data.mid", read_pieces)),
    "abc": Target(file_reader("data.abc", read_pieces), 1024),
    "note_lists": Target(file_reader("data.json", read_pieces), 1024),
    "run": Target(prepare_run, 16_384, is_run=True),
}
"""Every target by its name."""
