"""Attacks on a run folder, and what a command that refuses one must do."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import command_line
import h5py
from command_line import left_alone
from mutation import mutations

from seqtune.errors import SeqtuneError
from seqtune.search.network_file import WEIGHTS

DEEP = "[" * 100_000 + "]" * 100_000

NO_PART = (
    *(b"", b"{", b"[]", b"7", b"null", b"NaN", b'"text"', b"\xff\xfe{", b'{"a": 1}'),
    *(DEEP.encode(), b'{"a": ' + DEEP.encode() + b"}", b"9" * 5000),
)
"""What may stand in a JSON file instead of what should."""


def refuse(command: str, folder: Path, *words: object) -> str:
    """Run a command on a folder that it must refuse in two lines, and return the error."""
    with left_alone(folder):
        done = command_line.seqtune(command, folder, *words, code=1)
    assert done.out == ""
    *_, error, hint = done.err.splitlines()
    assert error.startswith("error: ") and hint.startswith("hint: "), done.err
    assert "Traceback" not in done.err
    assert (error + hint).isprintable() and len(error) < 700, error
    return error


def refusals_of_mutations(
    folder: Path, names: Sequence[str], use: Callable[[], object], most: int
) -> int:
    """Change one place of a JSON file at a time, use the run and report it.

    Args:
        folder: A good run folder; it is as it was in the end.
        names: The JSON files in it that are changed.
        use: Uses the run; it may raise nothing but a `SeqtuneError`.
        most: So many changes, drawn from all that there are.

    Returns:
        In how many cases the run was refused.
    """
    parts = {name: json.loads((folder / name).read_text(encoding="utf-8")) for name in names}
    every = [(name, each) for name, part in parts.items() for each in mutations(part)]
    refusals = 0
    for name, values in random.Random(0).sample(every, most):
        kept = (folder / name).read_bytes()
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                use()
        except SeqtuneError:
            refusals += 1
        assert command_line.seqtune("report", folder, code=None).code in (0, 1)
        (folder / name).write_bytes(kept)
    return refusals


@contextlib.contextmanager
def restored(*paths: Path) -> Iterator[None]:
    """Write files as they were when the attack on them is over."""
    kept = {path: path.read_bytes() for path in paths}
    try:
        yield
    finally:
        for path, content in kept.items():
            path.write_bytes(content)


def put(path: Path, place: str, value: Any) -> None:
    """Put a value at a place of a JSON file; what JSON cannot hold is written as Python writes it.

    Args:
        path: The file.
        place: Keys and numbers, such as "t001/factors/0".
        value: What is to stand there.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    holder, keys = document, place.split("/")
    for key in keys[:-1]:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    holder[int(keys[-1]) if isinstance(holder, list) else keys[-1]] = value
    path.write_text(json.dumps(document), encoding="utf-8")


def change(path: Path, **keys: Any) -> None:
    """Change keys of a JSON file; what JSON cannot hold is written as Python writes it."""
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**values, **keys}), encoding="utf-8")


def rewrite(path: Path, members: dict[str, bytes | None], kind: int = zipfile.ZIP_STORED) -> None:
    """Replace, add or (None) take away members of a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        held = {member.filename: archive.read(member) for member in archive.infolist()}
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in {**held, **members}.items():
            if content is not None:
                archive.writestr(name, content)


def rewrite_weights(path: Path, act: Callable[[h5py.File], None]) -> None:
    """Change the weights inside a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        stored = io.BytesIO(archive.read(WEIGHTS))
    with h5py.File(stored, "r+") as file:
        act(file)
    rewrite(path, {WEIGHTS: stored.getvalue()})


def kernel(file: h5py.File) -> h5py.Dataset:
    """Return the first dataset of at least two dimensions, and so a matrix of weights."""
    found: list[h5py.Dataset] = []

    def look(name: str, entry: Any) -> None:
        if name.startswith("layers/") and isinstance(entry, h5py.Dataset) and entry.ndim > 1:
            found.append(entry)

    file.visititems(look)
    return found[0]


class Attack:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)
