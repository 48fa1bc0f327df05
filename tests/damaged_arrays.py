"""Damage to the arrays of a prepared run, as a stranger or a full disk might do it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Act = Callable[[Path], None]
"""What is done to a folder."""


def array_of(name: str, values: Any, **options: Any) -> Act:
    """Other values in an array of the folder."""
    return lambda folder: np.save(path_of(folder, name), np.asarray(values), **options)


def set_in(name: str, place: Any, value: Any) -> Act:
    """Another value at a place of an array."""

    def act(folder: Path) -> None:
        values = np.load(path_of(folder, name))
        values[place] = value
        np.save(path_of(folder, name), values)

    return act


def bomb(name: str, kind: str, shape: tuple[int, ...]) -> Act:
    """An array of many terabytes in a file of a hundred bytes."""

    def act(folder: Path) -> None:
        header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": shape}
        with path_of(folder, name).open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)

    return act


def cut_off(name: str) -> Act:
    """An array without its last bytes."""

    def act(folder: Path) -> None:
        path = path_of(folder, name)
        path.write_bytes(path.read_bytes()[:-3])

    return act


def gone(name: str) -> Act:
    """No file where an array was."""
    return lambda folder: path_of(folder, name).unlink()


def path_of(folder: Path, name: str) -> Path:
    """Return the file of an array."""
    return folder / "data" / f"{name}.npy"


def check_nothing_is_unpickled(
    folder: Path, canary: Path, load: Callable[[Path], Any], refusal: Callable[[Path], str]
) -> None:
    """Put code that a pickle would run in the place of each array, and look whether it has run.

    Args:
        folder: Where the arrays are; they are as before in the end.
        canary: A file that the code makes.
        load: Opens the arrays.
        refusal: Opens them, and returns in which words they are refused.
    """

    class Attack:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (canary,)

    paths = list((folder / "data").glob("*.npy"))
    assert paths
    for path in paths:
        before = path.read_bytes()
        path.write_bytes(pickle.dumps(Attack()))
        refusal(folder)
        np.save(path, np.array([Attack()], dtype=object), allow_pickle=True)
        refusal(folder)
        path.write_bytes(before)
    assert not canary.exists()
    load(folder)
