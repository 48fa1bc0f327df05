"""Columns with types: Parquet, Feather, Arrow streams, ORC and HDF5."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, orc, parquet

from seqtune.data.reading import compression
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError

TABLE = pa.table({
    "day": pa.array(np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[ms]")),
    "y": [1.5, 2.5],
    "at": [{"x": 1, "z": {"w": "a"}}, {"x": 2, "z": None}],
})  # fmt: skip


def stream(table: pa.Table, path: str) -> None:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


WRITE: dict[str, Callable[[pa.Table, str], None]] = {
    "t.parquet": parquet.write_table,
    "t.feather": feather.write_feather,
    "t.arrow": feather.write_feather,
    "t.arrows": stream,
    "t.orc": orc.write_table,
    "t.of_any_name": orc.write_table,
}


@pytest.mark.parametrize("name", WRITE)
def test_types_are_kept_and_nested_columns_are_flat(name: str, tmp_path: Path) -> None:
    WRITE[name](TABLE, str(tmp_path / name))
    source = read_source(tmp_path / name)
    assert source.names == ("day", "y", "at.x", "at.z.w")
    assert source.kind("day") == "time"
    assert source.numbers("y").tolist() == [1.5, 2.5]
    assert source.texts("at.z.w") == ["a", ""]


@pytest.mark.parametrize("name", list(WRITE)[:5])
def test_damaged_files_are_refused_in_a_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITE[name](TABLE, str(path))
    whole = path.read_bytes()
    for content in (whole[:40], whole[: len(whole) // 2], whole[:20] + b"\xff" * 20 + whole[40:]):
        path.write_bytes(content)
        try:
            read_source(path)
        except DataError as error:
            assert "\n" not in error.message + error.hint
            assert error.hint


def test_rows_that_take_no_room_are_counted_before_they_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "LEAST_BOUND", 1 << 16)
    monkeypatch.setattr(compression, "free_memory", lambda: 1 << 18)
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"a": np.zeros(1_000_000)}), path)
    with pytest.raises(DataError, match="over 200 times its size"):
        read_source(path)


def hdf5(path: Path, **datasets: object) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return path


def test_datasets_of_hdf5_are_columns(tmp_path: Path) -> None:
    records = np.array([(1, 2.5), (2, 3.5)], dtype=[("t", "<i4"), ("y", ">f8")])
    source = read_source(hdf5(tmp_path / "a.h5", **{"in/a/group": records}))
    assert (source.names, source.numbers("y").tolist()) == (("t", "y"), [2.5, 3.5])
    assert source.notes == ("read from the dataset 'in/a/group'",)
    words = np.array([b"a", b"b", b"c"])
    source = read_source(hdf5(tmp_path / "b.h5", x=np.arange(3), word=words))
    assert sorted(source.names) == ["word", "x"]
    assert source.texts("word") == ["a", "b", "c"]
    source = read_source(hdf5(tmp_path / "c.h5", m=np.ones((4, 2))))
    assert (source.names, source.rows) == (("column_1", "column_2"), 4)


def test_other_hdf5_files_are_refused(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", x=np.arange(3), y=np.arange(4))
    with pytest.raises(DataError, match="found x, y"):
        read_source(path)
    with pytest.raises(DataError, match="'x' holds values of variable length"):
        read_source(hdf5(tmp_path / "b.h5", x=["a", "b"]))
    with h5py.File(path, "w") as file:
        file["out"] = h5py.ExternalLink("elsewhere.h5", "x")
    with pytest.raises(DataError, match="holds no table"):
        read_source(path)
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(3)
        file["x"].attrs["pandas_type"] = "frame_table"
    with pytest.raises(DataError, match="written by pandas") as caught:
        read_source(path)
    assert "to_parquet" in caught.value.hint
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match="not a readable HDF5"):
        read_source(path)
