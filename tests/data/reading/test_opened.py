"""A data file is opened once, whatever is asked of it; read later, it is opened again."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.data.reading.texts import read_text

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": lambda content: content,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda content: pa.compress(content, "zstd", asbytes=True),
}
TABLE = "a,b\r\n1,x\r\n2,y\r\n"


@pytest.mark.parametrize("packing", PACKED)
def test_bytes_are_given_as_often_as_asked(packing: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(PACKED[packing](TABLE.encode()))
    with OpenedFile(path) as file:
        assert file.compression == packing
        for _ in range(2):
            assert b"".join(file.blocks()) == TABLE.encode()
            with file.text("utf-8") as text:
                assert text.read() == TABLE
        assert "".join(file.texts("utf-8")) == "a,b\n1,x\n2,y\n"
    assert b"".join(file.blocks()) == TABLE.encode()  # opened again


@pytest.mark.parametrize("packing", PACKED)
def test_the_fingerprint_of_a_scan_is_that_of_all_bytes_on_disk(
    packing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.data.reading.opened.BLOCK_BYTES", 4)
    content = PACKED[packing](TABLE.encode())
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with OpenedFile(path) as file:
        assert file.fingerprint() == hashlib.sha256(content).hexdigest()
    with OpenedFile(path) as file:
        file.scan()
        path.unlink()  # no further look at the disk
        assert file.fingerprint() == hashlib.sha256(content).hexdigest()


def read_unlinked(path: Path) -> Source:
    """Read a table that has only its one opening left."""
    with OpenedFile(path) as file:
        path.unlink()
        return read_table(file, ReadOptions())


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed")
@pytest.mark.parametrize("value", ["x", "\u20ac"])
@pytest.mark.parametrize("packing", PACKED)
def test_a_table_is_opened_once(packing: str, value: str, tmp_path: Path) -> None:
    content = TABLE.replace("x", value).encode("cp1252")  # the euro is no UTF-8: two passes
    packed = PACKED[packing](content)
    (tmp_path / "table.csv").write_bytes(packed)
    source = read_unlinked(tmp_path / "table.csv")
    assert source.texts("b") == [value, "y"]
    assert source.fingerprint() == hashlib.sha256(packed).hexdigest()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed")
def test_json_lines_and_parquet_are_opened_once(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1, "b": "x"}\n{"a": 2}\n'))
    pd.DataFrame({"a": [1, 2]}).to_parquet(tmp_path / "t.parquet")
    assert read_unlinked(tmp_path / "t.jsonl.gz").numbers("a").tolist() == [1, 2]
    assert read_unlinked(tmp_path / "t.parquet").numbers("a").tolist() == [1, 2]


def test_a_text_is_scanned_once_and_opened_again_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "tale.txt"
    path.write_bytes("one\r\ntwo".encode("utf-16"))
    with OpenedFile(path) as file:
        source = read_text(file, ReadOptions())
    (text,) = source.files
    assert (text.characters, "".join(text.blocks())) == (7, "one\ntwo")


def test_a_file_that_pyarrow_failed_on_is_left_to_its_threads(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE.encode())
    with OpenedFile(path) as file:
        with pytest.raises(ZeroDivisionError), file.arrow_stream() as stream:
            stream.read(3)
            raise ZeroDivisionError
        assert b"".join(file.blocks()) == TABLE.encode()
        assert stream.read(2) == TABLE.encode()[3:5]  # nobody has moved it


def test_line_ends_are_counted_once_wherever_a_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes("\ufeffa\r\n\r\nb\rc\r\n\r".encode())
    for size in range(1, 12):
        monkeypatch.setattr("seqtune.data.reading.opened.BLOCK_BYTES", size)
        with OpenedFile(path) as file:
            text = "".join(file.texts(file.scan().encoding))
            assert text == "a\n\nb\nc\n\n"
            assert file.scan().characters == len(text)


@pytest.mark.parametrize(("name", "content", "form"), [
    ("t.csv", b"a,b\n", "delimited"),
    ("t", b"a,b\n", "delimited"),
    ("t.JSONL", b"{}\n", "json_lines"),
    ("t.json.gz", gzip.compress(b"{}", mtime=0), "json_lines"),
    ("t.json.gz", b"a,b\n", "delimited"),
    ("t.TXT", b"tale", "text"),
    ("t.txt.xz", lzma.compress(b"tale"), "text"),
    ("t.txt", gzip.compress(b"tale", mtime=0), "text"),
    ("t.txt.csv", b"a,b\n", "delimited"),
    ("t.csv", b"PAR1...", "parquet"),
    ("t.parquet", b"?", "parquet"),
])  # fmt: skip
def test_the_form_is_shown_by_the_content_first_and_the_name_second(
    name: str, content: bytes, form: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with OpenedFile(tmp_path / name) as file:
        assert file.form == form
