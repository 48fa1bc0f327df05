"""Files of every form with some bytes changed: read, or refused in a line; nothing else."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import h5py
import numpy as np
import pandas as pd
import pytest
from pyarrow import feather, orc

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import SeqtuneError

TABLE = pd.DataFrame({
    "t": pd.date_range("2024-01-01", periods=50), "y": np.arange(50.0), "w": ["a", "b"] * 25,
})  # fmt: skip


def write_sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        TABLE.to_sql("t", connection, index=False)


def write_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS y, 'a' AS w FROM range(50)")


def write_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["a/y"], file["w"] = TABLE["y"].to_numpy(), np.array(TABLE["w"], dtype="S1")


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", TABLE.to_csv(index=False))


def arrow(write: Callable[..., None]) -> Callable[[Path], None]:
    import pyarrow as pa

    return lambda path: write(pa.Table.from_pandas(TABLE, preserve_index=False), str(path))


WRITE: dict[str, Callable[[Path], object]] = {
    "t.parquet": TABLE.to_parquet,
    "t.feather": arrow(feather.write_feather),
    "t.orc": arrow(orc.write_table),
    "t.xlsx": lambda path: TABLE.to_excel(path, index=False),
    "t.jsonl": lambda path: TABLE.to_json(path, orient="records", lines=True),
    "t.json": lambda path: TABLE.to_json(path, orient="records", indent=1),
    "t.sqlite": write_sqlite,
    "t.duckdb": write_duckdb,
    "t.h5": write_hdf5,
    "t.zip": write_zip,
    "t.csv.gz": TABLE.to_csv,
}
SOME = 60
"""Damaged copies of each form."""


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Change, remove or insert a few bytes."""
    found = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        at = chance.randrange(len(found) or 1)
        match chance.randrange(5):
            case 0:
                del found[at : at + chance.choice([1, 4, 100, len(found) // 2])]
            case 1:
                found[at:at] = chance.randbytes(chance.choice([1, 4, 50]))
            case _:
                found[at : at + 1] = chance.randbytes(1)
    return bytes(found)


def use(source: Source) -> None:
    """Look at every column, as `inspect` does."""
    for name in source.names:
        source.text(name, 0)
        with contextlib.suppress(SeqtuneError):
            if source.kind(name) == "time":
                source.parse_times(name)
            else:
                source.parse_numbers(name)


@pytest.mark.parametrize("name", WRITE)
def test_damaged_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITE[name](path)
    whole, chance = path.read_bytes(), random.Random(0)
    use(read_source(path))
    refused = 0
    for _ in range(SOME):
        path.write_bytes(damaged(whole, chance))
        try:
            use(read_source(path))
        except SeqtuneError as error:
            refused += 1
            assert "\n" not in error.message + error.hint
            assert len(error.message) < 500 + len(str(path))
            assert error.hint
    assert refused
