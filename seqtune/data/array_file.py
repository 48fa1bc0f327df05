"""A `.npy` file of a run folder: written whole, and read though it may come from somebody else.

numpy believes the header of a file: it takes as much memory as the header says before it looks
whether the file has as many bytes. Here the header is held against what is expected first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
import numpy.lib.format as npy
import numpy.typing as npt

from seqtune.files import write_with

Array = npt.NDArray[Any]

FAULTS = (
    *(ArithmeticError, LookupError, MemoryError, RecursionError, SyntaxError, TokenError),
    TypeError,
)
"""What numpy lets out of a header that is not what it should be, besides ValueError."""


def read_array(
    path: Path, kind: str, shape: Sequence[int | None] | None, *, mmap: bool = False
) -> npt.NDArray[Any]:
    """Read an array of a known type; nothing in the file is executed.

    Args:
        path: The file.
        kind: Name of the type, such as "float64".
        shape: Length of each axis; None for an axis, or for all, where any will do.
        mmap: Map the file into memory, read-only, instead of reading it.

    Raises:
        ValueError: The file is not such an array, or has fewer or more bytes than it says.
        OSError: It cannot be read.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing")
    with path.open("rb") as file:
        found, dtype = _header(file)
        begin = file.tell()
    if dtype != np.dtype(kind) or (shape is not None and not _fits(found, shape)):
        raise ValueError(
            f"{path.name} holds {dtype} {list(found)}, expected {kind} {_words(shape or ())}"
        )
    size, expected = path.stat().st_size - begin, math.prod(found) * dtype.itemsize
    if size != expected:
        raise ValueError(f"{path.name} has {size} bytes of values, expected {expected}")
    if mmap and expected:  # an empty file cannot be mapped
        mapped: Array = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped
    array: Array = np.load(path, allow_pickle=False)
    return array


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array whole, or not at all.

    Raises:
        RunError: The folder cannot be written, or the disk is full.
    """

    def write(file: IO[bytes]) -> None:
        np.save(file, array, allow_pickle=False)

    write_with(path, write)


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type of a `.npy` file that is open at its beginning."""
    version = npy.read_magic(file)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"a .npy file of version {version}")
    try:
        shape, _, dtype = readers[version](file)
    except FAULTS as error:
        raise ValueError("the header of a .npy file cannot be read") from error
    return shape, dtype


def _fits(found: Sequence[int], shape: Sequence[int | None]) -> bool:
    return len(found) == len(shape) and all(
        length >= 0 and wanted in (None, length)
        for length, wanted in zip(found, shape, strict=True)
    )


def _words(shape: Sequence[int | None]) -> str:
    return f"[{', '.join('any' if length is None else str(length) for length in shape)}]"


def read_numbers(path: Path) -> npt.NDArray[Any]:
    """Read an array of numbers of any type and shape; nothing in the file is executed.

    Raises:
        ValueError: The file is none, or has fewer or more bytes than it says.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        found, dtype = _header(file)
    if dtype.kind not in "iufb" or dtype.hasobject:
        raise ValueError(f"{path.name} holds {dtype}, expected numbers")
    return read_array(path, dtype.str, found)
