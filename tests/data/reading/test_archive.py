"""ZIP archives with one table, members by name, and files that unpack to far too much."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from seqtune.data.reading import compression
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError

TABLE = "a,b\n1,x\n2,y\n"
BAD = "a,b\n1,x\n2,y,3\n"


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def parquet() -> bytes:
    held = io.BytesIO()
    pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_parquet(held)
    return held.getvalue()


@pytest.mark.parametrize("members", [
    {"t.csv": TABLE},
    {"in/a/folder/t.csv": TABLE, "__MACOSX/t.csv": b"\0", "readme.txt": "Hello", ".x.csv": ""},
    {"t.txt": TABLE},
    {"t": TABLE},
    {"t.parquet": parquet()},
    {"t.jsonl": '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'},
])  # fmt: skip
def test_the_only_table_of_an_archive_is_read(
    members: dict[str, str | bytes], tmp_path: Path
) -> None:
    name = next(iter(members))
    source = read_source(zipped(tmp_path / "t.zip", **members))
    assert source.names == ("a", "b")
    assert source.numbers("a").tolist() == [1.0, 2.0]
    assert any(f"from the archive: {name}" in note for note in source.notes)
    assert source.path == tmp_path / "t.zip" / name


def test_several_tables_are_named_and_one_is_chosen_by_its_path(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"a.csv": TABLE, "b/c.csv": TABLE + "3,z\n"})
    with pytest.raises(DataError, match=r"holds 2 tables: a\.csv, b/c\.csv") as caught:
        read_source(path)
    assert f"{path}/a.csv" in caught.value.hint
    assert read_source(path / "b/c.csv").rows == 3
    with pytest.raises(DataError, match=r"no member 'b/d\.csv'") as caught:
        read_source(path / "b/d.csv")
    assert f"did you mean {path}/b/c.csv" in caught.value.hint


def test_a_fault_names_archive_member_and_line(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": BAD})
    with pytest.raises(DataError, match=r"t\.zip/t\.csv:3: 3 fields found"):
        read_source(path)


@pytest.mark.parametrize(("members", "words"), [
    ({}, "empty archive"),
    ({"a.png": b"", "b.png": b""}, r"no table: a\.png, b\.png"),
    ({"a.csv.gz": gzip.compress(TABLE.encode())}, r"compressed file: a\.csv\.gz"),
])  # fmt: skip
def test_archives_without_a_table(
    members: dict[str, str | bytes], words: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_source(zipped(tmp_path / "t.zip", **members))
    assert caught.value.hint


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": TABLE})
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="needs a password"):
        read_source(path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": TABLE * 99})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="is damaged"):
        read_source(path)
    path.write_bytes(whole.replace(whole[60:64], b"abcd", 1))
    with pytest.raises(DataError, match="is damaged"):
        read_source(path)


def test_a_member_whose_name_is_not_utf8_as_the_archive_says_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"\u00e9.csv": TABLE})
    whole = path.read_bytes()
    at = whole.rindex("\u00e9.csv".encode())
    path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
    with pytest.raises(DataError, match=r"t\.zip is damaged: .*bad list of members: 'utf-8'"):
        read_source(path)


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": TABLE, "u.csv": TABLE})
    path.write_bytes(path.read_bytes().replace(b"u.csv", b"\0.csv"))  # it ends at the zero
    assert read_source(path).names == ("a", "b")


def test_a_member_whose_name_begins_with_a_slash_lies_in_the_archive(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"/dev/stdin": TABLE})
    assert read_source(path).path == path / "dev" / "stdin"


@pytest.mark.parametrize("name", ["t.xlsx", "in.zip"])
def test_a_compressed_workbook_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "in.zip":
        zipped(path, **{"t.xlsx": b"PK\x03\x04 and no list of members"})
    else:
        path.write_bytes(gzip.compress(b"PK\x03\x04 and no list of members"))
    with pytest.raises(DataError, match=r"t\.xlsx is damaged: .*not a zip file"):
        read_source(path)


def test_a_file_that_asks_for_more_memory_than_there_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv.xz"
    path.write_bytes(lzma.compress(TABLE.encode()))

    def read(self: lzma.LZMAFile, size: int = -1) -> bytes:
        raise MemoryError  # as for a dictionary of four gigabytes

    monkeypatch.setattr(lzma.LZMAFile, "read", read)
    with pytest.raises(DataError, match=r"t\.csv\.xz needs more memory to be read than there is"):
        read_source(path)


def test_a_tar_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.tar.gz"
    path.write_bytes(gzip.compress(bytes(512)))
    with pytest.raises(DataError, match="is a tar archive") as caught:
        read_source(path)
    assert caught.value.hint == f"unpack it first: tar xf {path}"


def test_a_file_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TABLE)
    with pytest.raises(DataError, match=r"t\.csv is a file"):
        read_source(path / "u.csv")


@pytest.mark.parametrize("packing", ["zip", "gz", "xz", "zst"])
def test_far_more_than_a_file_is_packed_in_is_refused(
    packing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "LEAST_BOUND", 1 << 16)
    monkeypatch.setattr(compression, "free_memory", lambda: 1 << 18)
    content = ("a,b\n" + "1,1\n" * 2_000_000).encode()
    path = tmp_path / f"t.csv.{packing}"
    if packing == "zip":
        zipped(path, **{"t.csv": content})
    else:
        pack = {"gz": gzip.compress, "xz": lzma.compress}.get(packing)
        path.write_bytes(pack(content) if pack else pa.compress(content, "zstd", asbytes=True))
    with pytest.raises(DataError, match="over 200 times its size") as caught:
        read_source(path)
    assert str(path) in caught.value.hint
    monkeypatch.setattr(compression, "free_memory", lambda: 1 << 40)
    assert read_source(path).rows == 2_000_000
