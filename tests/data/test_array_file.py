"""Arrays of a run folder whose header is not one that numpy writes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from seqtune.data.array_file import read_array


def write(path: Path, header: str, values: bytes = bytes(16)) -> Path:
    """Write a `.npy` file of version 1.0 with that header."""
    path.write_bytes(
        b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values
    )
    return path


def described(kind: str) -> str:
    return f"{{'descr': {kind}, 'fortran_order': False, 'shape': (2,)}}"


def test_an_array_with_a_sound_header_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npy", described("'<f8'"), struct.pack("<2d", 1.5, -2.0))
    np.testing.assert_array_equal(read_array(path, "float64", (2,)), [1.5, -2.0])


@pytest.mark.parametrize(
    "header",
    [
        *("", "\0", "7", "-" * 3000 + "1", "(" * 400, "[" * 60_000),
        *("  if:\n x", "x\n  y\n z", "'''", "{1: 2, 'a': 3}"),
        *map(described, ("()", "('<f8',)", "[()]", "[('a',)]", "{}", "'V" + "9" * 30 + "'", "1")),
    ],
)
def test_a_header_that_is_none_is_refused(tmp_path: Path, header: str) -> None:
    path = write(tmp_path / "a.npy", header)
    for is_mapped in (False, True):
        with pytest.raises(ValueError) as refused:
            read_array(path, "float64", (2,), mmap=is_mapped)
        assert str(refused.value)
